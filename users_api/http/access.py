"""Who may do what: the caller, the rule of each route, and what a rule leaves to the caller.

| call                      | needs                                                     |
|---------------------------|-----------------------------------------------------------|
| list, look up             | the scope `users:read`                                    |
| create                    | `users:write`, or the record is (or becomes) the caller's |
| read                      | `users:read`, or it is the caller's                       |
| change, remove            | `users:write`, or it is the caller's                      |
| about the service itself  | nothing                                                   |

A route without a rule is refused. Who calls is told by the gateway, which has verified the token;
nothing that the client sends itself says anything about it.
"""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, g, request
from msgspec import Struct
from werkzeug.exceptions import MethodNotAllowed

from users_api.config import Settings
from users_api.errors import ForbiddenError, NotFoundError, UnauthorizedError
from users_api.resource import Resource

CLAIMS = "users_api.claims"  # the WSGI variable in which a gateway hands over those of the token

LEEWAY = 60  # seconds, for clocks that do not agree; the authorizer allows as many
NEVER = float("inf")
PUBLIC = ("index", "health", "openapi", "docs", "docs_file")


class Rule(Struct, frozen=True):
    """What a call needs: a scope, or that the record is the caller's own, if there are owners."""

    scope: str = ""  # none: anybody may
    resource: Resource[Any] | None = None  # the one whose records have owners


class Caller(Struct, frozen=True):
    """Who calls, and with which scopes."""

    subject: str
    scopes: frozenset[str]


Rules = Mapping[tuple[str, str], Rule]


def rules(resources: Iterable[Resource[Any]]) -> Rules:
    """Return the rule of every route, by its endpoint and method."""
    told = {(endpoint, "GET"): Rule() for endpoint in PUBLIC}
    for resource in resources:
        read, write = f"{resource.name}:read", f"{resource.name}:write"
        owned = resource if resource.owner else None
        one = f"{resource.name}.record"
        usual = {
            "list": ((resource.name, "GET"), Rule(read)),
            "read": ((one, "GET"), Rule(read, owned)),
            "create": ((resource.name, "POST"), Rule(write, owned)),
            "change": ((one, "PATCH"), Rule(write, owned)),
            "remove": ((one, "DELETE"), Rule(write, owned)),
        }
        told |= dict(usual[call] for call in usual if call in resource.calls)
        for call in resource.own_calls:
            endpoint = f"{resource.name}.{call.function.__name__}"
            told[endpoint, call.method] = Rule(f"{resource.name}:{call.needs}", owned)
    return told


def install(app: Flask, settings: Settings, resources: Iterable[Resource[Any]]) -> None:
    """Make `app` ask for a token that allows the call; settings may leave access open instead."""
    if settings.access == "open":
        return
    known = rules(resources)

    def check() -> None:
        rule = known.get(_call(app))
        if rule == Rule():
            return
        g.caller = _caller(settings.user_claim)
        if request.routing_exception:  # there is no such call, as Flask says next
            return
        if rule is None:  # nobody thought of this route
            raise ForbiddenError
        if rule.scope not in g.caller.scopes:
            _require_own(rule, g.caller.subject)

    app.before_request(check)


def caller() -> str:
    """Return who calls; nothing where access is open."""
    return g.caller.subject if "caller" in g else ""


def owner() -> str | None:
    """Return who must own the record that is asked for; None if it may be anybody's."""
    found: str | None = g.get("owner")
    return found


def owned(resource: Resource[Any], document: Mapping[str, object]) -> Mapping[str, object]:
    """Return the document of a new record, made the caller's own if it has to be.

    Raises ForbiddenError if it is to be somebody else's, or cannot be the caller's.
    """
    subject, field = owner(), resource.owner
    if subject is None or field is None:
        return document
    if document.get(field, subject) != subject or not resource.can_belong_to(subject):
        raise ForbiddenError(f"{resource.name}:write")
    return {**document, field: subject}


def keep_owned(resource: Resource[Any], patch: Mapping[str, object]) -> None:
    """Raise ForbiddenError if a patch gives away a record that must stay the caller's own."""
    subject, field = owner(), resource.owner
    if subject is None or field is None or field == resource.key:
        return
    if patch.get(field, subject) != subject:
        raise ForbiddenError(f"{resource.name}:write")


def _call(app: Flask) -> tuple[str, str]:
    """Return the endpoint and the method that are asked for.

    At an address that does not take this method, it is one that the address takes: who may learn
    that there is such an address is the same question.
    """
    method = "GET" if request.method == "HEAD" else request.method
    if isinstance(request.routing_exception, MethodNotAllowed):
        method = min(request.routing_exception.valid_methods or [""])
        return app.url_map.bind_to_environ(request.environ).match(method=method)[0], method
    return request.endpoint or "", method


def _require_own(rule: Rule, subject: str) -> None:
    """Leave a call to whoever owns the record: what is known to be somebody else's is not there.

    Raises ForbiddenError if there is nothing to own.
    """
    resource = rule.resource
    if resource is None:
        raise ForbiddenError(rule.scope)
    asked = (request.view_args or {}).get("record_id", subject)
    if resource.owner == resource.key and asked != subject:
        raise NotFoundError(resource.not_found)
    g.owner = subject


def _caller(claim: str) -> Caller:
    """Return who calls, by the claims of a token that the gateway has verified."""
    claims = request.environ.get(CLAIMS)
    if not isinstance(claims, Mapping):
        raise UnauthorizedError
    subject = claims.get(claim)
    if not isinstance(subject, str) or not subject:
        raise UnauthorizedError
    if not time.time() < _expires(claims) + LEEWAY < NEVER:  # the gateway remembers its verdict
        raise UnauthorizedError("invalid_token")
    return Caller(subject, _scopes(claims))


def _expires(claims: Mapping[str, object]) -> float:
    """Return when the token expires, in seconds since 1970; a gateway may tell it as text."""
    try:
        return float(str(claims.get("exp")))
    except ValueError:
        return 0


def _scopes(claims: Mapping[str, object]) -> frozenset[str]:
    """Return the scopes: words in a text, around which an HTTP API puts brackets for a list."""
    told = claims.get("scope") or claims.get("scp")
    text = told if isinstance(told, str) else ""
    listed = text[:1] + text[-1:] == "[]"
    return frozenset((text[1:-1] if listed else text).split(" "))
