"""Many requests at the same moment, from threads that share the application."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from threading import Barrier
from typing import Any, TypeVar

from tests.faults.invariants import assert_invariants
from tests.support.resources import EVERYTHING, ResourceTest
from tests.support.service import Service
from tests.support.transports import Answer

T = TypeVar("T")

MOST_AT_ONCE = 50
LONGEST_WAIT = 60  # seconds; only a race that hangs takes as long


class RaceTest(ResourceTest):
    """Calls that can be run against each other, each test on tables of its own."""

    needs = EVERYTHING
    threads: ThreadPoolExecutor

    @classmethod
    def setUpClass(cls) -> None:
        cls.threads = cls.enterClassContext(ThreadPoolExecutor(MOST_AT_ONCE))

    def setUp(self) -> None:
        self.service = Service()
        self.removed: set[str] = set()

    def race(self, *runners: Callable[[], T]) -> list[T]:
        """Start all at the same moment; when all are done, assert the invariants."""
        start = Barrier(len(runners), timeout=LONGEST_WAIT)

        def run(runner: Callable[[], T]) -> T:
            start.wait()
            return runner()

        running = [self.threads.submit(run, runner) for runner in runners]
        results = [each.result(LONGEST_WAIT) for each in running]
        assert_invariants(self.service, self.removed)
        return results

    def post(self, document: object, **headers: str) -> Answer:
        return self.call("POST", self.path, document, **headers)

    def get(self, name: str) -> Answer:
        return self.call("GET", self.one(name))

    def patch(self, name: str, patch: object, **headers: str) -> Answer:
        return self.call("PATCH", self.one(name), patch, **headers)

    def delete(self, name: str, **headers: str) -> Answer:
        self.removed.add(self.kind.identified(name))
        return self.call("DELETE", self.one(name), **headers)

    def version(self, name: str) -> int:
        key, identified = self.kind.key, self.kind.identified(name)
        [item] = [each for each in self.records() if each[key] == identified]
        return int(item["version"])

    def assert_unavailable(self, *answers: Answer) -> None:
        """Assert that these may be tried again: too many others were in the way."""
        for answer in answers:
            self.assert_refused(answer, 503)
            self.assertTrue(answer.headers["Retry-After"])


class UniqueTest(RaceTest):
    """A unique value has one owner."""

    def test_is_given_once(self) -> None:
        """Of 16 who want a value at once, in whatever spelling, exactly one gets it."""
        documents = [
            self.new(f"u{number}" if number % 3 else None, **self.spelled(number))
            for number in range(16)
        ]
        for _ in range(300):
            answers = self.race(*(partial(self.post, document) for document in documents))
            self.assertEqual(statuses(answers), [201] + [409] * 15)
            [winner] = [each.json for each in answers if each.status == 201]
            self.assertEqual(self.found(1), [winner])
            self.assertEqual(self.delete(winner[self.kind.key]).status, 204)

    def spelled(self, number: int) -> dict[str, Any]:
        """Return the value, for every other number in capitals if these count as the same."""
        [(field, value)] = self.unique(1).items()
        fold = self.kind.resource.unique[field]
        same = fold(str(value).upper()) == fold(value)
        return {field: str(value).upper() if same and number % 2 else value}

    def test_is_handed_on(self) -> None:
        """While one gives a value up, one at most of those who try gets it."""
        takers, newcomers = [f"taker{n}" for n in range(4)], [f"new{n}" for n in range(4)]
        for give in 20 * [
            partial(self.delete, "giver"),
            partial(self.patch, "giver", self.no_unique()),
            partial(self.patch, "giver", self.unique(2)),
        ]:
            self.create("giver", **self.unique(1))
            for taker in takers:
                self.create(taker)
            given, *taken = self.race(
                give,
                *(partial(self.take, self.patch, taker, self.unique(1)) for taker in takers),
                *(partial(self.take, self.post, self.new(n, **self.unique(1))) for n in newcomers),
            )
            self.assertLess(given.status, 300)
            winners = [each.json for each in taken if each.status < 300]
            self.assertLessEqual(len(winners), 1)
            self.assertEqual(self.found(1), winners)
            for name in ["giver", *takers, *newcomers]:
                self.delete(name)

    def take(self, call: Callable[..., Answer], *arguments: object) -> Answer:
        """Try several times to get the value."""
        for _ in range(5):
            answer = call(*arguments)
            if answer.status != 409:
                break
        return answer


class ChangeTest(RaceTest):
    """No change is lost, and none is made twice."""

    def test_one_revision(self) -> None:
        """Of two who change the same revision, exactly one succeeds."""
        etag = self.create("ada").headers["ETag"]
        for number in range(200):
            make = self.unique if number % 2 else self.changed
            patches = [make(10 + 2 * number), make(11 + 2 * number)]
            answers = self.race(*(partial(self.patch, "ada", p, If_Match=etag) for p in patches))
            self.assertEqual(statuses(answers), [200, 412])
            [winner] = [each for each in answers if each.status == 200]
            self.assertEqual(self.get("ada").body, winner.body)
            self.assertEqual(self.version("ada"), number + 2)
            etag = winner.headers["ETag"]

    def test_different_fields(self) -> None:
        """Who changes one field does not undo what others did to another."""
        document = self.create("ada").json
        for number in range(100):
            patches = [self.changed(number + 1), self.unique(number + 1)]
            answers = self.race(*(partial(self.patch, "ada", patch) for patch in patches))
            self.assertEqual(statuses(answers), [200, 200])
            self.assertEqual(self.get("ada").json, document | patches[0] | patches[1])
            self.assertEqual(self.version("ada"), 2 * number + 3)

    def test_many_changes(self) -> None:
        """The version is higher by one for each change, however many are made at once."""
        self.create("ada")
        version = 1
        for number in range(20):
            patches = [self.changed(1 + 6 * number + n) for n in range(6)]
            patches += [self.unique(1 + 6 * number + n) for n in range(6)]
            answers = self.race(*(partial(self.patch, "ada", patch) for patch in patches))
            changed = [each.headers["ETag"] for each in answers if each.status == 200]
            self.assert_unavailable(*(each for each in answers if each.status != 200))
            self.assertEqual(len({*changed}), len(changed))
            self.assertIn(self.get("ada").headers["ETag"], changed)
            version += len(changed)
            self.assertEqual(self.version("ada"), version)

    def test_counting(self) -> None:
        """Those who count together, each on the revision it has read, lose no count."""
        self.create("ada", **self.changed(0))
        counted = sum(self.race(*[self.count] * 8))
        self.assertGreater(counted, 0)
        self.assertEqual(self.counted(self.get("ada")), counted)
        self.assertEqual(self.version("ada"), 1 + counted)

    def count(self) -> int:
        """Try many times to add one; return how many times it was done."""
        done = 0
        for _ in range(50):
            read = self.get("ada")
            following = self.changed(self.counted(read) + 1)
            answer = self.patch("ada", following, If_Match=read.headers["ETag"])
            self.assertIn(answer.status, {200, 412})
            done += answer.status == 200
        return done

    def counted(self, answer: Answer) -> int:
        """Return the number that stands in a record for a count."""
        value = answer.json[self.kind.field]
        return next(number for number in range(1000) if value in self.changed(number).values())


class KeyTest(RaceTest):
    """An idempotency key makes one record."""

    def test_fifty_at_once(self) -> None:
        """The same request 50 times at once makes one record, and all are told of that one."""
        documents = [self.new(), self.new(**self.unique(1)), self.new("ada")]
        for number, document in enumerate(4 * documents):
            request = partial(self.post, document, Idempotency_Key=f"key{number}")
            answers = self.race(*[request] * 50)
            told = [each for each in answers if each.status == 201]
            self.assert_unavailable(*(each for each in answers if each.status != 201))
            replayed = ["Idempotent-Replayed" in each.headers for each in told]
            self.assertEqual(replayed.count(False), 1)
            [record] = self.call("GET", self.path).json[self.kind.name]
            for each in told:
                self.assertEqual(each.json, record)
                self.assertEqual(each.headers["ETag"], told[0].headers["ETag"])
            self.delete(record[self.kind.key])


class RemovalTest(RaceTest):
    """Who is removed is gone, and who comes after is somebody else."""

    def test_one_id(self) -> None:
        """However many make, change and remove one id, whoever was made was removed once."""
        for number in range(40):
            answers = self.race(*(partial(self.live, n) for n in range(8)))
            made, changed, removed = map(statuses, zip(*answers, strict=True))
            self.assertLessEqual({*made}, {201, 409})
            self.assertLessEqual({*changed}, {200, 404})
            self.assertLessEqual({*removed}, {204, 404})
            self.assertEqual(made.count(201), removed.count(204), number)
            self.assertEqual(self.get("ada").status, 404)

    def live(self, number: int) -> tuple[Answer, Answer, Answer]:
        """Make a record, change it and remove it, if it is there."""
        document = self.new("ada", **self.unique(number))
        return self.post(document), self.patch("ada", self.changed(number)), self.delete("ada")

    def test_against_a_change(self) -> None:
        """A change does not bring back who is being removed."""
        had: list[dict[str, Any]] = [{}, self.unique(1)]
        patches = [self.changed(2), self.unique(2)]
        for fields, patch, conditional in 15 * [*product(had, patches, [False, True])]:
            etag = self.create("ada", **fields).headers["ETag"]
            headers = {"If_Match": etag} if conditional else {}
            removed, changed = self.race(
                partial(self.delete, "ada", **headers),
                partial(self.patch, "ada", patch, **headers),
            )
            expected = {(204, 404), (412 if conditional else 204, 200)}
            self.assertIn((removed.status, changed.status), expected)
            self.assertEqual(self.get("ada").status, 200 if removed.status == 412 else 404)
            self.delete("ada")

    def test_of_a_former_user(self) -> None:
        """A change of one record does not touch the next one with the same id."""
        had: list[dict[str, Any]] = [{}, self.unique(1)]
        patches = [self.changed(3), self.unique(2)]
        for fields, patch in 25 * [*product(had, patches)]:
            first, second = (self.new("ada", **fields) | self.changed(n) for n in [1, 2])
            etag = self.post(first).headers["ETag"]
            again, changed = self.race(
                partial(self.replace, second), partial(self.patch, "ada", patch, If_Match=etag)
            )
            self.assertEqual(again.status, 201)
            self.assertIn(changed.status, {200, 404, 412})
            self.assertLessEqual(second.items(), self.get("ada").json.items())
            self.delete("ada")

    def replace(self, document: dict[str, Any]) -> Answer:
        """Remove the record, and make another one with the same id."""
        self.assertEqual(self.delete("ada").status, 204)
        return self.post(document)


def statuses(answers: Iterable[Answer]) -> list[int]:
    """Return the statuses of answers, in order of size."""
    return sorted(answer.status for answer in answers)
