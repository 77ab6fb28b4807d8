"""The checker of histories, on small ones that anybody can check."""

from unittest import TestCase

from tests.faults.linearizability import NEVER, History, Operation, linearization
from tests.faults.model import Answer, Call, State, document
from tests.faults.reports import described, reduced

ADA = document({"id": "a", "unique": "x@example.com", "value": "Ada"})
BOB = document({"id": "b", "unique": "X@example.com", "value": "Bob"})
EVE = document({"id": "a", "unique": "x@example.com", "value": "Eve"})

ADA_SAID = '{"id": "a", "unique": "x@example.com", "value": "Ada"}'
OPEN = "may have happened, or may yet"

CREATE, CREATED = Call("create", "a", ADA), Answer(201, ADA, "1")
READ, REMOVE, GONE, REMOVED = Call("read", "a"), Call("remove", "a"), Answer(404), Answer(204)
CHANGE, CHANGED = Call("change", "a", (("value", "Eve"),)), Answer(200, EVE, "2")


Made = tuple[Call, Answer | None, int, int]


def history(*operations: Made) -> History:
    """Return a history in which every call is a client's own."""
    return [Operation(number, *each) for number, each in enumerate(operations)]


EXPLAINED: dict[str, list[Made]] = {
    "one after the other": [(CREATE, CREATED, 0, 1), (READ, Answer(200, ADA, "1"), 2, 3)],
    "the later one first": [(READ, Answer(200, ADA, "1"), 0, 3), (CREATE, CREATED, 1, 2)],
    "it may have happened": [(CREATE, None, 0, NEVER), (READ, Answer(200, ADA, "1"), 2, 3)],
    "it may happen later": [
        (CREATE, None, 0, NEVER),
        (READ, GONE, 1, 2),
        (READ, Answer(200, ADA, "1"), 3, 4),
    ],
    "a list at different moments": [
        (Call("see", "a"), Answer(200, ADA), 0, 9),
        (Call("see", "b"), Answer(200), 0, 9),
        (CREATE, CREATED, 1, 2),
    ],
    "the same key again": [
        (CREATE._replace(key="k"), CREATED, 0, 1),
        (REMOVE, REMOVED, 2, 3),
        (CREATE._replace(key="k"), CREATED._replace(replayed=True), 4, 5),
        (READ, GONE, 6, 7),
    ],
}
REJECTED: dict[str, list[Made]] = {
    "read before it began": [(READ, Answer(200, ADA, "1"), 0, 1), (CREATE, CREATED, 2, 3)],
    "an effect is lost": [(CREATE, CREATED, 0, 1), (READ, GONE, 2, 3)],
    "a removal is undone": [
        (CREATE, CREATED, 0, 1),
        (REMOVE, REMOVED, 2, 3),
        (READ, Answer(200, ADA, "1"), 4, 5),
    ],
    "removed twice": [(CREATE, CREATED, 0, 1), (REMOVE, REMOVED, 2, 5), (REMOVE, REMOVED, 3, 4)],
    "applied twice": [
        (CREATE, CREATED, 0, 1),
        (CHANGE, None, 2, NEVER),
        (READ, Answer(200, EVE, "2"), 3, 4),
        (Call("change", "a", (("value", "Ada"),)), Answer(200, ADA, "3"), 5, 6),
        (READ, Answer(200, EVE, "2"), 7, 8),
    ],
    "another revision": [(CREATE, CREATED, 0, 1), (READ, Answer(200, ADA, "2"), 2, 3)],
    "a revision twice": [(CREATE, CREATED, 0, 1), (CHANGE, Answer(200, EVE, "1"), 2, 3)],
    "a wrong revision accepted": [
        (CREATE, CREATED, 0, 1),
        (CHANGE._replace(if_match="0"), CHANGED, 2, 3),
    ],
    "two owners": [
        (CREATE, CREATED, 0, 1),
        (Call("create", "b", BOB), Answer(201, BOB, "2"), 2, 3),
    ],
    "a conflict with nobody": [(CREATE, Answer(409, blamed="id"), 0, 1)],
    "a failure": [(READ, Answer(500), 0, 1)],
    "missed by a list": [(CREATE, CREATED, 0, 1), (Call("see", "a"), Answer(200), 2, 3)],
    "made twice by one key": [
        (CREATE._replace(key="k"), CREATED, 0, 1),
        (REMOVE, REMOVED, 2, 3),
        (CREATE._replace(key="k"), CREATED._replace(etag="2"), 4, 5),
    ],
}


class CheckerTest(TestCase):
    """What can be explained, what cannot, and how that is told."""

    def test_explained(self) -> None:
        """A history is accepted if there is an order in which all answers are right."""
        for name, operations in EXPLAINED.items():
            with self.subTest(name):
                self.assertIsNotNone(linearization(history(*operations), State()))

    def test_rejected(self) -> None:
        """A history is rejected if there is none."""
        for name, operations in REJECTED.items():
            with self.subTest(name):
                self.assertIsNone(linearization(history(*operations), State()))

    def test_report(self) -> None:
        """What has nothing to do with it is left out of a report."""
        calls = history(
            (Call("find", "y@example.com"), Answer(200), 0, 1),
            (CREATE, CREATED, 2, 3),
            (CHANGE._replace(if_match="1"), CHANGED, 4, 5),
            (Call("read", "b"), GONE, 6, 7),
            (READ, GONE, 8, 9),
        )
        report = described(reduced(calls, State()), State())
        self.assertEqual(
            report.splitlines(),
            [
                "at first: nothing",
                f"   2-3    client 1    POST a {ADA_SAID}  ->  201 {ADA_SAID} ETag 1",
                '   4-     client 2    PATCH a {"value": "Eve"} If-Match ETag 1  ->  ' + OPEN,
                "   8-9    client 4    GET a  ->  404",
            ],
        )
