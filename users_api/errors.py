"""What can go wrong, and what an answer says about it.

ApiError
├── InvalidRequestError          400
│   └── InvalidFieldsError       400, naming every bad field
├── NotFoundError                404
├── ConflictError                409
├── PreconditionFailedError      412
├── UnsupportedMediaTypeError    415
├── KeyReusedError               422
├── InternalError                500
└── StoreUnavailableError        503
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec import Struct


class FieldError(Struct, frozen=True):
    """One bad field: its name, and what is wrong with it, without its value."""

    field: str
    message: str


class ApiError(Exception):
    """A failure that has an answer: a status, a stable code, one sentence, headers if need be."""

    status: int
    code: str
    headers: Mapping[str, str] = MappingProxyType({})
    errors: Sequence[FieldError] = ()


class InvalidRequestError(ApiError):
    """The request is wrong."""

    status = 400
    code = "invalid_request"


class InvalidFieldsError(InvalidRequestError):
    """Fields of the body or the query are wrong; `errors` names every one of them."""

    code = "invalid_fields"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__('Please correct the fields named in "errors"')
        self.errors = errors


class NotFoundError(ApiError):
    """There is nothing at this address."""

    status = 404
    code = "not_found"


class ConflictError(ApiError):
    """What should be made is there already."""

    status = 409
    code = "conflict"


class PreconditionFailedError(ApiError):
    """What should be changed is no longer as the client knows it."""

    status = 412
    code = "precondition_failed"


class UnsupportedMediaTypeError(ApiError):
    """The body is not of a type that this call reads."""

    status = 415
    code = "unsupported_media_type"


class KeyReusedError(ApiError):
    """An idempotency key comes with another request than before."""

    status = 422
    code = "idempotency_key_reused"


class InternalError(ApiError):
    """A bug of ours or a wrong set-up; the log has the cause, the answer has not."""

    status = 500
    code = "internal_error"

    def __init__(self) -> None:
        super().__init__("Internal server error")


class StoreUnavailableError(ApiError):
    """The store cannot answer now."""

    status = 503
    code = "unavailable"

    def __init__(self) -> None:
        super().__init__("The service is not available for the moment, please try again")
        self.headers = {"Retry-After": "1"}  # second


def body(error: ApiError) -> dict[str, Any]:
    """Return what an answer says by default: a sentence, and every bad field if there are any."""
    return {"error": str(error)} | _fields(error)


def problem(error: ApiError, title: str, request_id: str) -> dict[str, Any]:
    """Return the same as problem details (RFC 9457), where `title` is the name of the status."""
    return {
        "type": "about:blank",
        "title": title,
        "status": error.status,
        "detail": str(error),
        "code": error.code,
        "requestId": request_id,
    } | _fields(error)


def _fields(error: ApiError) -> dict[str, Any]:
    return {"errors": error.errors} if error.errors else {}
