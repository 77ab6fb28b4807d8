"""The data of an engine: a file, and a lock on it while an engine has it open.

EngineError               (of local/programs.py)
├── DataFolderError       there is no writing where the data should be
└── DataInUseError        another engine has the same data open
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from local.programs import EngineError


class DataFolderError(EngineError):
    """There is no writing where the data should be."""


class DataInUseError(EngineError):
    """Another engine has the same data open."""


@contextmanager
def locked(data: Path) -> Iterator[IO[str]]:
    """Keep the data for one engine; yield the lock, an empty file that is to tell its URL.

    Raises DataFolderError, or DataInUseError.
    """
    with lock_file(lock_of(data)) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataInUseError(
                f"The data in {data.parent} is in use by a `make run` or a command such as "
                "`make import`: end that one first, or wait until it has ended."
            ) from None
        lock.truncate(0)
        yield lock


def forget(data: Path) -> None:
    """Remove data that no engine has open; raise DataFolderError, or DataInUseError."""
    with locked(data):
        for file in data.parent.glob(f"{data.name}*"):  # the lock stays: others may wait for it
            file.unlink()


def lock_of(data: Path) -> Path:
    """Return the file that is locked while an engine has this data open: it tells the URL."""
    return data.with_suffix(".lock")


def lock_file(path: Path) -> IO[str]:
    """Open a file to be locked; raise DataFolderError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a", encoding="utf-8")
    except OSError as error:
        raise DataFolderError(
            f"The data cannot be kept in {path.parent} ({error.strerror}): make it a folder in "
            "which you may write."
        ) from error
