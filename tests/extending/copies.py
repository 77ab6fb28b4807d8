"""Copies of the project that are changed as docs/extending.md says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parent.parent.parent
INSTALLED = (".venv", "node_modules", ".local/contract/node_modules")
NOT_COPIED = shutil.ignore_patterns(".git", ".[!cgnp]*", "__pycache__", "node_modules")
TYPES = PROJECT / ".local" / "mypy"  # what mypy knows of the parts that all copies share
SECONDS = 1200  # the longest run of any program

SECTIONS = re.compile(r"^##+ (.*)\n((?:(?!##).*\n)*)", re.MULTILINE)
FILES = re.compile(r"`((?:users_api|tests)/[\w/]+\.py)`[^:]*:\n\n```python\n(.*?)```", re.DOTALL)
COMMANDS = re.compile(r"```sh\n(.*?)```", re.DOTALL)
INSERTIONS = re.compile(r"`(infra/[\w-]+\.yml)`, under `(\w+:)`\n\n```yaml\n(.*?)```", re.DOTALL)
DIFFS = re.compile(r"`(users_api/[\w/]+\.py)`[^`]*:\n\n```diff\n(.*?)```", re.DOTALL)


def sections() -> dict[str, str]:
    """Return the sections of the page, by their headings."""
    return dict(SECTIONS.findall((PROJECT / "docs" / "extending.md").read_text("utf-8")))


class Copy:
    """A copy of the project in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = shutil.copytree(PROJECT, folder, ignore=NOT_COPIED)
        for name in INSTALLED:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to(PROJECT / name)
        (folder / ".local/contract/.installed").touch()

    def follow(self, *headings: str) -> None:
        """Change the copy as these sections of the page say."""
        for section in map(sections().__getitem__, headings):
            for name, code in FILES.findall(section):
                self.write(self.folder / name, code)
            for command in COMMANDS.findall(section):
                subprocess.run(["sh", "-ec", command], cwd=self.folder, check=True)
            for name, line, text in INSERTIONS.findall(section):
                path = self.folder / name
                old = path.read_text("utf-8")
                path.write_text(old.replace(f"{line}\n", f"{line}\n{text}"), "utf-8")
            for name, diff in DIFFS.findall(section):
                self.patch(self.folder / name, diff)

    def python(self, *arguments: str, **variables: str) -> str:
        """Run Python in the copy; return what it prints. Raise AssertionError if it fails."""
        return self.run(sys.executable, "-W", "error", *arguments, **variables)

    def run(self, *command: str, **variables: str) -> str:
        """Run a program in the copy, likewise."""
        ours = ("COVERAGE_", "MAKE", "MFLAGS", "RESOURCE", "TRANSPORT")
        inherited = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
        ended = subprocess.run(
            command,
            cwd=self.folder,
            env=inherited | {"MYPY_CACHE_DIR": str(TYPES)} | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if ended.returncode:
            raise AssertionError(f"{' '.join(command)}\n{ended.stdout}")
        return ended.stdout

    def write(self, path: Path, code: str) -> None:
        """Write a whole file, or add fields to the class at its end, and what they import."""
        if code.startswith('"""'):
            path.parent.mkdir(exist_ok=True)
            path.write_text(code, "utf-8")
            return
        imports, _, fields = code.rpartition("...\n")
        old = path.read_text("utf-8").replace("\nfrom typing", f"\n{imports}from typing", 1)
        path.write_text(old + fields, "utf-8")

    def patch(self, path: Path, diff: str) -> None:
        """Add lines behind those that stand before them, in place of those that are taken out."""
        lines, place = path.read_text("utf-8").splitlines(), 0
        for kind, line in ((each[0], each[1:]) for each in diff.splitlines()):
            if kind == "+":
                lines.insert(place, line)
                place += 1
            else:
                place = lines.index(line) + (kind == " ")
            if kind == "-":
                del lines[place]
        path.write_text("\n".join(lines) + "\n", "utf-8")
