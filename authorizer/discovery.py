"""The documents in which an OpenID provider says what its keys are, fetched within a time limit.

OpenID Connect Discovery 1.0: the URL of the issuer leads to its configuration, and that to its
JSON Web Key Set. A thread fetches them, for nothing else ends in time whatever hangs: the name
server, the connection, or an answer that comes byte by byte.
"""

from contextlib import closing, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR, socket
from threading import Thread
from typing import Any
from urllib.parse import SplitResult, urlsplit

from authorizer.config import is_secure
from authorizer.strict_json import read_object

SECONDS = 2.0  # for both documents
BYTES = 256 * 1024  # of one document, at most


class DocumentError(Exception):
    """A document of the issuer cannot be had: which one, and why, in words of our own."""

    def __init__(self, document: str, reason: str) -> None:
        super().__init__(f"{document}: {reason}")
        self.document = document
        self.reason = reason


def fetch_jwks(issuer: str, seconds: float = SECONDS) -> list[object]:
    """Return the keys that the issuer at this URL publishes, each as it is written there.

    Raises DocumentError if they are not to be had within `seconds`.
    """
    lookup = Lookup(issuer, seconds)
    lookup.start()
    lookup.join(seconds)
    failure = lookup.failure
    lookup.end()
    if failure:
        raise failure
    return lookup.keys


class Lookup(Thread):
    """Fetches the keys; `failure` is None when it has them."""

    def __init__(self, issuer: str, seconds: float) -> None:
        super().__init__(daemon=True)
        self.keys: list[object] = []
        self.failure: DocumentError | None = DocumentError("discovery", "TimeoutError")
        self._issuer = issuer
        self._seconds = seconds
        self._socket: socket | None = None
        self._ended = False

    def run(self) -> None:
        """Fetch both documents."""
        try:
            self.keys = self._jwks()
        except DocumentError as error:
            self.failure = error
        else:
            self.failure = None

    def _jwks(self) -> list[object]:
        configuration = self._get(
            "discovery", f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        )
        if configuration.get("issuer") != self._issuer:
            raise DocumentError("discovery", "another issuer")
        self.failure = DocumentError("jwks", "TimeoutError")
        keys = self._get("jwks", configuration.get("jwks_uri")).get("keys")
        if not isinstance(keys, list):
            raise DocumentError("jwks", "no list of keys")
        return keys

    def end(self) -> None:
        """Have what is still read come to its end."""
        self._ended = True
        if self._socket:
            with suppress(OSError):  # it is closed
                self._socket.shutdown(SHUT_RDWR)

    def _get(self, document: str, url: object) -> dict[str, Any]:
        if not isinstance(url, str) or not is_secure(url):
            raise DocumentError(document, "no https URL")
        try:
            return read_object(self._content(document, urlsplit(url)))
        except (OSError, HTTPException, ValueError) as error:
            raise DocumentError(document, type(error).__name__) from None

    def _content(self, document: str, url: SplitResult) -> bytes:
        kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
        connection = kind(url.netloc, timeout=self._seconds)
        with closing(connection):
            connection.connect()
            self._socket = connection.sock
            if self._ended:
                raise TimeoutError
            target = url._replace(scheme="", netloc="").geturl() or "/"
            connection.request("GET", target, headers={"Accept": "application/json"})
            response = connection.getresponse()
            if response.status != HTTPStatus.OK:
                raise DocumentError(document, f"status {response.status}")
            content = response.read(BYTES + 1)
        if len(content) > BYTES:
            raise DocumentError(document, "too large")
        return content
