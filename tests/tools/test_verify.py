"""Verify: each kind of damage is told, and mended where that takes no guess."""

import json
import time
from collections.abc import Callable
from typing import Any

from tests.faults.invariants import assert_invariants
from tests.tools.commands import ToolsTest
from tests.tools.people import lines
from tools.patience import Pace
from tools.stages import opened
from tools.verifying import Verification

ADA = {"userId": "ada", "name": "Ada", "email": "Ada@example.com"}
MARKER = "users#email#ada@example.com"
Damage = tuple[Callable[[], None], dict[str, tuple[int, int]]]  # and what is told of it

USERS, MARKERS, REQUESTS = "users", "unique-values", "idempotency"


class VerifyTest(ToolsTest):
    """Tables that are damaged in one way at a time."""

    def setUp(self) -> None:
        super().setUp()
        self.tool("import", self.file("people.jsonl", lines(150)))
        self.service.call("POST", "/users", ADA, Idempotency_Key="k")

    def put(self, table: str, item: dict[str, Any]) -> None:
        """Store an item behind the back of the service."""
        self.service.table().sync_put_item(self.settings.table(table), item)

    def delete(self, table: str, **key: str) -> None:
        """Remove an item likewise."""
        self.service.table().sync_delete_item(self.settings.table(table), key)

    def found(self, *flags: str, code: int = 1) -> dict[str, tuple[int, int]]:
        """Return how many problems of each kind are found, and mended."""
        told = json.loads(self.tool("verify", "--json", *flags, code=code).output)
        return {each["what"]: (each["found"], each["mended"]) for each in told["problems"]}

    def test_whole(self) -> None:
        """Where everything agrees, that is told."""
        ended = self.tool("verify")
        self.assertIn("Everything agrees.", ended.said)
        self.assertIn("Checked: ", ended.said)
        self.assertEqual(self.found(code=0), {})

    def expired(self) -> None:
        """Damage."""
        self.put(REQUESTS, {"key": "k", "fingerprint": "f", "expiresAt": int(time.time()) - 1})

    def unowned(self) -> None:
        """Damage."""
        self.put(MARKERS, {"uniqueValue": "users#email#x@example.com", "recordId": "nobody"})

    def unowned_by_other_value(self) -> None:
        """Damage."""
        self.put(MARKERS, {"uniqueValue": "users#email#x@example.com", "recordId": "ada"})

    def unmarked(self) -> None:
        """Damage."""
        self.delete(MARKERS, uniqueValue=MARKER)

    def marked_for_nobody(self) -> None:
        """Damage."""
        self.put(MARKERS, {"uniqueValue": MARKER, "recordId": "nobody"})

    def marked_under_old_rule(self) -> None:
        """Damage."""
        self.put(MARKERS, {"uniqueValue": "users#email#Ada@example.com", "recordId": "ada"})
        self.delete(MARKERS, uniqueValue=MARKER)

    def unreadable(self) -> None:
        """Damage."""
        self.put(USERS, {"userId": "x", "name": 1, "email": 2})

    def shared(self) -> None:
        """Damage."""
        self.put(USERS, {"userId": "x", "name": "x", "email": "ADA@example.com"})

    def shared_unmarked(self) -> None:
        """Damage."""
        self.shared()
        self.delete(MARKERS, uniqueValue=MARKER)

    def unknown(self) -> None:
        """Damage."""
        for key in ("users#phone#1", "groups#name#a", "x"):
            self.put(MARKERS, {"uniqueValue": key, "recordId": "ada"})

    def foreign(self) -> None:
        """Damage."""
        self.put(REQUESTS, {"key": "k"})

    def test_mendable(self) -> None:
        """What can be mended is told as often as it is asked for, and mended once."""
        unowned, unmarked = {"marker without owner": (1, 0)}, {"value without marker": (1, 0)}
        damages: list[Damage] = [
            (self.expired, {"expired idempotency record": (1, 0)}),
            (self.unowned, unowned),
            (self.unowned_by_other_value, unowned),
            (self.unmarked, unmarked),
            (self.marked_for_nobody, unowned | unmarked),
            (self.marked_under_old_rule, unowned | unmarked),
        ]
        whole = self.tool("verify", "--json").output
        for damage, told in damages:
            with self.subTest(damage.__name__):
                damage()
                self.assertEqual(self.found(), told)
                mended = {kind: (number, number) for kind, (number, _) in told.items()}
                self.assertEqual(self.found("--repair", code=0), mended)
                self.assertEqual(self.tool("verify", "--json").output, whole)
                assert_invariants(self.service)

    def test_not_mendable(self) -> None:
        """What takes a guess is told, and left as it is."""
        damages: list[Damage] = [
            (self.unreadable, {"record that no model reads": (1, 0)}),
            (self.shared, {"value of several records": (1, 0)}),
            (self.shared_unmarked, {"value of several records": (2, 0)}),
            (self.unknown, {"marker of no field": (3, 0)}),
            (self.foreign, {"idempotency record that nobody reads": (1, 0)}),
        ]
        for damage, told in damages:
            with self.subTest(damage.__name__):
                self.setUp()
                damage()
                before = [self.stored(each) for each in (USERS, MARKERS, REQUESTS)]
                self.assertEqual(self.found("--repair"), told)
                self.assertEqual(before, [self.stored(each) for each in (USERS, MARKERS, REQUESTS)])

    def test_unreadable_owner(self) -> None:
        """A marker of a record that no model reads may be right: it stays."""
        self.put(USERS, ADA | {"name": 1})
        self.assertEqual(self.found("--repair"), {"record that no model reads": (1, 0)})

    def test_holds_little(self) -> None:
        """However many records are damaged, what is kept of each is not all of it."""
        self.unmarked()
        with opened(self.stage) as data:
            [problem] = Verification(data, Pace(None), None).run().problems
        self.assertEqual(problem.owner, "ada")
        self.assertNotIn(ADA["name"], str(problem))

    def test_for_people(self) -> None:
        """A table tells the numbers; the keys are told only to who asks for them."""
        self.unowned()
        told = self.tool("verify", code=1)
        self.assertIn("marker without owner", told.output)
        self.assertNotIn("x@example.com", told.output + told.said)
        self.assertIn("Problems left: 1.", told.said)
        self.assertIn("x@example.com", self.tool("verify", "--show-keys", code=1).output)
        self.assertIn("x@example.com", self.tool("verify", "--show-keys", "--json", code=1).output)
