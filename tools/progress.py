"""How far a command has come: bars on a terminal, a plain line now and then elsewhere.

All of it goes to standard error, so that standard output can be a file. Nothing of it is personal.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

SECONDS_BETWEEN_LINES = 5


class Speed(ProgressColumn):
    """How much is done in a second."""

    def render(self, task: Task) -> Text:
        """Return the speed, as soon as it is known."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "", justify="right")


class Steps:
    """Tells of what has been done of `total`, which may be only about right."""

    def __init__(self, title: str, total: int, done: int = 0) -> None:
        self._title = title
        self._total = total
        self._done = done
        self._lock = Lock()
        self._begun, self._began_at = time.monotonic(), done
        self._told = self._begun

    def advance(self, number: int) -> None:
        """Note that some more is done."""
        with self._lock:
            self._done += number
            if time.monotonic() >= self._told + SECONDS_BETWEEN_LINES:
                self._told = time.monotonic()
                self._tell()

    def _tell(self) -> None:
        rate = (self._done - self._began_at) / (time.monotonic() - self._begun)
        left = max(0, self._total - self._done) / rate if rate else 0
        of = f"{self._done:,} of about {self._total:,}"
        say(f"{self._title}: {of}, {rate:,.0f}/s, {left:,.0f} s left")


class Bar(Steps):
    """The same as a bar on a terminal."""

    def __init__(self, progress: Progress, title: str, total: int, done: int) -> None:
        super().__init__(title, total, done)
        self._progress = progress
        self._task = progress.add_task(title, total=total or None, completed=done)

    def advance(self, number: int) -> None:
        """Note that some more is done."""
        self._progress.advance(self._task, number)


@contextmanager
def steps(title: str, total: int, done: int = 0) -> Iterator[Steps]:
    """Yield what is told how far something has come."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Steps(title, total, done)
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Speed()
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        yield Bar(progress, title, total, done)


def say(sentence: str) -> None:
    """Tell whoever gave the command."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - a command line speaks
