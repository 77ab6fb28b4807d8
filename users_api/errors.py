"""What can go wrong. How it is answered is said in `users_api/http/failures.py`.

ApiError
├── InvalidRequestError          400
│   └── InvalidFieldsError       400, naming every bad field
├── UnauthorizedError            401
├── ForbiddenError               403
├── NotFoundError                404
├── MethodNotAllowedError        405
├── ConflictError                409, naming the field
├── PreconditionFailedError      412
├── BodyTooLargeError            413
├── UnsupportedMediaTypeError    415
├── KeyReusedError               422
├── TooManyRequestsError         429
├── InternalError                500
└── StoreUnavailableError        503
"""

from collections.abc import Iterable, Sequence
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

LONGEST_NAME = 128  # of a field, as it is repeated
MOST_FIELDS_NAMED = 100

Sentence = Annotated[str, Meta(max_length=256, pattern="^.+$")]


class FieldError(Struct, frozen=True):
    """One bad field: its name, and what is wrong with it, without its value."""

    field: Annotated[str, Meta(max_length=LONGEST_NAME)]
    message: Sentence


class ApiError(Exception):
    """A failure that has an answer: a status, a stable code for programs, one sentence."""

    status: int
    code: str
    errors: Sequence[FieldError] = ()
    reason = ""  # what failed, for the log; never answered


class InvalidRequestError(ApiError):
    """The request is wrong."""

    status = 400
    code = "invalid_request"


class InvalidFieldsError(InvalidRequestError):
    """Fields of the body or the query are wrong; `errors` names them, within limits."""

    code = "invalid_fields"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__('Please correct the fields named in "errors"')
        named = errors[:MOST_FIELDS_NAMED]
        self.errors = [replace(each, field=each.field[:LONGEST_NAME]) for each in named]


class UnauthorizedError(ApiError):
    """It is not known who calls; `problem` is what is wrong with the token (RFC 6750), if known."""

    status = 401
    code = "unauthorized"

    def __init__(self, problem: str = "") -> None:
        super().__init__("Please send a valid access token")
        self.problem = problem


class ForbiddenError(ApiError):
    """Who calls may not do this: the token lacks the `scope`, if there is one that would do."""

    status = 403
    code = "forbidden"

    def __init__(self, scope: str = "") -> None:
        super().__init__("Your access token does not allow this")
        self.scope = scope


class NotFoundError(ApiError):
    """There is nothing at this address."""

    status = 404
    code = "not_found"

    def __init__(self, sentence: str = "There is nothing at this address") -> None:
        super().__init__(sentence)


class MethodNotAllowedError(ApiError):
    """The address takes other methods only."""

    status = 405
    code = "method_not_allowed"

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        super().__init__("This method is not allowed here")
        self.allowed = allowed


class ConflictError(ApiError):
    """What should be stored does not go with what is stored already; `errors` names the field."""

    status = 409
    code = "conflict"

    def __init__(self, error: FieldError) -> None:
        super().__init__(f'The "{error.field}" {error.message}')
        self.errors = [error]


class PreconditionFailedError(ApiError):
    """What should be changed is no longer as the client knows it."""

    status = 412
    code = "precondition_failed"


class BodyTooLargeError(ApiError):
    """The body of the request is larger than `limit` bytes."""

    status = 413
    code = "body_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit} bytes")


class UnsupportedMediaTypeError(ApiError):
    """The body is not of a type that this call reads."""

    status = 415
    code = "unsupported_media_type"


class KeyReusedError(ApiError):
    """An idempotency key comes with another request than before."""

    status = 422
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__('This "Idempotency-Key" was used for another request')


class TooManyRequestsError(ApiError):
    """There are too many requests; the gateway says so before they come here."""

    status = 429
    code = "too_many_requests"
    retry_after = 1  # seconds

    def __init__(self) -> None:
        super().__init__("There are too many requests, please try again")


class InternalError(ApiError):
    """A bug of ours or a wrong set-up."""

    status = 500
    code = "internal_error"

    def __init__(self, reason: str) -> None:
        super().__init__("Internal server error")
        self.reason = reason


class StoreUnavailableError(ApiError):
    """The store cannot answer now, or whether a write took effect cannot be told."""

    status = 503
    code = "unavailable"
    retry_after = 1  # seconds

    def __init__(self, reason: str) -> None:
        super().__init__("The service is not available for the moment, please try again")
        self.reason = reason
