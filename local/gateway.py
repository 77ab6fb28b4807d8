"""What API Gateway does in front of the service on AWS: it asks the authorizer who is calling.

The routes are those of `infra/access.yml`; the authorizer is the function itself.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Flask

from local import definitions
from users_api.errors import ApiError, ForbiddenError, StoreUnavailableError, UnauthorizedError
from users_api.http import access, failures

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Authorize = Callable[[Mapping[str, Any], object], Mapping[str, Any]]

_STAGE = "arn:aws:execute-api:us-east-1:000000000000:local/local"
_MOST_REMEMBERED = 1000


class Route(NamedTuple):
    """A route of the REST API, and its authorizer if it has one."""

    method: str  # or ANY
    path: str
    authorizer: Mapping[str, Any] | None = None

    def serves(self, method: str, path: str) -> bool:
        """Tell whether a request takes this route."""
        start, greedy, _ = self.path.partition("{proxy+}")
        there = path.startswith(start) and path != start if greedy else path == start
        return there and self.method in {"ANY", method}


class Gateway:
    """A WSGI application: the service, behind a gateway that asks for tokens."""

    def __init__(
        self, app: Flask, authorize: Authorize, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._authorize = authorize
        self._clock = clock
        self._routes = routes()
        self._remembered: dict[str, tuple[float, Mapping[str, Any]]] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Serve a request with the claims of its token, or refuse it."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        try:
            claims = self.claims(method, path, environ.get("HTTP_AUTHORIZATION"))
        except ApiError as error:
            return failures.refuse(self._app, environ, error)(environ, start_response)
        told = {} if claims is None else {access.CLAIMS: claims}
        return self._app(environ | told, start_response)

    def claims(self, method: str, path: str, authorization: str | None) -> Mapping[str, str] | None:
        """Return what the service is told of the caller; None where nobody asks.

        Raises an ApiError for what does not get to the service.
        """
        authorizer = self._authorizer(method, path)
        if authorizer is None:
            return None
        shape = authorizer["identityValidationExpression"]
        if authorization is None or not re.fullmatch(shape, authorization, re.ASCII):
            raise UnauthorizedError
        resource = f"{_STAGE}/{method}{path}"
        answer = self._answer(authorization, resource, authorizer["resultTtlInSeconds"])
        if not allows(answer["policyDocument"], resource):
            raise ForbiddenError
        return {name: str(value) for name, value in answer["context"].items()}

    def is_public(self, method: str, path: str) -> bool:
        """Tell whether nobody asks for a token."""
        return self._authorizer(method, path) is None

    def _authorizer(self, method: str, path: str) -> Mapping[str, Any] | None:
        path = f"/{path.strip('/')}"
        return next(each for each in self._routes if each.serves(method, path)).authorizer

    def _answer(self, token: str, resource: str, seconds: float) -> Mapping[str, Any]:
        """Return what the authorizer says, or has said of this token not long ago."""
        until, answer = self._remembered.get(token, (0, {}))
        if self._clock() < until:
            return answer
        event = {"type": "TOKEN", "authorizationToken": token, "methodArn": resource}
        try:
            answer = self._authorize(event, None)
        except Exception as error:
            raise _failure(error) from error
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[token] = self._clock() + seconds, answer
        return answer


def routes() -> list[Route]:
    """Return the routes of a stage that asks for a token, the one that is followed first."""
    told = [event["http"] for event in definitions.read("access")["events"]["rest"]["token"]]
    found = [Route(**each) if isinstance(each, dict) else Route(*each.split()) for each in told]
    return sorted(found, key=lambda each: (-len(each.path.partition("{")[0]), each.method == "ANY"))


def allows(policy: Mapping[str, Any], resource: str) -> bool:
    """Tell whether an IAM policy allows a call: a statement does, and none forbids it."""
    effects = {
        statement["Effect"]
        for statement in policy["Statement"]
        if fnmatchcase(resource, statement["Resource"])
    }
    return effects == {"Allow"}


def _failure(error: Exception) -> ApiError:
    """Return what the gateway makes of an authorizer's exception: it knows one word."""
    if str(error) == "Unauthorized":
        return UnauthorizedError()
    return StoreUnavailableError(f"The authorizer failed: {type(error).__name__}")
