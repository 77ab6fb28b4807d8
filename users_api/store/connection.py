"""The connection to DynamoDB: made before the first request, and anew where it may be broken."""

from contextlib import suppress
from functools import partial
from threading import Thread

from pydynox.exceptions import PydynoxException

from users_api.config import Settings
from users_api.store.client import READ_TIMEOUT, connect
from users_api.store.session import Session

NO_KEY = {"key": "."}  # of no idempotency key: those are hashes


class Connection:
    """A client of DynamoDB, as the settings say."""

    def __init__(self, settings: Settings, read_timeout: float = READ_TIMEOUT) -> None:
        self._connect = partial(connect, settings, read_timeout)
        self._table = settings.table("idempotency")
        self._client = self._connect()

    def session(self) -> Session:
        """Return a session, for the requests of one call."""
        return Session(self._client)

    def opening(self) -> Thread:
        """Return a thread that has begun to connect: the first use of TLS is 50 ms of work."""
        thread = Thread(target=self._open, daemon=True)
        thread.start()
        return thread

    def renew(self) -> None:
        """Connect anew, after what was connected before is gone."""
        self._client = self._connect()
        self._open()

    def _open(self) -> None:
        """Make one request. That it fails is for those that follow to tell."""
        with suppress(PydynoxException):
            self._client.sync_get_item(self._table, NO_KEY)
