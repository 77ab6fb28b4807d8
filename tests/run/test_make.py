"""The Makefile, as someone sees it who types `make`."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from tests.run.newcomer import PROJECT, copy_of_the_project, make
from tests.unit.test_leash import NOBODY


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

    def test_tools(self) -> None:
        """`make import` and `make erase` say in one sentence what they were not told."""
        installed = ("--assume-old=.venv/tools", "--assume-old=engine")
        for target, sentence in {
            "import": "Say what: make import FILE=...",
            "erase": "Say whom: make erase WHO=...",
        }.items():
            with self.subTest(target):
                made = self.make(PROJECT, *installed, target, path=os.environ["PATH"])
                self.assertNotEqual(made.returncode, 0)
                said, make_says = made.stderr.splitlines()
                self.assertEqual(said, sentence)
                self.assertRegex(make_says, r"^make: \*\*\* .* Error 1$")

    def test_export(self) -> None:
        """What `make export` writes by itself has a name that tells of nobody."""
        for told, default in [([], ".local/export"), (["WHO=ada"], ".local/person.json")]:
            shown = self.make(PROJECT, "--dry-run", "export", *told, path=os.environ["PATH"])
            self.assertIn(f' -- "${{TO:-{default}}}"\n', shown.stdout)

    def test_quotes(self) -> None:
        """What is told with a quote in it is no part of what the shell reads."""
        installed = ("--assume-old=.venv/tools", "--assume-old=node_modules/.tools")
        for told in (("rollback", "VERSION=it's"), ("remove", "CONFIRM=it's")):
            with self.subTest(told):
                shown = self.make(PROJECT, "--dry-run", *installed, *told, path=os.environ["PATH"])
                self.assertRegex(shown.stdout, r'"\$(VERSION|CONFIRM)"')
                self.assertNotIn("it's", shown.stdout)

    def test_no_npm(self) -> None:
        """What needs npm says so in one sentence when it is missing."""
        folder = copy_of_the_project(Path(self.enterContext(TemporaryDirectory())))
        (folder / "bin").mkdir()
        for program in ("sh", "grep"):
            (folder / "bin" / program).symlink_to(shutil.which(program) or program)
        targets = ["engine", "node_modules/.tools"]
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


class FormatTest(TestCase):
    """`make format`, in a copy of the project with some code in it."""

    def test_what_is_left(self) -> None:
        """It formats what it can, tells what is left, and fails as long as anything is."""
        folder = copy_of_the_project(Path(self.enterContext(TemporaryDirectory())), ".venv")
        shutil.copy2(PROJECT / "pyproject.toml", folder)
        code = folder / "local" / "new.py"
        start = '"""Something new."""\n\n'
        for written, wanted, status in [
            ("import sys\nimport os\nprint( os,sys )\n", "import os\nimport sys\n\n", 2),
            ("import sys\nimport os\nAS_IT_IS=os,sys\n", "import os\nimport sys\n\n", 0),
        ]:
            with self.subTest(written):
                code.write_text(start + written, "utf-8")
                made = make(folder, "--assume-old=.venv/tests", "format")
                self.assertIn(start + wanted, code.read_text("utf-8"))
                self.assertEqual(made.returncode, status, made.stdout + made.stderr)
                self.assertEqual("local/new.py:6:1: T201" in made.stdout, bool(status))


NPM = """\
#!/bin/sh
echo "$*" >> npm.log
case "$*" in
install*$OFFERED*) at="node_modules/${OFFERED%@*}"; mkdir -p "$at"; touch "$at/dynoxide";;
install*) exit 1;;
esac
"""


class EngineTest(TestCase):
    """`make engine` where the lock file names no engine for the platform; npm only takes notes."""

    def setUp(self) -> None:
        self.folder = copy_of_the_project(Path(self.enterContext(TemporaryDirectory())))
        for name in ("tests/requirements.txt", ".venv/tests"):  # the latter is up to date
            (self.folder / name).parent.mkdir()
            (self.folder / name).touch()
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "npm").write_text(NPM, "utf-8")
        (self.folder / "bin" / "npm").chmod(0o755)

    def make(
        self, platform: str, offered: str, target: str = "node_modules/.engine"
    ) -> subprocess.CompletedProcess[str]:
        """Make a target on a platform, with one that has an engine."""
        return subprocess.run(
            [shutil.which("make") or "make", target, f"PLATFORM={platform}"],
            cwd=self.folder,
            env={"PATH": f"{self.folder}/bin{os.pathsep}{os.environ['PATH']}", "OFFERED": offered},
            capture_output=True,
            text=True,
            check=False,
        )

    def made(
        self, platform: str, offered: str, target: str = "node_modules/.engine"
    ) -> tuple[subprocess.CompletedProcess[str], str]:
        """Return what `make` says and what it asked npm for last, if for anything."""
        (self.folder / "npm.log").write_text("\n", "utf-8")
        made = self.make(platform, offered, target)
        self.assertEqual(made.returncode, 0, made.stderr)
        return made, (self.folder / "npm.log").read_text("utf-8").splitlines()[-1]

    def test_other_platform(self) -> None:
        """The engine of the platform is installed beside the lock file, at its version."""
        document = json.loads((PROJECT / "package.json").read_text("utf-8"))
        (version,) = document["optionalDependencies"].values()
        engine = f"@dynoxide/darwin-arm64@{version}"
        made, asked = self.made("darwin-arm64", offered=engine)
        self.assertRegex(asked, f"^install --no-save --ignore-scripts .* {engine}$")
        self.assertEqual(made.stderr, "")

    def test_platform_without_engine(self) -> None:
        """Where npm has none, one sentence says that moto stands in."""
        sentence = r"^npm has no @dynoxide/sunos-x64: moto, .*\.\n$"
        made, _ = self.made("sunos-x64", offered="@dynoxide/linux-x64")
        self.assertRegex(made.stderr, sentence)
        made, asked = self.made("sunos-x64", offered="@dynoxide/linux-x64")
        self.assertEqual(made.stderr + asked, "", "npm is not asked again")
        made, asked = self.made("sunos-x64", offered="@dynoxide/linux-x64", target="engine")
        self.assertRegex(made.stderr, sentence)
        self.assertNotEqual(asked, "")

    def test_engine_is_gone(self) -> None:
        """An engine that is no longer there, or never came, is installed again."""
        engine = self.folder / "node_modules" / "@dynoxide" / "linux-x64" / "dynoxide"
        for _ in range(2):
            made, _ = self.made("linux-x64", offered="@dynoxide/linux-x64@")
            self.assertIn("Installing the embedded DynamoDB", made.stdout)
            made, asked = self.made("linux-x64", offered="@dynoxide/linux-x64@")
            self.assertEqual(asked, "")
            engine.unlink()

    def test_two_at_once(self) -> None:
        """While another one installs, it is refused; one that was killed is in nobody's way."""
        lock = self.folder / ".local" / "installing"
        lock.parent.mkdir()
        lock.symlink_to(str(os.getpid()))
        refused = self.make("linux-x64", offered="@dynoxide/linux-x64@")
        self.assertNotEqual(refused.returncode, 0)
        self.assertRegex(
            refused.stderr,
            r"\AAnother make is installing here: .*\.local/installing.*\nmake: .* Error 1\n\Z",
        )
        self.assertFalse((self.folder / "npm.log").exists())
        lock.unlink()
        lock.symlink_to(str(NOBODY))
        self.made("linux-x64", offered="@dynoxide/linux-x64@")
        self.assertFalse(lock.is_symlink())
