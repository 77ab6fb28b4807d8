"""What a terminal shows."""

import os
import pty

from tests.tools.commands import ToolsTest
from tests.tools.people import lines

MANY = 2_000


class TerminalTest(ToolsTest):
    """A command on a terminal."""

    def shown(self, command: str, *arguments: object, typed: str = "", code: int = 0) -> str:
        """Run a command on a terminal; return all that is written there."""
        ours, its = pty.openpty()
        os.write(ours, typed.encode())
        process = self.start(command, *arguments, stdin=its, stdout=its, stderr=its)
        os.close(its)
        written = b""
        try:
            while part := os.read(ours, 4096):
                written += part
        except OSError:  # how Linux says that the other end is closed
            pass
        os.close(ours)
        self.assertEqual(process.wait(), code, written)
        return written.decode()

    def test_progress(self) -> None:
        """A bar shows how much is done, how fast, and how much time is left."""
        os.environ["TERM"] = "xterm"
        self.addCleanup(os.environ.pop, "TERM")
        file = self.file("people.jsonl", lines(MANY))
        shown = self.shown("import", file) + self.shown("export", self.folder / "a")
        self.assertIn(f"{MANY}/{MANY}", shown)
        self.assertRegex(shown, r"\d/s")
        self.assertRegex(shown, r"\d:\d\d:\d\d")
        self.assertIn("\u2501", shown)
        self.assertNotIn("example.com", shown)

    def test_progress_of_a_slow_import(self) -> None:
        """The bar of an import moves with each batch that is written."""
        file = self.file("people.jsonl", lines(100))
        shown = self.shown("import", file, "--rate", "200")
        self.assertRegex(shown, r"\b[1-9]\d?/100")

    def test_no_answer(self) -> None:
        """A question that gets no answer ends its line, too."""
        self.tool("import", self.file("people.jsonl", lines(1)))
        (who,) = self.users()
        shown = self.shown("erase", who, typed="\x04", code=130)
        self.assertRegex(shown, r"\[y/N\]: .*\r\nInterrupted: ")
        self.assertIn(who, self.users())

    def test_second_thoughts(self) -> None:
        """Without a yes nothing is erased, and that is said."""
        self.tool("import", self.file("people.jsonl", lines(1)))
        (who,) = self.users()
        shown = self.shown("erase", who, typed="n\n", code=1)
        self.assertIn("Nothing was erased.", shown)
        self.assertIn(who, self.users())
