"""The embedded DynamoDB and its tables."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from pydynox import DynamoDBClient

import local
from local.engine import DataInUseError, EngineFailedError, running_engine
from local.tables import create_missing, environment


class FindEngineTest(TestCase):
    """Which engine is found on machines that lack one thing or another."""

    def setUp(self) -> None:
        self.project = Path(self.enterContext(TemporaryDirectory()))
        self.bin = self.project / "bin"
        self.bin.mkdir()
        shutil.copytree(Path(local.__file__).parent, self.project / "local")
        self.package("linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64")

    def package(self, *platforms: str) -> None:
        """Have package.json offer engines for some platforms."""
        engines = {f"@dynoxide/{platform}": "1" for platform in platforms}
        document = json.dumps({"optionalDependencies": engines})
        (self.project / "package.json").write_text(document, "utf-8")

    def program(self, name: str) -> Path:
        """Put a program on the PATH."""
        path = self.bin / name
        path.touch(0o755)
        return path

    def found(self) -> str:
        """Return what find_engine() returns, or the error it raises."""
        finished = subprocess.run(
            [sys.executable, "-c", "from local.engine import *; print(find_engine())"],
            cwd=self.project,
            env={"PATH": str(self.bin)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return finished.stdout.splitlines()[-1]

    def test_path(self) -> None:
        """An engine on the PATH is found."""
        self.assertEqual(str(self.program("dynoxide")), self.found())

    def test_no_npm(self) -> None:
        """Without Node.js the error tells to install it."""
        self.assertRegex(self.found(), "^local.engine.EngineNotFoundError: .* Node.js 20 .*")

    def test_not_installed(self) -> None:
        """With npm the error tells the command that installs the engine."""
        self.program("npm")
        self.assertRegex(self.found(), "^local.engine.EngineNotFoundError: .*: run `make engine`")

    def test_unsupported_platform(self) -> None:
        """Without an engine for the platform the error tells what else there is."""
        self.package()
        self.assertRegex(self.found(), "^local.engine.EngineNotFoundError: .* this platform .*PATH")


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

    def test_not_started(self) -> None:
        """The error of an engine that does not start says what the engine said."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        with self.assertRaisesRegex(EngineFailedError, "database"), running_engine(folder):
            self.fail("a folder is no database")


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


def exists(url: str, table: str) -> bool:
    """Tell whether a DynamoDB has a table."""
    client = DynamoDBClient("us-east-1", "local", "local", endpoint_url=url)
    return client.sync_table_exists(table)
