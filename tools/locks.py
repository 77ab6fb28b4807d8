"""What a command has for itself, so that no two write the same files."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.errors import ToolError


@contextmanager
def alone(path: Path, otherwise: str) -> Iterator[None]:
    """Have a file or a folder for this command alone, for as long as its process lives at most.

    It is locked itself, so that no other file is left behind. Raises ToolError, which says
    `otherwise`, if another command has it.
    """
    held = os.open(path, os.O_RDONLY)
    try:
        _lock(held, otherwise)
        yield
    finally:
        os.close(held)


def _lock(held: int, otherwise: str) -> None:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ToolError(otherwise) from error
    except OSError:  # NFS does not lock what is only read, and some file systems lock nothing
        return
