"""Ways to call the application: as a WSGI server does, and as the gateways of AWS do.

Each takes the claims of a token that its gateway has verified, if there was one.
"""

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qs, unquote, unquote_to_bytes

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from users_api.events import Gateway
from users_api.http.access import CLAIMS

EVENTS = Path(__file__).parent / "events"

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

    def __init__(self, app: Flask) -> None:
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
        environ |= {} if claims is None else {CLAIMS: claims}
        chunks, status, answered = run_wsgi_app(self._app, environ)
        return Answer(int(status[:3]), answered, b"".join(chunks))


class RestApi:
    """The application on Lambda behind a REST API of API Gateway."""

    def __init__(self, app: Flask) -> None:
        self._handler = Gateway(app)

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
        event = recorded("rest-v1")
        values = parse_qs(query, keep_blank_values=True)
        event["requestContext"] |= {} if claims is None else {"authorizer": as_texts(claims)}
        event["requestContext"]["path"] = event["requestContext"]["path"].replace(
            event["path"], path
        )
        event |= {
            "httpMethod": method,
            "path": path,
            "headers": event["headers"] | headers,
            "multiValueHeaders": event["multiValueHeaders"] | {k: [v] for k, v in headers.items()},
            "queryStringParameters": {name: each[-1] for name, each in values.items()} or None,
            "multiValueQueryStringParameters": values or None,
            "body": base64.b64encode(body).decode() if body else None,
            "isBase64Encoded": bool(body),
        }
        return answered(self._handler(event, LambdaContext()))


class HttpApi:
    """The application on Lambda behind an HTTP API of API Gateway."""

    def __init__(self, app: Flask) -> None:
        self._handler = Gateway(app)

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
        decoded = unquote(path)
        event = recorded("http-v2")
        event["requestContext"]["http"] |= {"method": method, "path": decoded}
        if claims is not None:
            jwt = {"claims": as_texts(claims), "scopes": None}
            event["requestContext"]["authorizer"] = {"jwt": jwt}
        event |= {
            "rawPath": decoded,
            "rawQueryString": query,
            "headers": event["headers"] | {name.lower(): headers[name] for name in headers},
            "isBase64Encoded": bool(body),
        }
        if body:
            event["body"] = base64.b64encode(body).decode()
        return answered(self._handler(event, LambdaContext()))


class LambdaContext:
    """What Lambda tells a function about one invocation, as far as it is used."""

    aws_request_id = "b1d6a6a7-3c3e-4b8a-9a55-0a1c6f1d2e3f"


def recorded(name: str) -> dict[str, Any]:
    """Return a recorded event, a fresh copy."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
    return event


def as_texts(claims: Mapping[str, object]) -> dict[str, str]:
    """Return claims as gateways hand them over: numbers as text, a list as [a b]."""
    return {
        name: f"[{' '.join(map(str, value))}]" if isinstance(value, list) else str(value)
        for name, value in claims.items()
    }


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
    kinds: dict[str, type[Wsgi | RestApi]] = {"wsgi": Wsgi, "rest-api": RestApi}
    return kinds[os.environ.get("TRANSPORT", "wsgi")](app)
