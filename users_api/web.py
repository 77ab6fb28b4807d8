"""What all calls have in common: strict JSON in, compact JSON out, one way to answer a failure."""

import json
import logging
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.http import HTTP_STATUS_CODES, parse_etags

from users_api import errors, validation
from users_api.errors import (
    ApiError,
    FieldError,
    InternalError,
    InvalidFieldsError,
    InvalidRequestError,
    UnsupportedMediaTypeError,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Q = TypeVar("Q", bound=msgspec.Struct)

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
PROBLEM = "application/problem+json"

LARGEST_BODY = 64 * 1024  # bytes
DEEPEST_BODY = 32  # objects and lists inside each other, as deep as an item of DynamoDB
MOST_PARAMETERS = 1000  # of a query, before each is looked at
REQUEST_ID = "users_api.request_id"  # the WSGI variable in which a gateway hands over its own

IDEMPOTENCY_KEY = re.compile(r"^[!-~]{1,255}$")
LONGEST_ENTITY_TAGS = 8 * 1024
ENTITY_TAGS = re.compile(  # RFC 9110, section 8.8.3
    r'^(\*|(W/)?"[!#-~]*"([ \t]*,[ \t]*(W/)?"[!#-~]*")*)$'
)

FRAMEWORK_ERRORS = {  # what Flask and Werkzeug raise by themselves
    404: ("not_found", "There is nothing at this address"),
    405: ("method_not_allowed", "This method is not allowed here"),
    413: ("body_too_large", f"The body is larger than {LARGEST_BODY} bytes"),
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

    Raises UnsupportedMediaTypeError unless it is sent as one of `media_types`, in UTF-8 and not
    compressed, and InvalidRequestError unless it is one JSON object (RFC 8259) without repeated
    names and not nested deeper than DEEPEST_BODY.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype not in media_types or charset != "utf-8":
        raise UnsupportedMediaTypeError(f"Please send {' or '.join(media_types)} in UTF-8")
    if "Content-Encoding" in request.headers:
        raise UnsupportedMediaTypeError("Please send the body without compression")
    body = request.get_data()
    try:
        document = STRICT.decode(body.decode())
        if b"\\u" in body:
            msgspec.json.encode(document)  # refuses half of a surrogate pair
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError("The body is not valid JSON") from error
    if not isinstance(document, dict):
        raise InvalidRequestError("The body must be a JSON object")
    if body.count(b"{") + body.count(b"[") > DEEPEST_BODY and _is_too_deep(document):
        raise InvalidRequestError(f"The body is nested more than {DEEPEST_BODY} levels deep")
    return document


def query(kind: type[Q]) -> Q:
    """Return the query; raise InvalidFieldsError for what is bad, unknown or given twice in it."""
    if request.query_string.count(b"&") >= MOST_PARAMETERS:
        raise InvalidRequestError(f"The query has more than {MOST_PARAMETERS} parameters")
    repeated = [name for name, texts in request.args.lists() if len(texts) > 1]
    if repeated:
        raise InvalidFieldsError(*(FieldError(name, "is given twice") for name in repeated))
    return validation.parse(kind, request.args)


def idempotency_key() -> str | None:
    """Return the `Idempotency-Key` of this request, if it has one."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not IDEMPOTENCY_KEY.fullmatch(key):
        raise InvalidRequestError('"Idempotency-Key" must be 1 to 255 visible ASCII characters')
    return key


def if_match() -> Callable[[str], bool]:
    """Return what tells whether `If-Match` (RFC 9110, section 13.1.1) accepts a revision."""
    header = _entity_tags("If-Match")
    return (lambda _: True) if header is None else parse_etags(header).contains


def is_known(revision: str) -> bool:
    """Tell whether the client has this revision, by `If-None-Match` (RFC 9110, section 13.1.2)."""
    header = _entity_tags("If-None-Match")
    return header is not None and parse_etags(header).contains_weak(revision)


def answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return `value` as an answer in compact JSON."""
    if isinstance(value, msgspec.Struct):
        value = validation.document(value)
    return Response(msgspec.json.encode(value), status, headers or {}, content_type=JSON)


def empty(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer without a body."""
    response = Response(status=status, headers=headers or {})
    del response.headers["Content-Type"]
    return response


def framework_error(status: int, name: str = "") -> ApiError:
    """Return what an error of Flask or Werkzeug, with this status and name, is for us."""
    code, sentence = FRAMEWORK_ERRORS.get(status, ("invalid_request", name))
    error = ApiError(sentence)
    error.status, error.code = status, code
    return error


def refuse(app: Flask, environ: "WSGIEnvironment", error: ApiError) -> Response:
    """Return the answer to a request that `app` does not get to see, or did not survive."""
    with app.request_context(environ):
        return app.finalize_request(_refused(error), from_error_handler=True)


def _entity_tags(name: str) -> str | None:
    header = request.headers.get(name)
    if header is None:
        return None
    header = header.strip(" \t")
    if len(header) > LONGEST_ENTITY_TAGS or not ENTITY_TAGS.fullmatch(header):
        raise InvalidRequestError(f'"{name}" must be * or a list of entity tags')
    return header


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object unless it names a field twice: no two parsers agree on what it means."""
    document = dict(pairs)
    if len(document) < len(pairs):
        raise ValueError("A name is given twice")
    return document


def _refuse_constant(name: str) -> object:
    """Refuse `NaN` and its kind, which Python writes and JSON does not know."""
    raise ValueError(f"{name} is not JSON")


STRICT = json.JSONDecoder(object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)


def _is_too_deep(document: object) -> bool:
    level: list[Any] = [document]
    for _ in range(DEEPEST_BODY):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
    return bool(level)


def _refuse_empty_segment() -> None:
    """Refuse `//users`, which Werkzeug takes for `/users`."""
    if request.environ["PATH_INFO"].startswith("//"):
        raise NotFound


def _with_common_headers(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _refused(error: ApiError) -> Response:
    if _wants_problem():
        problem = errors.problem(error, HTTP_STATUS_CODES[error.status], request_id())
        response = answer(problem, error.status, error.headers)
        response.content_type = PROBLEM
        return response
    return answer(errors.failure(error), error.status, error.headers)


def _wants_problem() -> bool:
    accepted = request.accept_mimetypes
    return PROBLEM in accepted.values() and 0 < accepted[PROBLEM] >= accepted[JSON]


def _refused_by_framework(error: HTTPException) -> Response:
    refusal = framework_error(error.code or 500, error.name)
    if isinstance(error, MethodNotAllowed):
        refusal.headers = {"Allow": ", ".join(sorted(error.valid_methods or ()))}
    return _refused(refusal)


def _failed(error: Exception) -> Response:
    logger.error("Request %s failed", request_id(), exc_info=error)
    return _refused(InternalError())
