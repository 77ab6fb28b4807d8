"""Copies of the project with one change each, and what a named test says about it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from tests.support.osls import PROJECT, copy_of_the_project

SECONDS = 300

# By module: what stands there, once; what stands there instead; the test that must notice it.
Mutations = Mapping[str, list[tuple[str, str, str]]]


class MutantsTest(TestCase):
    """The tests of `suite`, tested: each of the `mutations` of `package` makes one of them fail."""

    package: str
    suite: str
    mutations: Mutations
    environ: Mapping[str, str] = os.environ

    def setUp(self) -> None:
        self.rows = [(module, *row) for module, rows in self.mutations.items() for row in rows]

    def run_tests(self, *tests: str, **changes: tuple[str, str]) -> str:
        """Run tests of a copy with a change of a module; return what is said about them."""
        with TemporaryDirectory() as folder:
            copy = copy_of_the_project(Path(folder) / "copy")
            for module, (code, instead) in changes.items():
                path = copy / self.package / f"{module}.py"
                path.write_text(path.read_text("utf-8").replace(code, instead), "utf-8")
            finished = subprocess.run(
                [sys.executable, "-W", "error", "-m", "unittest"]
                + [f"tests.{self.suite}.{test}" for test in tests],
                cwd=copy,
                env={**self.environ, "PYTHONDONTWRITEBYTECODE": "1"},
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        return finished.stderr.splitlines()[-1]

    def test_each_mutation_is_one(self) -> None:
        """What is changed stands in its module once."""
        for module, code, *_ in self.rows:
            with self.subTest(module=module, code=code):
                source = (PROJECT / self.package / f"{module}.py").read_text("utf-8")
                self.assertEqual(source.count(code), 1)

    def test_each_mutation_is_noticed(self) -> None:
        """The named test fails, and fails only then."""
        self.assertEqual(self.run_tests(*{test for *_, test in self.rows}), "OK")

        def noticed(row: tuple[str, str, str, str]) -> str:
            module, code, instead, test = row
            return self.run_tests(test, **{module: (code, instead)})

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for row, said in zip(self.rows, pool.map(noticed, self.rows), strict=True):
                with self.subTest(row):
                    self.assertRegex(said, "^FAILED")
