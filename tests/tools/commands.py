"""Commands under test: on tables of their own, in this process or in one that can be killed."""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest import TestCase

from tests.support.service import Service, engine, fresh_settings
from tools.commands import run

PROJECT = Path(__file__).parent.parent.parent


class Ended(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    output: str
    said: str


class ToolsTest(TestCase):
    """Tests with a stage and a folder of their own."""

    whose: tuple[str, ...] = ("--resource", "users")  # what is exported and imported

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.fresh()

    def fresh(self) -> None:
        """Have the tests go on with a stage that holds nothing."""
        self.settings = fresh_settings()
        self.stage = self.settings.table("users").removeprefix("users-table-")
        self.service = Service(self.settings)

    def arguments(self, command: str, *arguments: object) -> list[str]:
        """Return a command line for this stage."""
        whose = self.whose if command in {"export", "import"} else ()
        given = [command, *map(str, arguments), *whose, "--stage", self.stage]
        return given if command == "export" else [*given, "--confirm", self.stage]

    def tool(self, command: str, *arguments: object, code: int | None = 0) -> Ended:
        """Run a command and assert how it ends; None stands for any way."""
        written, said = io.BytesIO(), io.StringIO()
        with redirect_stdout(io.TextIOWrapper(written, "utf-8")) as output, redirect_stderr(said):
            ended = run(*self.arguments(command, *arguments))
            output.flush()
            text = written.getvalue().decode()
        self.assertIn(ended, (code, ended if code is None else code), said.getvalue())
        return Ended(ended, text, said.getvalue())

    def start(self, command: str, *arguments: object, **options: Any) -> subprocess.Popen[bytes]:
        """Start a command in a process of its own."""
        line = [sys.executable, "-W", "error", "-m", "tools", *self.arguments(command, *arguments)]
        return subprocess.Popen(line, cwd=PROJECT, env=dict(os.environ), **options)

    def through(self, url: str) -> None:
        """Have commands reach DynamoDB by another way."""
        before = engine()
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = url
        self.addCleanup(os.environ.__setitem__, "AWS_ENDPOINT_URL_DYNAMODB", before)

    def file(self, name: str, content: str) -> Path:
        """Write a file."""
        path = self.folder / name
        path.write_text(content, "utf-8")
        return path

    def exported(self, name: str, *flags: str, code: int = 0) -> dict[str, Any]:
        """Export to a folder; return what the manifest says of users."""
        self.tool("export", self.folder / name, *flags, code=code)
        manifest = json.loads((self.folder / name / "manifest.json").read_text("utf-8"))
        contents: dict[str, Any] = manifest["files"][0]
        return contents

    def stored(self, purpose: str = "users") -> list[dict[str, Any]]:
        """Return every item of a table."""
        table = self.settings.table(purpose)
        return list(self.service.table().sync_scan(table, consistent_read=True))

    def users(self) -> dict[str, dict[str, Any]]:
        """Return what the API tells of each stored user."""
        names = ("userId", "name", "email")
        return {
            item["userId"]: {name: item[name] for name in names if name in item}
            for item in self.stored()
        }
