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

from users_api.config import Settings
from users_api.errors import ForbiddenError, UnauthorizedError
from users_api.resource import Resource

CLAIMS = "users_api.claims"  # the WSGI variable in which a gateway hands over those of the token

LEEWAY = 60  # seconds, for clocks that do not agree; the authorizer allows as many
PUBLIC = ("index", "health", "openapi", "docs", "docs_file")


class Rule(Struct, frozen=True):
    """What a call needs: a scope, or that the record is the caller's own."""

    scope: str = ""  # none: anybody may
    own: bool = False


class Caller(Struct, frozen=True):
    """Who calls, and with which scopes."""

    subject: str
    scopes: frozenset[str]


def rules(resources: Iterable[Resource[Any]]) -> dict[tuple[str, str], Rule]:
    """Return the rule of every route, by its endpoint and method."""
    told = {(endpoint, "GET"): Rule() for endpoint in PUBLIC}
    for resource in resources:
        read, write = f"{resource.name}:read", f"{resource.name}:write"
        own = resource.owner is not None
        one = f"{resource.name}.record"
        told |= {
            (resource.name, "GET"): Rule(read),
            (resource.name, "POST"): Rule(write, own),
            (one, "GET"): Rule(read, own),
            (one, "PATCH"): Rule(write, own),
            (one, "DELETE"): Rule(write, own),
        }
        for call in resource.own_calls:
            endpoint = f"{resource.name}.{call.function.__name__}"
            told[endpoint, call.method] = Rule(f"{resource.name}:{call.needs}", own)
    return told


def install(app: Flask, settings: Settings, resources: Iterable[Resource[Any]]) -> None:
    """Make `app` ask for a token that allows the call; settings may leave access open instead."""
    if settings.access == "open":
        return
    known = rules(resources)

    def check() -> None:
        rule = known.get((request.endpoint or "", request.method.replace("HEAD", "GET")))
        if rule == Rule():
            return
        caller = _caller(settings.user_claim)
        g.caller = caller
        if rule is None and not request.routing_exception:  # nobody thought of this route
            raise ForbiddenError("")
        if rule and rule.scope not in caller.scopes:
            if not rule.own:
                raise ForbiddenError(rule.scope)
            g.owner = caller.subject

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

    Raises ForbiddenError if it is to be somebody else's, or can be nobody's of that name.
    """
    subject = owner()
    if subject is None or resource.owner is None:
        return document
    possible = resource.owner != resource.key or resource.is_id(subject)
    if not possible or document.get(resource.owner, subject) != subject:
        raise ForbiddenError(f"{resource.name}:write")
    return {**document, resource.owner: subject}


def keep_owned(resource: Resource[Any], patch: Mapping[str, object]) -> None:
    """Raise ForbiddenError if a patch gives away a record that must stay the caller's own."""
    subject, field = owner(), resource.owner
    if subject is not None and field != resource.key and patch.get(str(field), subject) != subject:
        raise ForbiddenError(f"{resource.name}:write")


def _caller(claim: str) -> Caller:
    """Return who calls, by the claims of a token that the gateway has verified."""
    claims: Mapping[str, object] = request.environ.get(CLAIMS) or {}
    subject = claims.get(claim)
    if not isinstance(subject, str) or not subject:
        raise UnauthorizedError
    if _expires(claims) <= time.time():  # the gateway remembers its verdict for a while
        raise UnauthorizedError("invalid_token")
    return Caller(subject, _scopes(claims))


def _expires(claims: Mapping[str, object]) -> float:
    """Return when the token expires, in seconds since 1970; a gateway may tell it as text."""
    try:
        return float(str(claims.get("exp"))) + LEEWAY
    except ValueError:
        return 0


def _scopes(claims: Mapping[str, object]) -> frozenset[str]:
    """Return the scopes: a text, in which an HTTP API writes a list as [a b]."""
    told = claims.get("scope") or claims.get("scp") or ""
    return frozenset(str(told).strip("[]").replace(",", " ").split())
