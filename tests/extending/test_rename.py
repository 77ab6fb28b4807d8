"""A name of its own: `make rename`, on copies of the project."""

import re
import tempfile
from pathlib import Path
from unittest import TestCase, skipUnless

from local.rename import LONGEST
from tests.extending.copies import COMMANDS, Copy, sections

SERVICE = "users-api"
OLD_NAMES = re.compile(
    "users-api|users_api|users API|users_client"
    "|(?<!orders-)(users-table|unique-values-table|idempotency-table)",
    re.IGNORECASE,
)
COMMIT = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet")


@skipUnless("-" in SERVICE, "a service of one word is not renamed again")
class RenameTest(TestCase):
    """Copies of the project, each a repository of git."""

    def setUp(self) -> None:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.copy = Copy(folder / "project")
        self.copy.run("git", "init", "--quiet")
        excluded = self.copy.folder / ".git" / "info" / "exclude"
        excluded.write_text(".venv\nnode_modules\n", "utf-8")  # links, here
        self.commit()

    def commit(self) -> None:
        self.copy.run("git", "add", "--all")
        self.copy.run("git", *COMMIT, "--message=All of it")

    def status(self) -> str:
        return self.copy.run("git", "status", "--porcelain")

    def refusal(self, *arguments: str) -> str:
        """Return the sentence with which it is refused, before anything is changed."""
        before = self.status()
        with self.assertRaises(AssertionError) as raised:
            self.copy.run("make", "rename", *arguments)
        self.assertEqual(self.status(), before)
        _, sentence, make_says = str(raised.exception).strip().split("\n")
        self.assertRegex(make_says, r"^make: \*\*\* .* Error 1$")
        return sentence

    def test_renamed(self) -> None:
        """No old name is left, all is staged, checks and tests pass, and git can undo it."""
        [command] = COMMANDS.findall(sections()["A name of your own"])
        said = self.copy.run("sh", "-ec", command)
        self.assertIn('Renamed, and staged: `git commit -m "Rename to orders"` keeps it, ', said)
        self.assertEqual(self.copy.run("git", "diff", "--name-only"), "", "all is staged")
        for name in self.copy.run("git", "ls-files").splitlines():
            if name != "LICENSE":
                text = (self.copy.folder / name).read_text("utf-8")
                with self.subTest(name):
                    self.assertIsNone(OLD_NAMES.search(name + text))
        self.copy.run("ruff", "check")
        self.copy.run("ruff", "format", "--check")
        self.copy.run("mypy")
        self.copy.run("lint-imports")
        self.copy.python("-m", "unittest", "discover", "-t", ".", "-s", "tests/unit")
        self.copy.python("-m", "unittest", "tests.http.test_users", "tests.http.test_service")
        self.copy.run("git", "reset", "--hard", "--quiet")
        self.assertEqual(self.status(), "")

    def test_renamed_again(self) -> None:
        """A service can be renamed again, unless its name is a word like any other."""
        for name in ["order-desk", "shop"]:
            self.copy.run("make", "rename", f"NAME={name}")
            self.commit()
        told = self.copy.python("-c", "from local import tables; print(tables.environment('x'))")
        self.assertIn("'USERS_TABLE': 'shop-users-table-x'", told)
        left = self.copy.run("git", "ls-files") + self.copy.run("git", "grep", "-i", "shop")
        self.assertNotRegex(left, "(?i)order.desk")
        self.assertIn("`shop` is a plain word", self.refusal("NAME=orders"))

    def test_longest_name(self) -> None:
        """With a name as long as one may be, no line is too long."""
        self.copy.run("make", "rename", f"NAME={'order-desk'.ljust(LONGEST, 's')}")
        self.copy.run("ruff", "check")
        self.copy.run("ruff", "format", "--check")

    def test_refused(self) -> None:
        """A name that will not do is refused, and so is what could not be undone."""
        illegal = ["", "Orders", "9lives", "a", "my_orders", "orders-", "a--b", "x" * 17, "a;id"]
        for arguments in [[], *([f"NAME={name}"] for name in illegal)]:
            with self.subTest(arguments):
                self.assertIn("Say what the service is called", self.refusal(*arguments))
        for name in ["class", "json", "flask", "tools", "docs", SERVICE]:
            with self.subTest(name):
                self.assertIn("choose another name", self.refusal(f"NAME={name}"))
        (self.copy.folder / "new.txt").touch()
        self.assertIn("Commit what you have changed first", self.refusal("NAME=orders"))
