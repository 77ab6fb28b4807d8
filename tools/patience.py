"""Waiting: for a DynamoDB that cannot answer now, and so that others get their share of it."""

import time
from collections.abc import Callable
from threading import Event, Lock
from typing import TypeVar

from tools.errors import StoppedError, ToolError
from users_api.errors import InternalError, StoreUnavailableError

R = TypeVar("R")

PAUSES = (0.5, 1, 2, 4, 8, 15, 30)  # seconds


class Pace:
    """How fast DynamoDB is asked, by all threads together, and whether to go on at all."""

    def __init__(self, rate: float | None = None) -> None:
        """Take the capacity units that may be used in a second; as many as there are if None."""
        self.rate = rate
        self.stopped = Event()
        self._lock = Lock()
        self._free = 0.0  # when the units spent so far are earned

    def spend(self, units: float) -> None:
        """Wait until so many units may be spent."""
        self.check()
        if self.rate:
            with self._lock:
                start = max(self._free, time.monotonic())
                self._free = start + units / self.rate
            self.pause(start - time.monotonic())

    def patiently(self, call: Callable[[], R]) -> R:
        """Return what a call returns, made again while DynamoDB cannot answer.

        Raises ToolError if it cannot for a minute, or refuses.
        """
        for pause in PAUSES:
            self.check()
            try:
                return call()
            except StoreUnavailableError:
                self.pause(pause)
            except InternalError as error:
                what = error.reason.partition(",")[0]  # without the number of the attempt
                raise ToolError(f"DynamoDB refuses: {what}.") from error
        raise ToolError("DynamoDB does not answer: give the same command again later.")

    def pause(self, seconds: float) -> None:
        """Wait so long, or until it is time to stop."""
        if seconds > 0:
            self.stopped.wait(seconds)
        self.check()

    def check(self) -> None:
        """Raise StoppedError once it is time to stop."""
        if self.stopped.is_set():
            raise StoppedError("Interrupted.")
