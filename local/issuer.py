"""A token issuer for this machine: what an OpenID provider is for a stage on AWS.

Its key is made once and kept in `.local/`, with the port at which it says what the key is; so a
token can be made while nothing runs.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import randbelow
from tempfile import NamedTemporaryFile
from threading import Thread
from typing import Any, NamedTuple
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt import PyJWK
from jwt.algorithms import ECAlgorithm

from local.access import AccessError
from local.engine import answers

FILE = Path(__file__).parent.parent / ".local" / "issuer.json"
AUDIENCE = "users-api"

_HOST = "127.0.0.1"
_ALGORITHM = "ES256"
_PUBLIC = ("kty", "crv", "x", "y")


class Issuer(NamedTuple):
    """The private key, as a JSON Web Key, and the port."""

    key: Mapping[str, str]
    port: int

    @property
    def url(self) -> str:
        """What tokens have as their issuer."""
        return f"http://{_HOST}:{self.port}"

    def token(self, subject: str, scope: str, seconds: float) -> str:
        """Return an access token (RFC 9068) for a subject, good for so many seconds."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": subject,
            "client_id": "make-token",
            "scope": scope,
            "iat": now,
            "exp": now + int(seconds),
            "jti": str(uuid4()),
        }
        headers = {"typ": "at+jwt", "kid": self.key["kid"]}
        return jwt.encode(claims, PyJWK(dict(self.key)), _ALGORITHM, headers)

    def documents(self) -> dict[str, Any]:
        """Return what anybody may know, by path (OpenID Connect Discovery 1.0)."""
        public = {name: self.key[name] for name in (*_PUBLIC, "kid")}
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/jwks",
            },
            "/jwks": {"keys": [public | {"use": "sig", "alg": _ALGORITHM}]},
        }


def kept(file: Path = FILE) -> Issuer:
    """Return the issuer that is kept in a file; it is made when there is none.

    Raises AccessError if it cannot be read, or cannot be kept.
    """
    try:
        if not file.exists():
            _make(file)
        return Issuer(**json.loads(file.read_text("utf-8")))
    except OSError as error:
        raise AccessError(
            f"The token issuer cannot be kept in {file}: {error.strerror}."
        ) from error
    except (TypeError, ValueError):
        raise AccessError(f"{file} is damaged: remove it, and another will be made.") from None


@contextmanager
def running(file: Path = FILE) -> Iterator[str]:
    """Serve what the kept issuer says of itself; yield its URL.

    Raises AccessError if another program has its port.
    """
    issuer = kept(file)
    documents = {path: json.dumps(each).encode() for path, each in issuer.documents().items()}
    try:
        server = _Server(issuer.port, documents)
    except OSError as error:
        raise AccessError(
            f"The token issuer cannot listen at port {issuer.port} ({error.strerror}): "
            f"remove {file} to have it take another."
        ) from error
    with server:
        thread = Thread(target=server.serve_forever, args=(0.1,), daemon=True)
        thread.start()
        try:
            yield issuer.url
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, documents: Mapping[str, bytes]) -> None:
        super().__init__((_HOST, port), _Answer)
        self.documents = documents


class _Answer(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Answer with a document."""
        content = self.server.documents.get(self.path)
        self.send_response(HTTPStatus.NOT_FOUND if content is None else HTTPStatus.OK)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(content or b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Log nothing."""


def _make(file: Path) -> None:
    """Make an issuer, of which no other process sees half; the first of several is kept."""
    private = ec.generate_private_key(ec.SECP256R1())
    key = ECAlgorithm.to_jwk(private, as_dict=True) | {"kid": uuid4().hex}
    file.parent.mkdir(exist_ok=True)
    with NamedTemporaryFile("w", dir=file.parent) as whole:  # which nobody else can read
        json.dump(Issuer(key, _free_port())._asdict(), whole)
        whole.flush()
        with suppress(FileExistsError):
            os.link(whole.name, file)


def _free_port() -> int:
    """Return a port at which nobody listens now, and that no outgoing connection takes later."""
    return next(port for port in iter(_any_port, None) if not answers(_HOST, port))


def _any_port() -> int:
    return 20_000 + randbelow(10_000)
