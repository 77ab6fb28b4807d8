"""Import: the records of a file, each by the rules of the API.

Lines are taken window by window. After each, a file beside that of the rejected lines tells how far
the import has come. One that was ended goes on there, and does at most one window again, which
changes nothing: the ids that its lines get are in the file before any is used.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import IO, Any

import msgspec
from msgspec import Struct

from tools import files
from tools.creations import Creations, batches, rounds
from tools.errors import ToolError
from tools.patience import Pace
from tools.progress import say, steps
from tools.sources import Entry, Line, Rejected, Source
from tools.writing import Result, Writer
from users_api.resource import Resource

WINDOW = 1000  # lines
THREADS = 4


class Progress(Struct):
    """How far an import has come; `identity` is that of the file, the flags and the table."""

    identity: str
    line: int = 0
    rejected: int = 0  # bytes of the file of rejected lines
    outcomes: dict[str, int] = {}
    ids: dict[int, str] = {}  # those made for lines of the window under way


class Import:
    """The import of one file; the lines that are not imported go to the file `rejected`."""

    def __init__(
        self, source: Source, resource: Resource[Any], rejected: Path, identity: str
    ) -> None:
        self._source = source
        self._resource = resource
        self._rejected = rejected
        self._progress_file = rejected.with_name(f"{rejected.name}.progress")
        self._progress = files.load(self._progress_file, Progress) or Progress(identity)
        if self._progress.identity != identity:
            self._progress = Progress(identity)

    def run(self, creations: Creations, writer: Writer, pace: Pace) -> Counter[str]:
        """Import what is left; return how many lines came to which end.

        Raises ToolError at a conflict that is to end it.
        """
        if self._progress.line or self._progress.ids:
            say("Resuming the interrupted import.")
        with (
            files.opened(self._rejected, self._progress.rejected) as rejected,
            steps(self._resource.name, self._count(), self._progress.line) as told,
            ThreadPoolExecutor(THREADS) as threads,
        ):
            try:
                for window in self._windows():
                    results: list[Rejected | Result] = []
                    for part in self._results(window, creations, writer, threads):
                        results += part
                        told.advance(len(part))
                    self._save(window, results, rejected)
            except BaseException:
                pace.stopped.set()
                raise
        return self._ended()

    def _count(self) -> int:
        """Return about how many lines the file has."""
        with self._source.path.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(2**20), b""))

    def _windows(self) -> Iterator[list[Line]]:
        done = self._progress.line
        left = (line for line in self._source.lines() if line.number > done)
        while window := list(islice(left, WINDOW)):
            yield window

    def _results(
        self, window: list[Line], creations: Creations, writer: Writer, threads: ThreadPoolExecutor
    ) -> Iterator[Sequence[Rejected | Result]]:
        """Yield the results of a window, each batch as soon as it is written."""
        read = self._entries(window)
        entries = [creations.of(each) for each in read if isinstance(each, Entry)]
        yield [each for each in read if isinstance(each, Rejected)]
        for now in rounds(entries):
            yield from threads.map(writer.write, batches(now))

    def _entries(self, window: list[Line]) -> list[Entry[Any] | Rejected]:
        """Return what the lines of a window stand for; ids that are made are saved first."""
        progress, source = self._progress, self._source
        read = [
            source.entry(self._resource, each, progress.ids.get(each.number, "")) for each in window
        ]
        made = {
            each.line.number: each.made_id
            for each in read
            if isinstance(each, Entry) and each.made_id
        }
        if made != progress.ids:
            progress.ids = made
            files.save(self._progress_file, progress)
        return read

    def _save(
        self, window: list[Line], results: list[Rejected | Result], rejected: IO[bytes]
    ) -> None:
        progress = self._progress
        bad = [each for each in map(_judged, results) if isinstance(each, Rejected)]
        for line in sorted(bad, key=lambda each: each.line):
            rejected.write(msgspec.json.encode(line) + b"\n")
        ends = Counter(each.outcome for each in results if isinstance(each, Result))
        ends["rejected"] = len(bad)
        progress.outcomes = dict(ends + Counter(progress.outcomes))
        progress.line, progress.rejected = window[-1].number, files.saved(rejected)
        progress.ids = {}
        files.save(self._progress_file, progress)

    def _ended(self) -> Counter[str]:
        self._progress_file.unlink(missing_ok=True)
        if not self._progress.rejected:
            self._rejected.unlink(missing_ok=True)
        return Counter(self._progress.outcomes)


def _judged(result: Rejected | Result) -> Rejected | Result:
    """Return a result as a rejected line if it is one; raise ToolError if it ends the import."""
    if isinstance(result, Rejected) or not result.errors:
        return result
    line = result.entry.line
    if result.outcome == "conflict":
        [error, *_] = result.errors
        raise ToolError(f'Line {line.number}: the "{error.field}" {error.message}.')
    if result.outcome == "rejected":
        return Rejected(line.number, tuple(result.errors), line.content)
    return result
