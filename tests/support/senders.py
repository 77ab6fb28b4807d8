"""Requests as the events that each sender makes of them, for a Lambda function."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, unquote

Event = dict[str, Any]
Headers = Mapping[str, str]

EVENTS = Path(__file__).parent / "events"

MEMBERS = {
    *("statusCode", "statusDescription", "headers", "multiValueHeaders", "cookies"),
    *("body", "isBase64Encoded"),
}
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
FIELD_VALUE = re.compile(r"([!-~]([\t -~]*[!-~])?)?")


def recorded(name: str) -> Event:
    """Return a recorded event, a fresh copy."""
    event: Event = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
    return event


def sent(
    kind: str,
    method: str,
    target: str,
    headers: Headers = MappingProxyType({}),
    body: bytes = b"",
) -> Event:
    """Return the event of a request; `target` is what stands in its first line."""
    path, _, query = target.partition("?")
    return SENDERS[kind](recorded(kind), method, path, query, headers) | _body(body)


def verified(event: Event, claims: Mapping[str, object]) -> Event:
    """Add what a gateway says of a token: numbers as text, a list as [a b]."""
    texts = {
        name: f"[{' '.join(map(str, value))}]" if isinstance(value, list) else str(value)
        for name, value in claims.items()
    }
    jwt = {"jwt": {"claims": texts, "scopes": None}}
    event["requestContext"]["authorizer"] = jwt if "version" in event else texts
    return event


def _rest_api(event: Event, method: str, path: str, query: str, headers: Headers) -> Event:
    """Decode the query; the stage is in one of two paths."""
    several = parse_qs(query, keep_blank_values=True)
    event["requestContext"] |= {"httpMethod": method, "path": f"/dev{path}"}
    proxy = path.removeprefix("/")
    return event | {
        "resource": "/{proxy+}" if proxy else "/",
        "pathParameters": {"proxy": proxy} if proxy else None,
        "httpMethod": method,
        "path": path,
        "headers": event["headers"] | headers,
        "multiValueHeaders": event["multiValueHeaders"] | _several(headers),
        "queryStringParameters": {name: each[-1] for name, each in several.items()} or None,
        "multiValueQueryStringParameters": several or None,
    }


def _http_api(event: Event, method: str, path: str, query: str, headers: Headers) -> Event:
    """Decode the path, and forget what follows a question mark in that."""
    return _function_url(event, method, unquote(path).partition("?")[0], query, headers)


def _function_url(event: Event, method: str, path: str, query: str, headers: Headers) -> Event:
    """Leave path and query as they are sent."""
    event["requestContext"]["http"] |= {"method": method, "path": path}
    cased = event["headers"] | _in_lower_case(headers)
    return event | {"rawPath": path, "rawQueryString": query, "headers": cased}


def _alb(event: Event, method: str, path: str, query: str, headers: Headers) -> Event:
    """Leave path and query as they are sent, of each name the last."""
    pairs = [part.partition("=") for part in query.split("&") if part]
    return event | {
        "httpMethod": method,
        "path": path,
        "headers": event["headers"] | _in_lower_case(headers),
        "queryStringParameters": {name: value for name, _, value in pairs},
    }


def _alb_multi_value(event: Event, method: str, path: str, query: str, headers: Headers) -> Event:
    """Leave path and query as they are sent."""
    several: dict[str, list[str]] = {}
    for name, _, value in (part.partition("=") for part in query.split("&") if part):
        several.setdefault(name, []).append(value)
    return event | {
        "httpMethod": method,
        "path": path,
        "multiValueHeaders": event["multiValueHeaders"] | _several(_in_lower_case(headers)),
        "multiValueQueryStringParameters": several,
    }


def _body(body: bytes) -> Event:
    encoded = base64.b64encode(body).decode()
    return {"body": encoded or None, "isBase64Encoded": bool(body)}


def _several(headers: Headers) -> dict[str, list[str]]:
    return {name: [value] for name, value in headers.items()}


def _in_lower_case(headers: Headers) -> Headers:
    return {name.lower(): value for name, value in headers.items()}


SENDERS: Mapping[str, Callable[[Event, str, str, str, Headers], Event]] = {
    "rest-v1": _rest_api,
    "http-v2": _http_api,
    "function-url": _function_url,
    "alb": _alb,
    "alb-multi-value": _alb_multi_value,
}


def assert_legal(result: Event, largest: int = 6_000_000) -> None:
    """Assert that a gateway takes a result, and hands all of it on; `largest` is in bytes."""
    assert result.keys() <= MEMBERS, result
    assert type(result["statusCode"]) is int, result
    assert result["statusCode"] in range(200, 600), result
    assert type(result["isBase64Encoded"]) is bool, result
    assert type(result["body"]) is str, result
    if result["isBase64Encoded"]:
        base64.b64decode(result["body"], validate=True)
    several = result.get("multiValueHeaders") or _several(result["headers"])
    assert all(map(TOKEN.fullmatch, several)), several
    assert all(map(FIELD_VALUE.fullmatch, chain.from_iterable(several.values()))), several
    assert len(json.dumps(result).encode()) < largest
    json.dumps(result, ensure_ascii=False).encode()  # no half of a surrogate pair
