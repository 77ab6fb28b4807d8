"""The keys of an issuer: when they are fetched, how long they are kept."""

import logging
import time
from collections.abc import Callable, Iterable
from threading import Lock

from jwt import PyJWK

from authorizer.discovery import DocumentError
from authorizer.jwks import Name, usable_keys

# in seconds
FRESH = 10 * 60
STALE = FRESH + 24 * 60 * 60  # if no others are to be had
PAUSE = 30  # between two attempts to fetch them

logger = logging.getLogger(__name__)


class KeysError(Exception):
    """Whether the issuer has a key cannot be told: its keys are not to be had."""


class Keys:
    """The keys that `fetch` gets, which raises DocumentError if it cannot.

    They are fetched when there are none, when they are no longer fresh, and for a key that is not
    among them; never twice within PAUSE, whatever came of it. Can be used by several threads.
    """

    def __init__(
        self,
        fetch: Callable[[], Iterable[object]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = Lock()
        self._keys: dict[Name, PyJWK] = {}
        self._fetched = self._tried = float("-inf")

    def find(self, name: Name) -> PyJWK | None:
        """Return the key of this id for this algorithm; None if the issuer has none.

        Raises KeysError if that cannot be told.
        """
        with self._lock:
            now = self._clock()
            wanted = name not in self._keys or now - self._fetched >= FRESH
            if wanted and now - self._tried >= PAUSE:
                self._renew(now)
            if now - self._fetched < STALE and name in self._keys:
                return self._keys[name]
            if self._fetched < self._tried:  # the last attempt failed
                raise KeysError("The keys of the issuer cannot be had")
            return None

    def _renew(self, now: float) -> None:
        self._tried = now
        try:
            self._keys = self._usable()
        except DocumentError as error:
            where = {"document": error.document, "reason": error.reason}
            logger.error("The keys of the issuer cannot be had", extra=where)  # noqa: TRY400 - no traceback: it is not ours
        else:
            self._fetched = now

    def _usable(self) -> dict[Name, PyJWK]:
        keys = usable_keys(self._fetch())
        if not keys:
            raise DocumentError("jwks", "no usable key")
        return keys
