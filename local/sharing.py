"""The engine that has some data open, for whoever needs it too."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from local.engine import DataInUseError, lock_of, running_engine

_SECONDS_TO_START = 10


@contextmanager
def shared_engine(data: Path, ports: Sequence[int]) -> Iterator[str]:
    """Yield the URL of the engine that has this data open; without one, run one meanwhile.

    Raises what `running_engine` does.
    """
    with ExitStack() as stack:
        try:
            url = stack.enter_context(running_engine(data, ports))
        except DataInUseError:
            url = _told(data)
            if not url:
                raise
        yield url


def _told(data: Path) -> str:
    """Return where the engine answers, as soon as it says so."""
    deadline = time.monotonic() + _SECONDS_TO_START
    while not (url := lock_of(data).read_text("utf-8").strip()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return url
