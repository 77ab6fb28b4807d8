"""The tests of the rules of access, tested: each that is dropped is noticed by a named test."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from local.engine import running_engine
from local.tables import connection
from tests.access.rules import MUTATIONS
from tests.run.newcomer import PROJECT, copy_of_the_project

SECONDS = 300
ROWS = [(module, *row) for module, rows in MUTATIONS.items() for row in rows]


class RulesTest(TestCase):
    """Copies of the service, each with one rule less."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.numbers = count()
        endpoint = self.enterContext(running_engine())
        self.environ = os.environ | connection(endpoint) | {"PYTHONDONTWRITEBYTECODE": "1"}

    def run_tests(self, *tests: str, **changes: tuple[str, str]) -> str:
        """Run tests of a copy with a change of a module; return what is said about them."""
        (copy := self.folder / str(next(self.numbers))).mkdir()
        copy_of_the_project(copy, "node_modules")
        for folder in ("http", "support"):
            shutil.copytree(PROJECT / "tests" / folder, copy / "tests" / folder)
        for module, (code, instead) in changes.items():
            path = copy / "users_api" / f"{module}.py"
            path.write_text(path.read_text("utf-8").replace(code, instead), "utf-8")
        finished = subprocess.run(
            [sys.executable, "-W", "error", "-m", "unittest", *tests],
            cwd=copy,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return finished.stderr.splitlines()[-1]

    def test_each_mutation_is_one(self) -> None:
        """What is changed stands in its module once."""
        for module, code, *_ in ROWS:
            with self.subTest(module=module, code=code):
                source = (PROJECT / "users_api" / f"{module}.py").read_text("utf-8")
                self.assertEqual(source.count(code), 1)

    def test_each_mutation_is_noticed(self) -> None:
        """The named test fails, and fails only then."""
        tests = {test for *_, test in ROWS}
        self.assertEqual(self.run_tests(*(f"tests.http.{test}" for test in tests)), "OK")

        def noticed(module: str, code: str, instead: str, test: str) -> str:
            return self.run_tests(f"tests.http.{test}", **{module: (code, instead)})

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for row, said in zip(ROWS, pool.map(lambda row: noticed(*row), ROWS), strict=True):
                with self.subTest(row):
                    self.assertRegex(said, "^FAILED")
