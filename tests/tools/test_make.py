"""The commands as `make` hands on what it is told."""

import subprocess

from tests.tools.commands import PROJECT, ToolsTest

LINKED = (
    ".venv",
    "Makefile",
    "authorizer",
    "infra",
    "local",
    "serverless.yml",
    "tools",
    "users_api",
)


class HyphenTest(ToolsTest):
    """What begins with a hyphen is no flag."""

    def setUp(self) -> None:
        super().setUp()
        for name in LINKED:
            (self.folder / name).symlink_to(PROJECT / name)

    def make(self, command: str, *variables: str) -> str:
        """Run a command on this stage, in a folder of our own; return what it says."""
        options = "" if command == "export" else f"--confirm {self.stage}"
        finished = subprocess.run(
            ["make", command, *variables, f"STAGE={self.stage}", f"OPTIONS={options}"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return finished.stderr

    def test_who(self) -> None:
        """An id is none."""
        for who in ("-x", "--help"):
            with self.subTest(who):
                self.assertIn("No user has that id", self.make("erase", f"WHO={who}"))
                self.service.call("POST", "/users", {"userId": who, "name": "A"})
                said = self.make("export", f"WHO={who}", f"TO={who}.json")
                self.assertIn(f"Exported to {who}.json: 1 of users.", said)

    def test_files(self) -> None:
        """A file or a folder is none."""
        (self.folder / "-x").mkdir()
        self.file("-x/users.jsonl", '{"userId": "x", "name": "X"}\n')
        self.assertIn("users: 1 added.", self.make("import", "FILE=-x/users.jsonl"))
        self.assertIn('"records": 1', self.make("export", "TO=-y"))
        self.assertTrue((self.folder / "-y/users.jsonl").exists())
