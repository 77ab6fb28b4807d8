"""Files with personal data in them: only their owner reads them, and none is ever half written."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar

import msgspec

from tools.errors import ToolError

T = TypeVar("T")

OWNER_ONLY = 0o600
FOLDER = 0o700


@contextmanager
def opened(path: Path, size: int) -> Iterator[IO[bytes]]:
    """Open a file to write on after its first `size` bytes; what follows them is dropped.

    An OSError that names no file, as that of a full disk does, is given the name of this one.
    """
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY), "r+b") as file:
            file.truncate(size)
            file.seek(size)
            yield file
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def saved(file: IO[bytes]) -> int:
    """Have what was written to a file survive whatever happens; return its size."""
    file.flush()
    os.fsync(file.fileno())
    return file.tell()


def save(path: Path, content: msgspec.Struct, indent: int = 0) -> None:
    """Write a JSON file in one step."""
    text = msgspec.json.encode(content)
    fresh = path.with_name(f"{path.name}.new")
    with opened(fresh, 0) as file:
        file.write(msgspec.json.format(text, indent=indent) + b"\n" if indent else text)
        saved(file)
    fresh.replace(path)


def load(path: Path, kind: type[T]) -> T | None:
    """Return what a JSON file holds; None without the file. Raises ToolError if it is damaged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise ToolError(f"{path} is damaged: {error}.") from error
