"""The application behind API Gateway (REST and HTTP APIs), function URLs and ALB.

An event tells of a request (version1.py, version2.py), which becomes one of WSGI (requests.py); the
answer becomes what the sender of the event reads (results.py).
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask
from msgspec import ValidationError

from users_api.errors import InvalidRequestError
from users_api.events import version1, version2
from users_api.events.requests import Request
from users_api.events.results import Headers, Result, result
from users_api.http import failures

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

WARM_UP_SOURCES = ("aws.events", "serverless-plugin-warmup")
NOT_HTTP: Result = {
    "statusCode": 400,
    "headers": {"Content-Type": "application/json"},
    "body": '{"error":"This is not an HTTP request"}',
    "isBase64Encoded": False,
}

Writer = Callable[[bytes], object]

logger = logging.getLogger(__name__)


class Handler:
    """A Lambda handler that serves `app`."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, event: object, context: object) -> Result:
        """Answer one invocation, whatever comes.

        `event` is a proxy event of payload version 1.0 or 2.0 or one of an ALB, and the answer has
        the form that its sender reads. Anything else gets a fixed answer and, unless it is there
        to keep the function warm, a line in the log.
        """
        if not isinstance(event, dict) or not _is_http(event):
            if not isinstance(event, dict) or event.get("source") not in WARM_UP_SOURCES:
                logger.error("An event was ignored: it is not an HTTP request")
            return NOT_HTTP
        environ = _environ(event)
        environ[failures.REQUEST_ID] = getattr(context, "aws_request_id", None)
        return result(event, *self._served(environ))

    def _served(self, environ: "WSGIEnvironment") -> tuple[int, Headers, bytes]:
        """Return the answer, whatever comes of the request."""
        try:
            return _answered(self._app, environ)
        except BaseException as error:  # noqa: BLE001 - SystemExit would end the environment
            failure = failures.internal_error(error)
            return _answered(failures.refuse(self._app, environ, failure), environ)


def _is_http(event: dict[str, Any]) -> bool:
    if event.get("version") == "2.0":
        context = event.get("requestContext")
        return isinstance(context, dict) and "http" in context
    return "httpMethod" in event


def _environ(event: dict[str, Any]) -> "WSGIEnvironment":
    """Return the request as WSGI has it; what cannot be read is for the application to refuse."""
    read: Callable[[object], Request]
    read = version2.read if event.get("version") == "2.0" else version1.read
    try:
        return read(event).environ()
    except InvalidRequestError as refusal:
        reason = refusal
    except (ValidationError, UnicodeError):
        reason = InvalidRequestError("This is not a valid HTTP request")
    logger.error("An event was refused: %s", reason)
    return Request("GET", "", "/").environ() | {failures.REFUSAL: reason}


def _answered(
    application: "WSGIApplication", environ: "WSGIEnvironment"
) -> tuple[int, Headers, bytes]:
    """Return the status, the headers and the body that a WSGI application answers."""
    started: list[Any] = []
    written: list[bytes] = []

    def start(status: str, headers: Headers, _: object = None) -> Writer:
        started[:] = int(status[:3]), headers
        return written.append

    chunks = application(environ, start)
    try:
        written.extend(chunks)
    finally:
        getattr(chunks, "close", lambda: None)()
    status, headers = started
    return status, headers, b"".join(written)
