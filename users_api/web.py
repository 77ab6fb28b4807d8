"""What all calls have in common: strict JSON in, compact JSON out, one shape for every failure."""

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from users_api import errors
from users_api.errors import (
    ApiError,
    InternalError,
    InvalidRequestError,
    UnsupportedMediaTypeError,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LARGEST_BODY = 64 * 1024  # bytes
REQUEST_ID = "users_api.request_id"  # the WSGI variable in which a gateway hands over its own

FRAMEWORK_SENTENCES = {
    404: "There is nothing at this address",
    405: "This method is not allowed here",
    413: f"The body is larger than {LARGEST_BODY} bytes",
}

logger = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Make `app` answer as this module says."""
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.url_map.merge_slashes = False
    app.before_request(_refuse_empty_segment)
    app.after_request(_with_common_headers)
    app.register_error_handler(ApiError, _refused)
    app.register_error_handler(HTTPException, _refused_by_framework)
    app.register_error_handler(Exception, _failed)


def request_id() -> str:
    """Return the id of this request: the gateway's, or one of our own."""
    identifier: str = request.environ.get(REQUEST_ID) or str(uuid4())
    request.environ[REQUEST_ID] = identifier
    return identifier


def json_object(*media_types: str) -> dict[str, object]:
    """Return the JSON object that is the body of this request.

    Raises UnsupportedMediaTypeError unless it is sent plainly as one of `media_types`, and
    InvalidRequestError unless it is one JSON object (RFC 8259) in UTF-8 without repeated names.
    """
    if request.mimetype not in media_types or "Content-Encoding" in request.headers:
        raise UnsupportedMediaTypeError(f"Please send {' or '.join(media_types)}, not encoded")
    body = request.get_data()
    try:
        document = msgspec.json.decode(body)
        json.loads(body, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError("The body is not valid JSON") from error
    if not isinstance(document, dict):
        raise InvalidRequestError("The body must be a JSON object")
    return document


def answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return `value` as an answer in compact JSON."""
    return Response(
        msgspec.json.encode(value), status, headers or {}, content_type="application/json"
    )


def refuse(app: Flask, environ: "WSGIEnvironment", error: ApiError) -> Response:
    """Return the answer to a request that `app` does not get to see, or did not survive."""
    with app.request_context(environ):
        return app.finalize_request(_refused(error), from_error_handler=True)


def _without_repeats(pairs: list[tuple[str, object]]) -> None:
    """Refuse an object that names a field twice: no two parsers agree on what it means."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("A name is given twice")


def _refuse_empty_segment() -> None:
    """Refuse `//users`, which Werkzeug takes for `/users`."""
    if request.environ["PATH_INFO"].startswith("//"):
        raise NotFound


def _with_common_headers(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(error: ApiError) -> Response:
    return answer(errors.body(error), error.status, error.headers)


def _refused_by_framework(error: HTTPException) -> Response:
    """Answer what Flask and Werkzeug raise by themselves: 404, 405, 413 and the like."""
    status = error.code or 500
    refusal = ApiError(FRAMEWORK_SENTENCES.get(status, error.name))
    refusal.status = status
    if isinstance(error, MethodNotAllowed):
        refusal.headers = {"Allow": ", ".join(sorted(error.valid_methods or ()))}
    return _refused(refusal)


def _failed(error: Exception) -> Response:
    logger.error("Request %s failed", request_id(), exc_info=error)
    return _refused(InternalError())
