"""How a failure is answered, in either of two shapes."""

import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import uuid4

from flask import Flask, Response, request
from msgspec import UNSET, Meta, Struct, UnsetType
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed
from werkzeug.http import HTTP_STATUS_CODES

from users_api.errors import (
    MOST_FIELDS_NAMED,
    ApiError,
    BodyTooLargeError,
    FieldError,
    ForbiddenError,
    InternalError,
    InvalidRequestError,
    MethodNotAllowedError,
    NotFoundError,
    Sentence,
    StoreUnavailableError,
    TooManyRequestsError,
    UnauthorizedError,
)
from users_api.http.answers import answer
from users_api.http.requests import LARGEST_BODY, prefers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PROBLEM = "application/problem+json"
REQUEST_ID = "users_api.request_id"  # the WSGI variable in which a gateway hands over its own
FAILURE = "users_api.failure"  # the one with the code and the reason of what was answered
REFUSAL = "users_api.refusal"  # and the one with the ApiError for which it cannot hand over more

FRAMES_LOGGED = 5

BadFields = Annotated[Sequence[FieldError], Meta(max_length=MOST_FIELDS_NAMED)]


class Failure(Struct, frozen=True, omit_defaults=True):
    """A failure: a sentence for people, a stable code for programs, and every bad field.

    A 404 has no code: it says the same as the status.
    """

    error: Sentence
    code: str | UnsetType = UNSET
    errors: BadFields | UnsetType = UNSET


class Problem(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The same as problem details (RFC 9457)."""

    type: Literal["about:blank"]
    title: Sentence
    status: Annotated[int, Meta(ge=400, le=599, extra_json_schema={"format": "int32"})]
    detail: Sentence
    code: str
    request_id: Annotated[str, Meta(max_length=128, pattern="^[!-~]+$")]
    errors: BadFields | UnsetType = UNSET


def failure(error: ApiError) -> Failure:
    """Return what an answer to `error` says by default."""
    code = UNSET if isinstance(error, NotFoundError) else error.code
    return Failure(str(error), code, error.errors or UNSET)


def problem(error: ApiError, request_id: str) -> Problem:
    """Return it as problem details."""
    return Problem(
        type="about:blank",
        title=HTTP_STATUS_CODES[error.status],
        status=error.status,
        detail=str(error),
        code=error.code,
        request_id=request_id,
        errors=error.errors or UNSET,
    )


def headers(error: ApiError) -> Mapping[str, str]:
    """Return the headers that an answer to `error` has."""
    if isinstance(error, StoreUnavailableError | TooManyRequestsError):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, UnauthorizedError):
        told = f' error="{error.problem}"' if error.problem else ""
        return {"WWW-Authenticate": f"Bearer{told}"}  # RFC 6750, section 3
    if isinstance(error, ForbiddenError):
        told = f', scope="{error.scope}"' if error.scope else ""
        return {"WWW-Authenticate": f'Bearer error="insufficient_scope"{told}'}
    if isinstance(error, MethodNotAllowedError):
        return {"Allow": ", ".join(sorted(error.allowed))}
    return {}


def request_id() -> str:
    """Return the id of this request: the gateway's, or one of our own."""
    environ = request.environ
    environ[REQUEST_ID] = identifier = environ.get(REQUEST_ID) or str(uuid4())
    return str(identifier)


def refused(error: ApiError) -> Response:
    """Return the answer to a failure, which is kept for the log."""
    request.environ[FAILURE] = error.code, error.reason
    if not prefers(PROBLEM):
        return answer(failure(error), error.status, headers(error))
    response = answer(problem(error, request_id()), error.status, headers(error))
    response.content_type = PROBLEM
    return response


def refuse(app: Flask, environ: "WSGIEnvironment", error: ApiError) -> Response:
    """Return the answer to a request that `app` does not get to see, or did not survive."""
    with app.request_context(environ):
        return app.finalize_request(refused(error), from_error_handler=True)


def internal_error(error: BaseException) -> InternalError:
    """Return what an unforeseen exception is: its type and where it was raised, never its text."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_LOGGED:]
    where = " > ".join(f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in frames)
    return InternalError(f"{type(error).__name__} at {where}")


def install(app: Flask) -> None:
    """Make `app` answer failures as this module says."""
    app.register_error_handler(ApiError, refused)
    app.register_error_handler(HTTPException, lambda error: refused(_of_framework(error)))
    app.register_error_handler(Exception, lambda error: refused(internal_error(error)))


def _of_framework(error: HTTPException) -> ApiError:
    """Return what an error of Flask or Werkzeug is for us."""
    if isinstance(error, InternalServerError):
        return internal_error(error.original_exception or error)
    if isinstance(error, MethodNotAllowed):
        return MethodNotAllowedError(error.valid_methods or ())
    return {404: NotFoundError(), 413: BodyTooLargeError(LARGEST_BODY)}.get(
        error.code or 400, InvalidRequestError(error.name)
    )
