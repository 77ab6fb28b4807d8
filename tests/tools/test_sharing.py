"""The engine of `make run`, and commands beside it."""

import shutil
import subprocess
import sys
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from unittest import TestCase

from local.data import DataInUseError
from local.engine import PORTS_CLOSED_TO_PAGES, running_engine
from local.programs import Program
from local.sharing import WAITING, shared_engine
from local.tables import create_missing
from tests.run.newcomer import PROJECT, copy_of_the_project, until


class SharingTest(TestCase):
    """Data that is in use, or not."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.data = self.folder / ".local" / "data" / "dynamodb.sqlite"

    def test_in_use(self) -> None:
        """A command uses the engine that runs, and leaves it running."""
        with running_engine(self.data, PORTS_CLOSED_TO_PAGES) as url:
            for _ in range(2):
                with shared_engine(self.data, PORTS_CLOSED_TO_PAGES) as shared:
                    self.assertEqual(shared, url)
            create_missing(url, "still-answers")

    def test_alone(self) -> None:
        """A command runs an engine where there is none, and ends it; the next one, too."""
        for _ in range(2):
            with shared_engine(self.data, PORTS_CLOSED_TO_PAGES) as url:
                create_missing(url, "answers")
                with (
                    self.assertRaises(DataInUseError),
                    running_engine(self.data, PORTS_CLOSED_TO_PAGES),
                ):
                    self.fail("two engines have the same data open")

    def test_one_beside_the_other(self) -> None:
        """A command that runs an engine ends it when no other uses it any longer, and says so."""
        up, done, said = Event(), Event(), StringIO()

        def first() -> None:
            with shared_engine(self.data, PORTS_CLOSED_TO_PAGES):
                up.set()
                done.wait()

        thread = Thread(target=first)
        with redirect_stderr(said):
            thread.start()
            up.wait()
            with shared_engine(self.data, PORTS_CLOSED_TO_PAGES) as url:
                done.set()
                until(lambda: bool(said.getvalue()) or not thread.is_alive(), otherwise="no end")
                create_missing(url, "still-answers")
            thread.join()
        self.assertEqual(said.getvalue(), WAITING)
        with running_engine(self.data, PORTS_CLOSED_TO_PAGES) as url:
            create_missing(url, "new")

    def test_no_engine(self) -> None:
        """Where only moto is, a command shares that of `make run`, and has no data of its own."""
        copy_of_the_project(self.folder)
        shutil.copytree(PROJECT / "tools", self.folder / "tools")
        refused = self.verified()
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(
            refused.stderr, r"\AThe embedded DynamoDB engine for .* is not installed: .*\.\n\Z"
        )
        self.assertNotIn("moto", refused.stderr)
        moto = Program([sys.executable, "-m", "moto.server", "--host", "127.0.0.1"])
        with redirect_stderr(StringIO()), running_engine(self.data, program=moto):
            shared = self.verified()
        self.assertEqual(shared.returncode, 0, shared.stderr)

    def verified(self) -> subprocess.CompletedProcess[str]:
        """Verify the data of the folder, as on a machine on which nothing else is installed."""
        command = [sys.executable, "-m", "tools", "verify"]
        return subprocess.run(
            command, cwd=self.folder, env={"PATH": ""}, capture_output=True, text=True, check=False
        )
