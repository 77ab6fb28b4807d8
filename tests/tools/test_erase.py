"""Erase, and the export of one person: everything about them, and nothing about others."""

import json
from subprocess import DEVNULL, PIPE
from typing import Any

from tests.faults.invariants import assert_invariants
from tests.tools.commands import ToolsTest
from tests.tools.people import lines
from users_api.users import USERS

CANARY = "canary"
EMAIL = "Canary@example.com"
*_FIRST, _LAST = ["id", *USERS.unique]
CALLED = f"{', '.join(_FIRST)} or {_LAST}"  # "id or email", unless users have more


class PersonTest(ToolsTest):
    """Tests with others, and one person with traces in all tables."""

    def setUp(self) -> None:
        super().setUp()
        self.tool("import", self.file("users.jsonl", lines(50)))
        self.others = self.everything()
        created = {"name": CANARY, "email": "old-canary@example.com"}
        answer = self.service.call("POST", "/users", created, Idempotency_Key="k")
        self.user_id = answer.json["userId"]
        self.service.call("PATCH", f"/users/{self.user_id}", {"email": EMAIL})

    def everything(self) -> str:
        """Return all that is stored in all tables."""
        items = [self.stored(each) for each in ("users", "unique-values", "idempotency")]
        return json.dumps(items, sort_keys=True, default=str)


class EraseTest(PersonTest):
    """A person is erased."""

    def assert_erased(self, who: str) -> None:
        """Erase somebody; assert that nothing is left of them, and everything of others."""
        ended = self.tool("erase", who, "--yes")
        self.assertIn("Found: 1 of users, 1 of unique-values, 1 of idempotency.", ended.said)
        self.assertIn("Left in all tables: nothing.", ended.said)
        for trace in (CANARY, self.user_id):
            self.assertNotIn(trace, self.everything().lower())
            self.assertNotIn(trace, (ended.said + ended.output).lower())
        self.assertEqual(len(self.users()), 50)
        assert_invariants(self.service)

    def test_by_id(self) -> None:
        """By id."""
        self.assert_erased(self.user_id)

    def test_by_email(self) -> None:
        """By e-mail address, in any case."""
        self.assert_erased("CANARY@example.com")

    def test_again(self) -> None:
        """The second time there is nothing to erase."""
        self.tool("erase", self.user_id, "--yes")
        for who in (self.user_id, EMAIL):
            said = self.tool("erase", who, "--yes").said
            self.assertIn(f"No user has that {CALLED}.\nFound: nothing.\n", said)

    def test_removed_before(self) -> None:
        """What the API leaves of a user that it removed is erased, too."""
        self.service.call("DELETE", f"/users/{self.user_id}")
        self.assertIn(self.user_id, self.everything())
        self.assertIn("1 of idempotency", self.tool("erase", self.user_id, "--yes").said)
        self.assertNotIn(self.user_id, self.everything())

    def test_traces_of_a_fault(self) -> None:
        """A marker whose record is gone is erased, too."""
        self.service.table().sync_delete_item(
            self.settings.table("users"), {"userId": self.user_id}
        )
        self.assertIn("1 of unique-values", self.tool("erase", EMAIL, "--yes").said)
        self.assertNotIn(CANARY, self.everything().lower())

    def test_mentions(self) -> None:
        """A record of somebody else that names them is told, and left alone."""
        self.service.call("POST", "/users", {"userId": "friend", "name": EMAIL.lower()})
        ended = self.tool("erase", self.user_id, "--yes", code=1)
        self.assertIn("Left in all tables: 1 of users.", ended.said)
        self.assertIn("friend", self.users())

    def test_same_text(self) -> None:
        """Somebody whose name is another's id is not that other."""
        self.service.call("POST", "/users", {"userId": "friend", "name": self.user_id})
        self.tool("erase", self.user_id, "--yes")
        self.assertIn("friend", self.users())

    def test_ambiguous(self) -> None:
        """Nobody is erased who is not told by one name."""
        said = self.tool("erase", "a b " * 400, "--yes", code=1).said
        self.assertIn(f"No user could have that {CALLED}.", said)

    def test_asks(self) -> None:
        """Without a terminal, nothing is erased, and a sentence says what to add."""
        before = self.everything()
        with self.start("erase", self.user_id, stdin=DEVNULL, stderr=PIPE) as process:
            _, said = process.communicate()
        self.assertEqual(process.returncode, 1)
        self.assertIn("OPTIONS=--yes", said.decode().splitlines()[-1])
        self.assertEqual(self.everything(), before)


class ExportPersonTest(PersonTest):
    """A person is told what is kept about them."""

    def told(self, who: str) -> Any:
        """Return what is exported."""
        file = self.folder / who
        said = self.tool("export", file, "--who", who).said
        self.assertIn(f"Exported to {file}: ", said)
        self.assertEqual((self.folder / who).stat().st_mode & 0o077, 0)
        return json.loads((self.folder / who).read_text("utf-8"))

    def test_everything(self) -> None:
        """It is the record as the API tells it, and every item of every table."""
        self.service.call("POST", "/users", {"userId": "friend", "name": EMAIL.lower()})
        told = self.told(self.user_id)
        record = {"userId": self.user_id, "name": CANARY, "email": EMAIL}
        self.assertEqual(told["record"], record)
        self.assertEqual(told["mentions"], {"users": 1})
        [user], [marker], [request] = told["stored"].values()
        self.assertEqual(user | record, user)
        self.assertEqual(marker["recordId"], self.user_id)
        self.assertEqual(request["added"], {"userId": self.user_id})
        self.assertEqual(self.told(EMAIL), told)
        self.assertEqual([*user], sorted(user))

    def test_nobody(self) -> None:
        """Of who is not there, there is nothing, and no file; what mentions them is a file."""
        said = self.tool("export", self.folder / "x", "--who", "nobody", code=1).said
        self.assertIn(f"No user has that {CALLED}.\nNothing is kept about them: no file", said)
        self.assertFalse((self.folder / "x").exists())
        self.service.call("POST", "/users", {"userId": "friend", "name": "nobody@example.com"})
        self.assertEqual(self.told("nobody@example.com")["mentions"], {"users": 1})

    def test_keeps_files(self) -> None:
        """A file that is there is not written over."""
        file = self.file("x", "x")
        self.tool("export", file, "--who", self.user_id, code=1)
        self.assertEqual(file.read_text("utf-8"), "x")
