"""The engine that has some data open, for whoever needs it too."""

import fcntl
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from local.data import DataInUseError, lock_file, lock_of
from local.engine import running_engine

WAITING = "Another command uses the DynamoDB of this one: this one ends after it.\n"

_SECONDS_TO_START = 10


@contextmanager
def shared_engine(data: Path, ports: Sequence[int]) -> Iterator[str]:
    """Yield the URL of the engine that has this data open; without one, run one meanwhile.

    Everybody who shares an engine holds a lock with the others. Whoever runs it takes that lock
    alone before it ends: when nobody is left, and nobody can come who would find it ending.

    Raises what `running_engine` does; moto, which keeps no data, is shared but not run.
    """
    with ExitStack() as stack:
        users = stack.enter_context(lock_file(data.with_suffix(".users")))
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            url = stack.enter_context(running_engine(data, ports, moto=False))
            stack.callback(_wait_for_others, users)
        except DataInUseError:
            url = _told(data)
            if not url:
                raise
        yield url


def _wait_for_others(users: IO[str]) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.stderr.write(WAITING)
        fcntl.flock(users, fcntl.LOCK_EX)


def _told(data: Path) -> str:
    """Return where the engine answers, as soon as it says so."""
    deadline = time.monotonic() + _SECONDS_TO_START
    while not (url := lock_of(data).read_text("utf-8").strip()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return url
