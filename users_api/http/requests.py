"""What a request brings: a strict JSON body, a strict query, an idempotency key, a preference."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec
from flask import request

from users_api import validation
from users_api.errors import (
    FieldError,
    InvalidFieldsError,
    InvalidRequestError,
    UnsupportedMediaTypeError,
)
from users_api.http import access
from users_api.idempotency import IdempotentRequest

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"

PLEASE_SEND = "Please send {} in UTF-8, uncompressed"

LARGEST_BODY = 64 * 1024  # bytes
MOST_PARAMETERS = 1000  # of a query, before each is looked at
IDEMPOTENCY_KEY = re.compile(r"^[!-~]{1,255}$")

Q = TypeVar("Q", bound=msgspec.Struct)


def json_object(*media_types: str) -> dict[str, object]:
    """Return the JSON object that is the body of this request.

    Raises UnsupportedMediaTypeError unless it is sent as one of `media_types`, in UTF-8 and not
    compressed, and InvalidRequestError unless it is one JSON object (RFC 8259) without repeated
    names.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    encoded = charset != "utf-8" or "Content-Encoding" in request.headers
    if request.mimetype not in media_types or encoded:
        raise UnsupportedMediaTypeError(PLEASE_SEND.format(" or ".join(media_types)))
    document = parsed(request.get_data())
    if not isinstance(document, dict):
        raise InvalidRequestError("The body must be a JSON object")
    return document


def parsed(body: bytes) -> object:
    """Return what is JSON by RFC 8259, without repeated names; else raise InvalidRequestError."""
    try:
        document = STRICT.decode(body.decode())
        if b"\\u" in body:
            msgspec.json.encode(document)  # refuses half of a surrogate pair
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError("The body is not valid JSON") from error
    return document


def query(kind: type[Q]) -> Q:
    """Return the query; raise InvalidFieldsError for what is bad, unknown or given twice in it."""
    if request.query_string.count(b"&") >= MOST_PARAMETERS:
        raise InvalidRequestError(f"The query has more than {MOST_PARAMETERS} parameters")
    if not request.query_string.isascii():
        raise InvalidRequestError("The query must be percent-encoded")
    # what is not UTF-8 is no text of the client's, but U+FFFD, as API Gateway has it
    pairs = parse_qsl(request.query_string.decode(), keep_blank_values=True)
    times = Counter(name for name, _ in pairs)
    if len(times) < len(pairs):
        repeated = (name for name in times if times[name] > 1)
        raise InvalidFieldsError(*(FieldError(name, "is given twice") for name in repeated))
    return validation.parse(kind, dict(pairs))


def idempotent(document: Mapping[str, object]) -> IdempotentRequest | None:
    """Return what is remembered of this request, if it has an `Idempotency-Key`."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise InvalidRequestError('"Idempotency-Key" must be 1 to 255 visible ASCII characters')
    scope = f"{access.caller()}\n{request.method} {request.path}"
    return IdempotentRequest.of(scope, key, document)


def prefers(media_type: str) -> bool:
    """Tell whether the client names this media type, and likes it no less than JSON."""
    accepted = request.accept_mimetypes
    named = (quality for name, quality in accepted if _bare(name) == media_type)
    return 0 < max(named, default=0) >= accepted[JSON]


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object unless it names a field twice: no two parsers agree on what it means."""
    document = dict(pairs)
    if len(document) < len(pairs):
        raise InvalidRequestError("The body gives a name twice")
    return document


def _refuse_constant(name: str) -> object:
    """Refuse `NaN` and its kind, which Python writes and JSON does not know."""
    raise ValueError(f"{name} is not JSON")


STRICT = json.JSONDecoder(object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
