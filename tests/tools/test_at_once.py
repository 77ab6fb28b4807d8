"""Two commands at once that would write the same files."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from tests.support.service import engine
from tests.support.wire import Plan, Request, tapped
from tests.tools.commands import ToolsTest
from tests.tools.people import lines


class AtOnceTest(ToolsTest):
    """A command that is in the middle of its work, and another one."""

    @contextmanager
    def held(self, operation: str, command: str, *arguments: object) -> Iterator[None]:
        """Have a command wait for the answer to a request meanwhile, and end well after it."""
        reached, go_on = Event(), Event()

        def hold(request: Request) -> Iterator[bytes]:
            reached.set()
            go_on.wait()
            yield request.answer

        with tapped(engine()) as wire:
            self.through(wire.url)
            wire.follow(Plan(hold, operation, delivered=True))
            process = self.start(command, *arguments, stderr=subprocess.DEVNULL)
            while not reached.wait(0.1):
                self.assertIsNone(process.poll(), "it ended before")
            try:
                yield
            finally:
                go_on.set()
            self.assertEqual(process.wait(), 0)

    def test_export(self) -> None:
        """A second export into a folder is refused, and does the first one no harm."""
        self.tool("import", self.file("people.jsonl", lines(50)))
        folder = self.folder / "a"
        with self.held("Scan", "export", folder):
            said = self.tool("export", folder, code=1).said.splitlines()
            self.assertEqual(said[-1], f"Another export is writing to {folder}.")
        names = sorted(path.name for path in folder.iterdir())
        self.assertEqual(names, ["manifest.json", "users.jsonl"])
        self.assertEqual((folder / "users.jsonl").read_text("utf-8").count("\n"), 50)

    def test_import(self) -> None:
        """So it is with a second import of a file."""
        file = self.file("people.jsonl", lines(50))
        with self.held("TransactWriteItems", "import", file):
            said = self.tool("import", file, code=1).said.splitlines()
            self.assertEqual(said, [f"Another import of {file} is under way."])
        self.assertEqual(len(self.users()), 50)
        self.assertEqual([path.name for path in self.folder.iterdir()], [file.name])

    def test_tidied_up(self) -> None:
        """That somebody else removes the file of rejected lines is no failure if there are none."""
        file = self.file("people.jsonl", lines(50))
        with self.held("TransactWriteItems", "import", file):
            (self.folder / "people.jsonl.rejected").unlink()
