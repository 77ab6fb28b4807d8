"""The embedded DynamoDB and its tables."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from pydynox import DynamoDBClient

import local
from local.data import DataInUseError
from local.engine import STAND_IN, EngineFailedError, running_engine
from local.programs import Program
from local.tables import TableError, create_missing, environment


class FindEngineTest(TestCase):
    """Which engine is found on machines that lack one thing or another."""

    def setUp(self) -> None:
        self.project = Path(self.enterContext(TemporaryDirectory()))
        self.bin = self.project / "bin"
        self.bin.mkdir()
        shutil.copytree(Path(local.__file__).parent, self.project / "local")

    def program(self, name: str) -> Path:
        """Put a program on the PATH."""
        path = self.bin / name
        path.touch(0o755)
        return path

    def found(self, *machine: str, moto: bool = False) -> str:
        """Return the program that find_engine() returns, or the error it raises."""
        call = f"find_engine(*{machine}, moto={moto}).command"
        finished = subprocess.run(
            [sys.executable, "-c", f"from local.programs import *; print(*{call})"],
            cwd=self.project,
            env={"PATH": str(self.bin)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return finished.stdout.splitlines()[-1]

    def test_package(self) -> None:
        """The engine of npm's package for the platform is found."""
        for machine, package in {
            ("linux", "x86_64"): "linux-x64",
            ("linux", "aarch64"): "linux-arm64",
            ("darwin", "x86_64"): "darwin-x64",
            ("darwin", "arm64"): "darwin-arm64",
        }.items():
            with self.subTest(package):
                engine = self.project / "node_modules" / "@dynoxide" / package / "dynoxide"
                engine.parent.mkdir(parents=True)
                self.assertRegex(
                    self.found(*machine), f"NotFoundError: .* for {package} is not installed: "
                )
                engine.touch()
                self.assertTrue(self.found(*machine).startswith(f"{engine} serve "))

    def test_path(self) -> None:
        """An engine on the PATH is found."""
        engine = self.program("dynoxide")
        self.assertTrue(self.found(moto=True).startswith(f"{engine} serve "))

    def test_moto(self) -> None:
        """Without any, moto takes its place where it is installed."""
        self.assertIn(" -m moto.server ", self.found(moto=True))

    def test_no_npm(self) -> None:
        """Without Node.js the error tells to install it."""
        self.assertRegex(self.found(), "^local.programs.EngineNotFoundError: .* Node.js 20 .*")

    def test_not_installed(self) -> None:
        """With npm the error tells the command that installs the engine."""
        self.program("npm")
        self.assertRegex(self.found(), "^local.programs.EngineNotFoundError: .*: run `make engine`")


class RunningEngineTest(TestCase):
    """An engine while it runs, and after."""

    def test_data(self) -> None:
        """Data in a file is there again, and only one engine at a time may have it."""
        data = Path(self.enterContext(TemporaryDirectory())) / "data" / "dynamodb.sqlite"
        with running_engine(data) as url:
            create_missing(url, "test")
            with self.assertRaises(DataInUseError), running_engine(data):
                self.fail("two engines on the same data")
        with running_engine(data) as url:
            self.assertTrue(exists(url, "users-table-test"))

    def test_moto(self) -> None:
        """Where moto takes its place, one sentence says that the data does not last."""
        data = Path(self.enterContext(TemporaryDirectory())) / "dynamodb.sqlite"
        moto = Program([sys.executable, "-m", "moto.server", "--host", "127.0.0.1"])
        said = StringIO()
        with redirect_stderr(said), running_engine(data, program=moto) as url:
            create_missing(url, "test")
            self.assertTrue(exists(url, "users-table-test"))
        self.assertEqual(said.getvalue(), STAND_IN)
        self.assertFalse(data.exists())

    def test_not_started(self) -> None:
        """The error of an engine that does not start says what the engine said."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        with self.assertRaisesRegex(EngineFailedError, "database"), running_engine(folder):
            self.fail("a folder is no database")

    def test_damaged(self) -> None:
        """Where the data is damaged, the error tells what helps."""
        data = Path(self.enterContext(TemporaryDirectory())) / "dynamodb.sqlite"
        with running_engine(data) as url:
            create_missing(url, "test")
        for damaged in [data.read_bytes()[:100], b"no database" * 1000]:
            data.write_bytes(damaged)
            with (
                self.assertRaisesRegex(EngineFailedError, "data is damaged.* `make reset`"),
                running_engine(data),
            ):
                self.fail("damaged data")


class TablesTest(TestCase):
    """The tables of `infra/tables.yml`, in a DynamoDB."""

    def test_environment(self) -> None:
        """A table's environment variable is its logical id, its name carries the stage."""
        self.assertEqual(environment("test")["USERS_TABLE"], "users-table-test")

    def test_create_missing(self) -> None:
        """Creating the tables again, and by many at once, does no harm."""
        url = self.enterContext(running_engine())
        with ThreadPoolExecutor(8) as pool:
            for _ in pool.map(lambda _: create_missing(url, "test"), range(16)):
                pass
        for name in environment("test").values():
            self.assertTrue(exists(url, name))

    def test_definition_of_another_key(self) -> None:
        """A definition with another key than its resource makes no table."""
        url = self.enterContext(running_engine())
        sentence = "^infra/users.yml makes a table with the key userId; `users` needs user-id.$"
        with self.assertRaisesRegex(TableError, sentence):
            create_missing(url, "test", {"users": "user-id"})
        for name in environment("test").values():
            self.assertFalse(exists(url, name))

    def test_table_of_another_key(self) -> None:
        """A table that was made with another key stays as it is; one sentence says what helps."""
        url = self.enterContext(running_engine())
        for key, stage in [("user-id", "old"), ("userId", "new")]:
            client = DynamoDBClient("us-east-1", "local", "local", endpoint_url=url)
            client.sync_create_table(f"users-table-{stage}", (key, "S"), wait=True)
        create_missing(url, "new", {"users": "userId"})
        sentence = "was made with another key than userId, .*make reset"
        with self.assertRaisesRegex(TableError, f"^The table users-table-old {sentence}"):
            create_missing(url, "old", {"users": "userId"})


def exists(url: str, table: str) -> bool:
    """Tell whether a DynamoDB has a table."""
    client = DynamoDBClient("us-east-1", "local", "local", endpoint_url=url)
    return client.sync_table_exists(table)
