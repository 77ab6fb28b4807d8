"""The rows of a CSV file (RFC 4180). A line that is none costs no other line."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from msgspec import json

from tools.errors import ToolError


class Lines:
    """The lines of a text, which can be given back until they are taken."""

    def __init__(self, text: Iterable[str]) -> None:
        self._text = iter(text)
        self._given_back: deque[str] = deque()
        self._read: list[str] = []
        self.number = 0  # of the last line that was read

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else next(self._text)
        self._read.append(line)
        self.number += 1
        return line

    def take(self) -> str:
        """Return what was read since the last time."""
        taken, self._read = "".join(self._read), []
        return taken

    def take_first(self) -> str:
        """Return the first line of that, and give the others back."""
        first, *others = self._read
        self._given_back.extendleft(reversed(others))
        self._read, self.number = [], self.number - len(others)
        return first


def rows(
    text: Iterable[str], delimiter: str, needed: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Yield each row with the number of its last line: its cells by column, or a line that is none.

    A quote that is never closed makes a line none, and those that follow are read for themselves.
    Raises ToolError if the first line does not name columns, or not all that are `needed`.
    """
    lines = Lines(text)
    names = _names(lines, delimiter)
    if missing := [name for name in needed if name not in names]:
        raise ToolError(f"The first line of the file names no column {missing[0]}.")
    while True:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for row in reader:
                line = lines.take()
                if row:
                    yield lines.number, _cells(names, row) or _readable(line)
        except csv.Error:
            line = lines.take_first()
            yield lines.number, _readable(line)
        else:
            return


def _names(lines: Lines, delimiter: str) -> list[str]:
    try:
        names = next(csv.reader(lines, delimiter=delimiter, strict=True), [])
        json.encode(names)
    except (csv.Error, ValueError) as error:
        raise ToolError("The first line of the file is not UTF-8, or names no columns.") from error
    if not any(map(str.strip, names)):
        raise ToolError("The first line of the file names no columns.")
    if len(set(names)) < len(names):
        raise ToolError("The first line of the file names a column twice.")
    lines.take()
    return names


def _cells(names: list[str], row: list[str]) -> dict[str, str] | None:
    """Return the cells by column; None if they are too few, too many or not UTF-8."""
    try:
        json.encode(row)
    except ValueError:
        return None
    return dict(zip(names, row, strict=True)) if len(row) == len(names) else None


def _readable(line: str) -> str:
    """Return a line as it can be written: what is not UTF-8 is replaced."""
    return line.encode(errors="surrogateescape").decode(errors="replace").rstrip("\r\n")
