"""The tests of the authorizer, tested: each check that is dropped is noticed by a named test."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from tests.access.mutations import MUTATIONS

PROJECT = Path(__file__).parent.parent.parent
SECONDS = 300
ROWS = [(module, *row) for module, rows in MUTATIONS.items() for row in rows]


class MutationsTest(TestCase):
    """Copies of the authorizer, each with one check less."""

    folder: Path

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.names = map(str, count())

    def run_tests(self, *tests: str, **changes: tuple[str, str]) -> str:
        """Run tests of a copy with a change of a module; return what is said about them."""
        copy = self.folder / next(self.names)
        for folder in ("authorizer", "tests/authorizer"):
            shutil.copytree(PROJECT / folder, copy / folder)
        (copy / "tests" / "__init__.py").touch()
        for module, (code, instead) in changes.items():
            path = copy / "authorizer" / f"{module}.py"
            path.write_text(path.read_text("utf-8").replace(code, instead), "utf-8")
        finished = subprocess.run(
            [sys.executable, "-W", "error", "-m", "unittest", *tests],
            cwd=copy,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
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
                source = (PROJECT / "authorizer" / f"{module}.py").read_text("utf-8")
                self.assertEqual(source.count(code), 1)

    def test_each_mutation_is_noticed(self) -> None:
        """The named test fails, and fails only then."""
        tests = {test for *_, test in ROWS}
        self.assertEqual(self.run_tests(*(f"tests.authorizer.{test}" for test in tests)), "OK")

        def noticed(module: str, code: str, instead: str, test: str) -> str:
            return self.run_tests(f"tests.authorizer.{test}", **{module: (code, instead)})

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for row, said in zip(ROWS, pool.map(lambda row: noticed(*row), ROWS), strict=True):
                with self.subTest(row):
                    self.assertRegex(said, "^FAILED")
