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
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

MOST_FIELDS_NAMED = 100
LONGEST_NAME_REPEATED = 128

Sentence = Annotated[str, Meta(max_length=256, pattern="^.+$")]


class FieldError(Struct, frozen=True):
    """One bad field: its name, and what is wrong with it, without its value."""

    field: Annotated[str, Meta(max_length=LONGEST_NAME_REPEATED)]
    message: Sentence


FieldErrors = Annotated[Sequence[FieldError], Meta(max_length=MOST_FIELDS_NAMED)]


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
    """Fields of the body or the query are wrong; `errors` names them, within limits."""

    code = "invalid_fields"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__('Please correct the fields named in "errors"')
        self.errors = [
            replace(each, field=each.field[:LONGEST_NAME_REPEATED])
            for each in errors[:MOST_FIELDS_NAMED]
        ]


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


class Failure(Struct, frozen=True, omit_defaults=True):
    """What an answer says by default: a sentence, and every bad field if there are any."""

    error: Sentence
    errors: FieldErrors | UnsetType = UNSET


class Problem(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The same as problem details (RFC 9457), with a stable `code` for programs."""

    type: Literal["about:blank"]
    title: Sentence
    status: Annotated[int, Meta(ge=400, le=599, extra_json_schema={"format": "int32"})]
    detail: Sentence
    code: str
    request_id: Annotated[str, Meta(max_length=128, pattern="^[!-~]+$")]
    errors: FieldErrors | UnsetType = UNSET


def failure(error: ApiError) -> Failure:
    """Return what an answer to `error` says."""
    return Failure(str(error), error.errors or UNSET)


def problem(error: ApiError, title: str, request_id: str) -> Problem:
    """Return it as problem details, where `title` is the name of the status."""
    return Problem(
        type="about:blank",
        title=title,
        status=error.status,
        detail=str(error),
        code=error.code,
        request_id=request_id,
        errors=error.errors or UNSET,
    )
