"""The project with one change at a time, and what a named test says about it."""

import os
import shutil
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr
from functools import partial
from importlib.util import cache_from_source
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase, TextTestRunner, defaultTestLoader

from tests.support.osls import PROJECT

OURS = {"authorizer", "local", "tests", "users_api"}
OTHERS = ["cryptography.x509", "flask.testing", "http.server", "jwt", "pydynox", "trustme", "yaml"]

# By module: what stands there, once; what stands there instead; the test that must notice it.
Mutations = Mapping[str, list[tuple[str, str, str]]]


def passed(project: Path, environ: Mapping[str, str], *tests: str) -> bool:
    """Tell whether tests of a project pass; runs in a process of its own."""
    os.environ.update(environ)
    os.chdir(project)
    sys.path.insert(0, str(project))
    for name in [each for each in sys.modules if each.partition(".")[0] in OURS]:
        del sys.modules[name]
    suite = defaultTestLoader.loadTestsFromNames([f"tests.{test}" for test in tests])
    with redirect_stderr(StringIO()) as unseen:
        return TextTestRunner(unseen).run(suite).wasSuccessful()


def noticed(environ: Mapping[str, str], package: str, row: tuple[str, ...]) -> bool:
    """Tell whether tests fail when a module of a package is changed; likewise."""
    module, code, instead, *tests = row
    with TemporaryDirectory() as folder:
        for path in PROJECT.glob("[!.]*"):
            (Path(folder) / path.name).symlink_to(path)
        (Path(folder) / package).unlink()
        shutil.copytree(PROJECT / package, Path(folder) / package)
        changed = Path(folder) / package / f"{module}.py"
        changed.write_text(changed.read_text("utf-8").replace(code, instead), "utf-8")
        Path(cache_from_source(changed)).unlink(missing_ok=True)
        return not passed(Path(folder), environ, *tests)


class MutantsTest(TestCase):
    """The tests of `suite`, tested: each of the `mutations` of `package` makes one of them fail."""

    package: str
    suite: str
    mutations: Mutations
    environ: Mapping[str, str] = {}

    def setUp(self) -> None:
        self.rows = [
            (module, code, instead, f"{self.suite}.{test}")
            for module, rows in self.mutations.items()
            for code, instead, test in rows
        ]

    def test_each_mutation_is_one(self) -> None:
        """What is changed stands in its module once."""
        for module, code, *_ in self.rows:
            with self.subTest(module=module, code=code):
                source = (PROJECT / self.package / f"{module}.py").read_text("utf-8")
                self.assertEqual(source.count(code), 1)

    def test_each_mutation_is_noticed(self) -> None:
        """The named test fails, and fails only then."""
        context = get_context("forkserver")
        context.set_forkserver_preload(OTHERS)  # once, not in each of hundreds of processes
        with ProcessPoolExecutor(os.cpu_count(), context, max_tasks_per_child=1) as pool:
            tests = {test for *_, test in self.rows}
            unchanged = (self.rows[0][0], "", "", *tests)  # in a copy like all others
            notice = partial(noticed, self.environ, self.package)
            self.assertFalse(pool.submit(notice, unchanged).result())
            found = pool.map(notice, self.rows)
            for row, is_noticed in zip(self.rows, found, strict=True):
                with self.subTest(row):
                    self.assertTrue(is_noticed)
