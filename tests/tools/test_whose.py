"""Whose records a file has, where no flag says it."""

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

    def test_no_name(self) -> None:
        """One that does not is of the one resource there is, or has to be told of which."""
        file = self.file("people.jsonl", ADA)
        if len(RESOURCES) == 1:
            self.assertEqual(self.tool("import", file).said, "users: 1 added.\n")
            self.assertEqual(self.tool("export", "-").output.count("\n"), 1)
            return
        refused = f"Say whose records {file} has: add {FLAG}, say (make: OPTIONS='{FLAG}').\n"
        self.assertEqual(self.tool("import", file, code=1).said, refused)
        self.assertEqual(self.users(), {})
        ended = self.tool("export", "-", code=2)
        self.assertIn(f"Only one resource fits: add {FLAG}, say", ended.said)
        self.assertEqual(ended.output, "")
