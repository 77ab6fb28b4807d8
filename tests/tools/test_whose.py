"""Whose records a file has, where no flag says it."""

from unittest import skipIf

from tests.tools.commands import ToolsTest
from users_api.app import RESOURCES

ADA = '{"userId": "ada", "name": "Ada"}\n'
FLAG = f"--resource {RESOURCES[0].name}"


class WhoseTest(ToolsTest):
    """Commands without `--resource`."""

    whose = ()

    def test_name(self) -> None:
        """The name of a file tells it."""
        file = self.file("users.jsonl", ADA)
        self.assertEqual(self.tool("import", file).said, "users: 1 added.\n")

    @skipIf(len(RESOURCES) > 1, "there are several")
    def test_one(self) -> None:
        """Where there is one resource, it is that one's."""
        file = self.file("people.jsonl", ADA)
        self.assertEqual(self.tool("import", file).said, "users: 1 added.\n")
        self.assertEqual(self.tool("export", "-").output.count("\n"), 1)

    @skipIf(len(RESOURCES) == 1, "there is one")
    def test_several(self) -> None:
        """Where there are several, it has to be said, and nothing is done until then."""
        file = self.file("people.jsonl", ADA)
        refused = f"Say whose records {file} has: add {FLAG}, say (make: OPTIONS='{FLAG}').\n"
        self.assertEqual(self.tool("import", file, code=1).said, refused)
        self.assertEqual(self.users(), {})
        ended = self.tool("export", "-", code=2)
        self.assertIn(f"Only one resource fits: add {FLAG}, say", ended.said)
        self.assertEqual(ended.output, "")
