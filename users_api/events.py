"""The application behind API Gateway (REST and HTTP APIs), function URLs and ALB.

The adapter of serverless-wsgi turns an event into a WSGI request; what it would stumble over is
put right here, before and behind it. Its own handler, which runs commands found in an event, is
not used.
"""

import base64
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import serverless_wsgi
from flask import Flask

from users_api.errors import InvalidRequestError
from users_api.http import failures

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Event = dict[str, Any]

WARM_UP_SOURCES = ("aws.events", "serverless-plugin-warmup")
NOT_HTTP = {
    "statusCode": 400,
    "headers": {"Content-Type": "application/json"},
    "body": '{"error":"This is not an HTTP request"}',
}

logger = logging.getLogger(__name__)

serverless_wsgi.TEXT_MIME_TYPES.append("application/problem+json")


class Gateway:
    """A Lambda handler that serves `app`."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, event: object, context: object) -> Event:
        """Answer one invocation.

        `event` is a proxy event of payload version 1.0 or 2.0 or one of an ALB, and the answer has
        the shape that its sender reads. Anything else gets a fixed answer and, unless it is there
        to keep the function warm, a line in the log.
        """
        if isinstance(event, dict) and _is_http(event):
            answer: Event = serverless_wsgi.handle_request(self._serve, _complete(event), context)
            return answer
        if not isinstance(event, dict) or event.get("source") not in WARM_UP_SOURCES:
            logger.error("An event was ignored: it is not an HTTP request")
        return NOT_HTTP

    def _serve(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Serve the WSGI request that the adapter made, whatever comes of it."""
        event, context = environ["serverless.event"], environ["serverless.context"]
        environ[failures.REQUEST_ID] = getattr(context, "aws_request_id", None)
        _mount(environ, event)
        if event["body"] is None:
            refusal = InvalidRequestError("The body is not valid base64")
            return failures.refuse(self._app, environ, refusal)(environ, start_response)
        try:
            return self._app(environ, start_response)
        except BaseException as error:  # noqa: BLE001 - SystemExit would end the environment
            return failures.refuse(self._app, environ, failures.internal_error(error))(
                environ, start_response
            )


def _is_http(event: Event) -> bool:
    if event.get("version") == "2.0":
        return "http" in (event.get("requestContext") or {})
    return isinstance(event.get("httpMethod"), str)


def _complete(event: Event) -> Event:
    """Return the event with all that the adapter takes for granted, and its body as bytes."""
    context = event.get("requestContext") or {}
    return {
        **event,
        "body": _body(event),
        "cookies": event.get("cookies") or [],
        "headers": _texts(event.get("headers")),
        "isBase64Encoded": False,
        "path": event.get("path") or "/",
        "rawPath": event.get("rawPath") or "/",
        "rawQueryString": event.get("rawQueryString") or "",
        "requestContext": {
            **context,
            "authorizer": context.get("authorizer") or {},
            "identity": context.get("identity") or {},
        },
    }


def _texts(headers: dict[str, Any] | None) -> dict[str, str]:
    return {name: value for name, value in (headers or {}).items() if isinstance(value, str)}


def _body(event: Event) -> bytes | None:
    """Return the body that was sent, or None if it cannot be told."""
    body = event.get("body") or ""
    try:
        if event.get("isBase64Encoded"):
            return base64.b64decode(body, validate=True)
        return str(body).encode()
    except ValueError:
        return None


def _mount(environ: "WSGIEnvironment", event: Event) -> None:
    """Split the path into what leads to the application (stage, base path) and what it serves.

    The adapter goes by the `Host` header, which whoever sends the request can choose.
    """
    context, path = event["requestContext"], environ["PATH_INFO"]
    stage = f"/{context.get('stage')}"
    if event.get("version") == "2.0":
        mounted = f"{path}/".startswith(f"{stage}/")
        environ["SCRIPT_NAME"] = stage if mounted else ""
        environ["PATH_INFO"] = path.removeprefix(environ["SCRIPT_NAME"])
    else:
        whole = unquote(context.get("path") or "")
        environ["SCRIPT_NAME"] = whole.removesuffix(path) if whole.endswith(path) else ""
