"""What can go wrong, and what an answer says about it.

ApiError
├── InvalidRequestError          400
├── NotFoundError                404
├── ConflictError                409
├── UnsupportedMediaTypeError    415
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
    """A failure that has an answer: a status, one sentence, and headers if need be."""

    status: int
    headers: Mapping[str, str] = MappingProxyType({})
    errors: Sequence[FieldError] = ()


class InvalidRequestError(ApiError):
    """The request is wrong; `errors` names every bad field."""

    status = 400

    def __init__(self, message: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.errors = errors


class NotFoundError(ApiError):
    """There is nothing at this address."""

    status = 404


class ConflictError(ApiError):
    """What should be made is there already."""

    status = 409


class UnsupportedMediaTypeError(ApiError):
    """The body is not of a type that this call reads."""

    status = 415


class InternalError(ApiError):
    """A bug of ours or a wrong set-up; the log has the cause, the answer has not."""

    status = 500

    def __init__(self) -> None:
        super().__init__("Internal server error")


class StoreUnavailableError(ApiError):
    """The store cannot answer now."""

    status = 503

    def __init__(self) -> None:
        super().__init__("The service is not available for the moment, please try again")
        self.headers = {"Retry-After": "1"}  # second


def body(error: ApiError) -> dict[str, Any]:
    """Return what the answer to `error` says: a sentence, and every bad field if there are any."""
    answer: dict[str, Any] = {"error": str(error)}
    if error.errors:
        answer["errors"] = error.errors
    return answer
