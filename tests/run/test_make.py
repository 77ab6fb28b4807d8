"""The Makefile, as someone sees it who types `make`."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from unittest import TestCase

from tests.run.newcomer import PROJECT, copy_of_the_project


class MakeTest(TestCase):
    """`make`, without installing anything."""

    def make(self, folder: Path, *targets: str, path: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [shutil.which("make") or "make", *targets],
            cwd=folder,
            env={"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )

    def test_help(self) -> None:
        """`make` alone lists every command in one line each."""
        makefile = (PROJECT / "Makefile").read_text("utf-8")
        commands = " ".join(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)).split()
        listed = self.make(PROJECT, path=os.environ["PATH"]).stdout
        self.assertEqual(sorted(re.findall(r"(?m)^  make (\S+) +\w", listed)), sorted(commands))

    def test_no_npm(self) -> None:
        """What needs npm says so in one sentence when it is missing."""
        folder = copy_of_the_project(Path(self.enterContext(tempfile.TemporaryDirectory())))
        (folder / "bin").mkdir()
        (folder / "bin" / "sh").symlink_to(shutil.which("sh") or "sh")
        targets = ["node_modules/.tools"]
        for suite, target in {
            "contract": ".local/contract/.installed",
            "dynamodb_local": ".local/dynamodb-local/.installed",
        }.items():
            (folder / "tests" / suite).mkdir(parents=True)
            (folder / "tests" / suite / "package-lock.json").touch()
            targets.append(target)
        for target in targets:
            with self.subTest(target):
                made = self.make(folder, target, path=str(folder / "bin"))
                self.assertNotEqual(made.returncode, 0)
                sentence, *make_says = made.stderr.splitlines()
                self.assertEqual(sentence, "Node.js 20 or newer with npm is needed.")
                self.assertRegex("\n".join(make_says), r"^make: \*\*\* .* Error 1$")
