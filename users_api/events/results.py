"""Answers, as the sender of an event reads them."""

import zlib
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from werkzeug.http import HTTP_STATUS_CODES

Headers = list[tuple[str, str]]
Result = dict[str, Any]

# An ALB takes 1 MB of JSON, in which a character of a text has up to six.
LARGEST_TEXT = 128 * 1024  # bytes
GZIP = 16 + zlib.MAX_WBITS


def result(event: Mapping[str, Any], status: int, headers: Headers, body: bytes) -> Result:
    """Return an answer in the form that the sender of `event` reads.

    An ALB gets a status line, and a large body compressed.
    """
    context = event.get("requestContext")
    if not isinstance(context, dict) or "elb" not in context:
        return {"statusCode": status, **_headers(event, headers), **_body(body)}
    description = f"{status} {HTTP_STATUS_CODES.get(status, 'Unknown')}"
    if len(body) > LARGEST_TEXT:
        headers, body = _compressed(headers, body)
    told = {"statusCode": status, "statusDescription": description}
    return told | _headers(event, headers) | _body(body)


def _headers(event: Mapping[str, Any], headers: Headers) -> Result:
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name, []).append(value)
    if event.get("multiValueHeaders"):
        return {"multiValueHeaders": values}
    cookies = {"cookies": values.pop("Set-Cookie", [])} if event.get("version") == "2.0" else {}
    return {"headers": {name: ", ".join(each) for name, each in values.items()}} | cookies


def _body(body: bytes) -> Result:
    """Return the body as a text, and in base64 only if it is none: a REST API may not decode it."""
    try:
        return {"body": body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        return {"body": b64encode(body).decode(), "isBase64Encoded": True}


def _compressed(headers: Headers, body: bytes) -> tuple[Headers, bytes]:
    """Return an answer in gzip, whatever the client accepts: as it is, it would not arrive."""
    kept = [each for each in headers if each[0].lower() != "content-length"]
    return [*kept, ("Content-Encoding", "gzip")], zlib.compress(body, wbits=GZIP)
