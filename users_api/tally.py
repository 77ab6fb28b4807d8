"""What the requests to the store were that one call made: counted there, and told in the log."""

from contextvars import ContextVar
from time import perf_counter

from msgspec import Struct, field


class Tally(Struct):
    """How many requests, each attempt counted, how long they took, and what was in their way."""

    began: float = field(default_factory=perf_counter)  # when the call did
    requests: int = 0
    seconds: float = 0.0
    retries: int = 0
    conflicts: int = 0
    throttles: int = 0


_current: ContextVar[Tally] = ContextVar("tally")


def begin() -> None:
    """Count anew from here on, in this thread or task."""
    _current.set(Tally())


def current() -> Tally:
    """Return the tally that was begun, or one that nobody reads."""
    return _current.get(None) or Tally()
