"""Parts of the contract that calls refer to: parameters, headers, answers."""

from collections.abc import Mapping
from typing import Any

import msgspec

from users_api import errors
from users_api.errors import FieldError
from users_api.http import failures, requests
from users_api.http.preconditions import ENTITY_TAGS, LONGEST_ENTITY_TAGS
from users_api.openapi.records import Schema
from users_api.openapi.schemas import reference

REVISION = '"0f8fad5b-d9cb-469f-a165-70867728950e"'
REQUEST = "b1d6a6a7-3c3e-4b8a-9a55-0a1c6f1d2e3f"

TAGS: Schema = {
    "type": "string",
    "format": "entity-tags",
    "maxLength": LONGEST_ENTITY_TAGS,
    "pattern": ENTITY_TAGS.pattern,
}
KEY: Schema = {"type": "string", "maxLength": 255, "pattern": requests.IDEMPOTENCY_KEY.pattern}

FAILURES: Mapping[str, tuple[str, errors.ApiError]] = {
    "BadRequest": (
        "Something in the request is wrong; every bad field is named.",
        errors.InvalidFieldsError(FieldError("name", "is required")),
    ),
    "TooLarge": ("The body is too large.", errors.BodyTooLargeError(requests.LARGEST_BODY)),
    "UnsupportedMediaType": (
        "The body is of another type, or compressed.",
        errors.UnsupportedMediaTypeError(requests.PLEASE_SEND.format(requests.JSON)),
    ),
    "KeyReused": ("The idempotency key was used for another request.", errors.KeyReusedError()),
    "TooManyRequests": ("There are too many requests.", errors.TooManyRequestsError()),
    "InternalError": ("The service failed.", errors.InternalError("")),
    "Unavailable": (
        "The store cannot answer now, or it is not known whether a change was made.",
        errors.StoreUnavailableError(""),
    ),
}


def parameters() -> dict[str, Schema]:
    """Return the parameters that all resources have in common, by the names that refer to them."""
    return {
        "IfMatch": parameter(
            "header", "If-Match", TAGS, "Act only if this is the current `ETag` (`*`: any)."
        ),
        "IfNoneMatch": parameter(
            "header", "If-None-Match", TAGS, "Answer 304 if this is the current `ETag`."
        ),
        "IdempotencyKey": parameter(
            "header",
            "Idempotency-Key",
            KEY,
            "Makes it safe to send the request again within 24 hours: it takes effect once.",
        ),
    }


def parameter(place: str, name: str, schema: Schema, description: str) -> Schema:
    """Return one parameter."""
    required = {"required": True} if place == "path" else {}
    return {
        "name": name,
        "in": place,
        **required,
        "description": description,
        "schema": {key: schema[key] for key in schema if key not in {"default", "description"}}
        | ({"default": schema["default"]} if schema.get("default") is not None else {}),
    }


def header(description: str, example: str, *, required: bool = True, **rules: object) -> Schema:
    """Return one header of answers."""
    return {
        "description": description,
        "required": required,
        "schema": {"type": "string", "maxLength": 1024, **rules},
        "example": example,
    }


# The headers of answers, by their names.
HEADERS: Mapping[str, Schema] = {
    "ETag": header(
        "The revision of the record: every change makes another one.",
        REVISION,
        pattern='^"[!#-~]+"$',
    ),
    "Last-Modified": header(
        "When the record was last changed, if that is known.",
        "Sun, 22 Nov 2026 10:38:02 GMT",
        required=False,
        pattern="^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$",
    ),
    "Location": header("The path of the new record.", "/users/someUserId", pattern="^/"),
    "Link": header(
        "The next page, if there is one.",
        '</users?limit=25&cursor=eyQmbHNvbWVVc2VySWQ>; rel="next"',
        required=False,
        pattern='^</[^>]*>; rel="next"$',
    ),
    "Idempotent-Replayed": header(
        "Present if this answer repeats an earlier one.", "true", required=False, enum=["true"]
    ),
    "Retry-After": header("Seconds to wait before trying again.", "1", pattern="^[1-9][0-9]*$"),
    "X-Request-Id": header(
        "The id of this request; it is also in the log.", REQUEST, pattern="^[!-~]+$"
    ),
}


def failed(description: str, error: errors.ApiError) -> Schema:
    """Return the answer to one failure, in both shapes, as the service itself words it."""
    plain = msgspec.to_builtins(failures.failure(error))
    problem = msgspec.to_builtins(failures.problem(error, REQUEST))
    return {
        "description": description,
        "headers": header_references("X-Request-Id", *failures.headers(error)),
        "content": {
            requests.JSON: {"schema": reference("schemas", "Failure"), "example": plain},
            failures.PROBLEM: {"schema": reference("schemas", "Problem"), "example": problem},
        },
    }


def header_references(*names: str) -> Schema:
    """Return the headers with these names, as an answer refers to them."""
    return {name: reference("headers", name) for name in names}


def success(description: str, kind: str, *names: str, **examples: Any) -> Schema:  # noqa: ANN401
    """Return an answer with a body of this kind, these headers, and examples by their names."""
    told = {name: {"value": value} for name, value in examples.items() if value is not None}
    content = {"schema": reference("schemas", kind)} | ({"examples": told} if told else {})
    return without_body(description, *names) | {"content": {requests.JSON: content}}


def without_body(description: str, *names: str) -> Schema:
    """Return an answer that has only headers."""
    return {"description": description, "headers": header_references("X-Request-Id", *names)}


def body(kind: str, *media_types: str) -> Schema:
    """Return what a call reads; the examples are those of its schema."""
    content = {media_type: {"schema": reference("schemas", kind)} for media_type in media_types}
    return {"required": True, "content": content}


def answers(own: Mapping[int, Schema], shared: dict[int, str]) -> Schema:
    """Return all answers of a call by status: its own, and others by the names that refer to them.

    Any call can be one too many, or fail on the side of the service.
    """
    always = {429: "TooManyRequests", 500: "InternalError", 503: "Unavailable"}
    named = {status: reference("responses", name) for status, name in (shared | always).items()}
    return {str(status): each for status, each in sorted({**own, **named}.items())}
