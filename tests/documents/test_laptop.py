"""The commands for a laptop: each page is followed from its first to its last."""

import shlex
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from unittest import TestCase

from local.tables import environment
from tests.documents.claims import claimed
from tests.documents.pages import PAGES
from tests.documents.terminal import Terminal
from tests.run.newcomer import MakeRun


class LaptopTest(TestCase):
    """A page after the other, each in a copy of the project of its own."""

    def test_pages(self) -> None:
        """`make run` serves, and what is called prints what stands beneath it."""
        for page in PAGES:
            if claimed("laptop", page):
                with self.subTest(page), ExitStack() as resources:
                    self.follow(page, resources)

    def follow(self, page: str, resources: ExitStack) -> None:
        folder = Path(resources.enter_context(TemporaryDirectory()))
        terminal = Terminal(folder, **environment("dev"))  # as in serverless.yml
        output = resources.enter_context(TemporaryFile())  # noqa: SIM115
        server: MakeRun | None = None
        for command, shown in claimed("laptop", page):
            if server and command.startswith(("make run", "make reset")):
                server.clean_up()
            if command.startswith("make run"):
                server = MakeRun(terminal.project, output, *shlex.split(command)[2:])
                resources.callback(server.clean_up)
                server.until_up()
                continue
            said = terminal.run(command.replace(":5000", f":{server.port}") if server else command)
            if shown:
                self.assertEqual(said, shown, command)
