"""How the benchmarks are started."""

import subprocess
import sys
from unittest import TestCase

from tests.support.osls import PROJECT


class ArgumentsTest(TestCase):
    """The arguments of `python -m benchmarks`."""

    def test_measures_nothing(self) -> None:
        """Whoever asks for help, or errs, does not start the whole of it."""
        for argument, code, said in [("--help", 0, "--quick"), ("--quik", 2, "--quik")]:
            with self.subTest(argument):
                ended = subprocess.run(
                    [sys.executable, "-m", "benchmarks", argument],
                    cwd=PROJECT,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                self.assertEqual(ended.returncode, code, ended.stderr)
                self.assertIn(said, ended.stdout + ended.stderr)
