"""A terminal on which commands are run as somebody does who copies them from a page."""

import os
import pty
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.documents.pages import PROJECT
from tests.support.osls import copy_of_the_project, environment

SETTINGS = {
    "AWS_PAGER": "",  # or the AWS CLI shows what it prints by the page
    "MAKEFLAGS": "",  # those of the `make` that runs these tests
    "PYTHONDONTWRITEBYTECODE": "",  # a program that starts many times had better keep it
    "PYTHONPYCACHEPREFIX": str(PROJECT / ".local" / "bytecode"),
    "TERM": "dumb",  # no colours, no bars
}


class Terminal:
    """A terminal in a copy of the project in `folder`, with these variables in the environment."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.project = copy_of_the_project(folder / "project")
        (self.project / ".venv").symlink_to(PROJECT / ".venv")
        self._environment = environment(**SETTINGS, **variables)

    def run(self, command: str, answers: Mapping[str, str] | None = None) -> str:
        """Run a command to its end, and return what the terminal shows.

        Args:
            command: As it is given to bash.
            answers: What is typed when the terminal shows one of these questions.

        Raises:
            AssertionError: It failed.

        """
        ours, its = pty.openpty()
        process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.project,
            env=self._environment,
            stdin=its,
            stdout=its,
            stderr=its,
        )
        os.close(its)
        try:
            shown = _conversation(ours, answers or {})
        finally:
            os.close(ours)
        if process.wait():
            raise AssertionError(f"{command}\n{shown}")
        return shown


def _conversation(terminal: int, answers: Mapping[str, str]) -> str:
    """Read until the other end is closed, answering what is asked."""
    shown = b""
    while part := _read(terminal):
        shown += part
        for question, answer in answers.items():
            if shown.endswith(f"{question}: ".encode()):
                os.write(terminal, f"{answer}\n".encode())
    text = shown.decode().replace("\r\n", "\n")
    return re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", text).strip()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux says that the other end is closed
        return b""
