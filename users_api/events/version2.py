"""Events of payload version 2.0: of HTTP APIs of API Gateway, and of function URLs.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from msgspec import convert

from users_api.events.requests import Part, Request, content, matched, mounted


class Http(Part):
    """What is asked for."""

    method: str | None = None
    source_ip: str | None = None


class Jwt(Part):
    """A token that the gateway has verified."""

    claims: dict[str, Any] | None = None


class Authorizer(Part):
    """Who calls."""

    jwt: Jwt | None = None


class Context(Part):
    """What the gateway adds."""

    http: Http
    stage: str | None = None
    request_id: str | None = None
    domain_name: str | None = None
    authorizer: Authorizer | None = None


class Event(Part):
    """A request."""

    request_context: Context
    raw_path: str | None = None  # with the stage or the base path, unless that is `$default`
    raw_query_string: str | None = None
    route_key: str | None = None  # the method and the route, as `ANY /{proxy+}`, or `$default`
    path_parameters: dict[str, str | None] | None = None
    headers: dict[str, str | None] | None = None
    cookies: list[str] | None = None
    body: str | None = None
    is_base64_encoded: bool | None = None


def read(event: object) -> Request:
    """Return the request; raise ValidationError if a part of it is of a wrong type."""
    told = convert(event, Event)
    context = told.request_context
    authorizer = context.authorizer or Authorizer()
    base, path = _address(told)
    return Request(
        context.http.method or "",
        base,
        path,
        told.raw_query_string or "",
        _headers(told),
        content(told.body, encoded=told.is_base64_encoded),
        context.http.source_ip or "",
        (authorizer.jwt or Jwt()).claims,
        context.request_id or "",
    )


def _address(told: Event) -> tuple[str, str]:
    """Return the base and the path below it; an HTTP API has decoded the path, a URL has not."""
    path, context = told.raw_path or "/", told.request_context
    if ".lambda-url." in (context.domain_name or ""):
        path = unquote(path)
    route = (told.route_key or "").partition(" ")[2]
    if route:
        return mounted(path, matched(route, told.path_parameters), path)
    stage = f"/{context.stage}"
    below = path.removeprefix(stage) if f"{path}/".startswith(f"{stage}/") else path
    return mounted(path, below, path)


def _headers(told: Event) -> Iterator[tuple[str, str]]:
    for name, value in (told.headers or {}).items():
        if value is not None:
            yield name, value
    if told.cookies:
        yield "Cookie", "; ".join(told.cookies)
