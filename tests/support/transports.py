"""Ways to call the application: as a WSGI server does, and as the gateways of AWS do.

Each takes the claims of a token that its gateway has verified, if there was one.
"""

import base64
import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import unquote_to_bytes

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.support.senders import assert_legal, sent, verified
from users_api.events import Handler
from users_api.http.access import CLAIMS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Claims = Mapping[str, object] | None


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Headers
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


class Transport(Protocol):
    """A way to call the application."""

    def __call__(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        claims: Claims = None,
    ) -> Answer:
        """Send one request; `target` is the path and query as they stand in a request line."""


class Wsgi:
    """The application under a WSGI server."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        claims: Claims = None,
    ) -> Answer:
        """Send one request."""
        path, _, query = target.partition("?")
        environ = EnvironBuilder(method=method, headers=Headers(headers), data=body).get_environ()
        environ |= {"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query}
        environ |= {"REQUEST_METHOD": method}  # in the case in which it is sent
        environ |= {} if claims is None else {CLAIMS: claims}
        chunks, status, answered = run_wsgi_app(self._app, environ)
        return Answer(int(status[:3]), answered, b"".join(chunks))


class Lambda:
    """The application on Lambda, behind a sender of events."""

    def __init__(self, app: Flask, kind: str) -> None:
        self._handler = Handler(app)
        self._kind = kind

    def __call__(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        claims: Claims = None,
    ) -> Answer:
        """Send one request."""
        event = sent(self._kind, method, target, headers, body)
        if claims is not None:
            event = verified(event, claims)
        result = self._handler(event, LambdaContext())
        assert_legal(result)
        return answered(result)


class RestApi(Lambda):
    """The application on Lambda behind a REST API of API Gateway."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app, "rest-v1")


class HttpApi(Lambda):
    """The application on Lambda behind an HTTP API of API Gateway."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app, "http-v2")


class LambdaContext:
    """What Lambda tells a function about one invocation, as far as it is used."""

    aws_request_id = "b1d6a6a7-3c3e-4b8a-9a55-0a1c6f1d2e3f"


def answered(result: dict[str, Any]) -> Answer:
    """Return what a client gets to see of a Lambda function's answer to its gateway."""
    headers = Headers(result.get("multiValueHeaders") or result["headers"])
    body = result.get("body", "")
    return Answer(
        result["statusCode"],
        headers,
        base64.b64decode(body) if result.get("isBase64Encoded") else body.encode(),
    )


def transport(app: Flask) -> Transport:
    """Return the way that the environment variable TRANSPORT asks for."""
    kinds: dict[str, type[Wsgi | RestApi | HttpApi]] = {
        "wsgi": Wsgi,
        "rest-api": RestApi,
        "http-api": HttpApi,
    }
    return kinds[os.environ.get("TRANSPORT", "wsgi")](app)
