"""Events of payload version 1.0: of REST APIs of API Gateway, and of ALB.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, unquote_plus, urlencode

from msgspec import convert

from users_api.events.requests import Part, Request, content, matched, mounted


class Identity(Part):
    """Where the request comes from."""

    source_ip: str | None = None


class Context(Part):
    """What the gateway adds."""

    path: str | None = None  # from the root of the domain
    request_id: str | None = None
    authorizer: dict[str, Any] | None = None
    identity: Identity | None = None
    elb: dict[str, Any] | None = None


class Event(Part):
    """A request; where a value may come several times, the plural form has all of them."""

    http_method: str | None = None
    path: str | None = None  # with the base path of a custom domain, but without the stage
    resource: str | None = None  # the route, as `/{proxy+}`
    path_parameters: dict[str, str | None] | None = None
    headers: dict[str, str | None] | None = None
    multi_value_headers: dict[str, list[str] | None] | None = None
    query_string_parameters: dict[str, str] | None = None
    multi_value_query_string_parameters: dict[str, list[str]] | None = None
    request_context: Context | None = None
    body: str | None = None
    is_base64_encoded: bool | None = None


def read(event: object) -> Request:
    """Return the request; raise ValidationError if a part of it is of a wrong type."""
    told = convert(event, Event)
    context = told.request_context or Context()
    identity = context.identity or Identity()
    base, path = _address(told, context.path)
    return Request(
        told.http_method or "",
        base,
        path,
        _query(told, sent_as_it_is=context.elb is not None),
        _headers(told),
        content(told.body, encoded=told.is_base64_encoded),
        identity.source_ip or "",
        context.authorizer,
        context.request_id or "",
    )


def _address(told: Event, whole: str | None) -> tuple[str, str]:
    """Return the base and the path below it, decoded."""
    path = unquote(told.path or "/")
    route = unquote(matched(told.resource, told.path_parameters)) if told.resource else path
    return mounted(unquote(whole) if whole else path, route, path)


def _query(told: Event, *, sent_as_it_is: bool) -> str:
    """Return the query, encoded; an ALB leaves it as it was sent, API Gateway decodes it."""
    several = told.multi_value_query_string_parameters or {}
    pairs = [(name, value) for name, values in several.items() for value in values]
    pairs = pairs or list((told.query_string_parameters or {}).items())
    if sent_as_it_is:
        pairs = [(unquote_plus(name), unquote_plus(value)) for name, value in pairs]
    return urlencode(pairs, encoding="utf-8", errors="surrogatepass")


def _headers(told: Event) -> Iterator[tuple[str, str]]:
    if told.multi_value_headers:
        for name, values in told.multi_value_headers.items():
            yield from ((name, value) for value in values or ())
    else:
        for name, single in (told.headers or {}).items():
            if single is not None:
                yield name, single
