"""Records that belong to people: run by `test_owned`, in a copy of the project that has some.

A booking belongs to its guest, has a unique code and came with an idempotency key. A group only
refers to its leader.
"""

import json
import signal
import subprocess
from collections.abc import Iterator

from tests.faults.invariants import assert_invariants
from tests.support.service import engine
from tests.support.wire import Plan, Request, Wire, tapped
from tests.tools.commands import ToolsTest
from tools import erasing
from tools.patience import Pace
from tools.people import MOST_NAMED, people, person, search
from tools.stages import opened

EMAIL = "ada@example.com"
NIGHTS = {"startsOn": "2026-11-26", "endsOn": "2026-11-28"}
TABLES = ("users", "bookings", "groups", "unique-values", "idempotency")


class OwnedTest(ToolsTest):
    """Ada, who has three bookings and leads a group, and Bob, who has one."""

    wire: Wire
    whose = ()  # every resource

    def setUp(self) -> None:
        super().setUp()
        self.fill()

    def fill(self) -> None:
        """Store them all."""
        for user_id, name in [("ada", "Ada"), ("bob", "Bob")]:
            self.create("users", userId=user_id, name=name, email=f"{user_id}@example.com")
        for number, guest in enumerate(["ada", "ada", "ada", "bob"]):
            self.create("bookings", **NIGHTS, guestId=guest, code=f"DE00000{number}")
        self.create("groups", groupId="chess", title="Chess", leaderId="ada")

    def create(self, resource: str, **document: object) -> None:
        """Create a record, with an idempotency key."""
        key = json.dumps(document)[:200].encode().hex()
        answer = self.service.call("POST", f"/{resource}", document, Idempotency_Key=key)
        self.assertEqual(answer.status, 201, answer.body)

    def codes(self) -> list[str]:
        """Return the codes of all bookings."""
        return sorted(each["code"] for each in self.stored("bookings"))

    def assert_only_bob(self) -> None:
        """Assert that Bob and the group are left, with what is theirs."""
        self.assertEqual([*self.users()], ["bob"])
        self.assertEqual(self.codes(), ["DE000003"])
        markers = sorted(each["uniqueValue"] for each in self.stored("unique-values"))
        self.assertEqual(markers, ["bookings#code#DE000003", "users#email#bob@example.com"])
        self.assertEqual(len(self.stored("idempotency")), 3)
        self.assertEqual([each["groupId"] for each in self.stored("groups")], ["chess"])
        assert_invariants(self.service)

    def test_erase(self) -> None:
        """What is hers is erased with her; what only mentions her is told, and left."""
        ended = self.tool("erase", EMAIL, "--yes", code=1)
        found = "Found: 1 of users, 3 of bookings, 4 of unique-values, 4 of idempotency."
        self.assertIn(found, ended.said)
        self.assertIn("Others mention them: 1 of groups. These stay.", ended.said)
        self.assertIn("OPTIONS=--show-keys", ended.said)
        self.assertIn("Left in all tables: 1 of groups.", ended.said)
        for personal in ("ada", "chess", "DE00"):
            self.assertNotIn(personal, ended.said + ended.output)
        self.assert_only_bob()

    def test_names_others(self) -> None:
        """Who asks for it is told which records of others are left: the first hundred."""
        for number in range(MOST_NAMED):
            self.create("groups", groupId=f"g{number}", title="G", leaderId="ada")
        ended = self.tool("erase", "ada", "--yes", "--show-keys", code=1)
        self.assertEqual(ended.said.count("  groups/"), MOST_NAMED)
        self.assertIn("  and 1 more\n", ended.said)
        self.assertNotIn("ada", ended.said)

    def test_of_a_user_that_is_gone(self) -> None:
        """Of somebody whom the API removed, the bookings are found by the id."""
        self.service.call("DELETE", "/users/ada")
        said = self.tool("erase", "ada", "--yes", code=1).said
        self.assertIn("Found: 3 of bookings, 3 of unique-values, 3 of idempotency.", said)
        self.assertEqual(self.codes(), ["DE000003"])

    def test_left(self) -> None:
        """What is hers and could not be erased is not taken for that of others."""
        table = self.settings.table("bookings")
        self.service.table().sync_put_item(table, {"bookingId": "a/b", "guestId": "ada"})
        said = self.tool("erase", "ada", "--yes", code=1).said
        self.assertIn("Left in all tables: 1 of bookings, 1 of groups.", said)
        self.assertIn("Something of theirs is still there", said)

    def test_backup(self) -> None:
        """A backup comes back whole, with what refers to somebody who was removed since."""
        self.service.call("DELETE", "/users/ada")
        self.exported("backup")
        before = [sorted(map(repr, self.told(each))) for each in ("bookings", "groups")]
        self.fresh()
        self.tool("import", self.folder / "backup")
        after = [sorted(map(repr, self.told(each))) for each in ("bookings", "groups")]
        self.assertEqual(after, before)

    def told(self, resource: str) -> list[object]:
        """Return what the API tells of the records of a resource."""
        records: list[object] = self.service.call("GET", f"/{resource}").json[resource]
        return records

    def test_export(self) -> None:
        """She gets all that is hers, and of others the number."""
        self.tool("export", self.folder / "ada", "--who", EMAIL)
        text = (self.folder / "ada").read_text("utf-8")
        told = json.loads(text)
        numbers = {purpose: len(items) for purpose, items in told["stored"].items()}
        expected = {"users": 1, "bookings": 3, "unique-values": 4, "idempotency": 4}
        self.assertEqual(numbers, expected)
        self.assertEqual(told["mentions"], {"groups": 1})
        for others in ("bob", "DE000003", "chess"):
            self.assertNotIn(others, text)

    def test_one_booking(self) -> None:
        """A record of another resource is erased by itself."""
        self.tool("erase", "DE000001", "--yes", "--resource", "bookings")
        self.assertEqual(self.codes(), ["DE000000", "DE000002", "DE000003"])
        self.assertEqual({*self.users()}, {"ada", "bob"})
        assert_invariants(self.service)

    def test_given_away(self) -> None:
        """A booking that becomes Bob's before it is erased stays, with its code."""
        with opened(self.stage) as stage:
            ada = person(stage, people(None), "ada", Pace())
            found = search(stage, ada, Pace()).theirs
            [mine] = [
                each["bookingId"] for each in self.stored("bookings") if each["code"] == "DE000000"
            ]
            self.service.call("PATCH", f"/bookings/{mine}", {"guestId": "bob"})
            erasing.erase(stage, ada, found, Pace())
        self.assertEqual(self.codes(), ["DE000000", "DE000003"])
        assert_invariants(self.service)

    def test_killed(self) -> None:
        """By an e-mail address, too, the same command goes on from wherever it was killed."""
        self.wire = self.enterContext(tapped(engine()))
        self.through(self.wire.url)
        for number in range(1, 5):  # three bookings with their codes, and then herself
            self.fresh()
            self.fill()
            self.kill_at(number)
            self.tool("erase", EMAIL, "--yes", code=None)
            self.assert_only_bob()

    def kill_at(self, number: int) -> None:
        """Kill an erasure when a transaction comes."""

        def end(request: Request) -> Iterator[bytes]:
            process.kill()
            yield request.answer

        self.wire.follow(Plan(end, "TransactWriteItems", number))
        process = self.start("erase", EMAIL, "--yes", stderr=subprocess.DEVNULL)
        self.assertEqual(process.wait(), -signal.SIGKILL)
        self.wire.follow()
