"""Calls from web pages of other origins, as far as settings name them (CORS, Fetch standard)."""

from collections.abc import Collection
from functools import partial

from flask import Flask, Response, request

from users_api.http import answers

HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match"
READABLE = "ETag, Idempotent-Replayed, Link, Location, Retry-After, WWW-Authenticate, X-Request-Id"
SECONDS = "600"  # for which a browser remembers what it may send


def install(app: Flask, origins: Collection[str]) -> None:
    """Let pages of these origins, such as `https://example.com`, call `app` from a browser."""
    if origins:
        app.before_request(partial(_preflight, app, origins))
        app.after_request(partial(_readable, origins))


def _preflight(app: Flask, origins: Collection[str]) -> Response | None:
    """Answer what a browser asks before it sends a request: without a token, it has none."""
    asked = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    if not asked or request.headers.get("Origin") not in origins:
        return None
    methods = {method for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    headers = {
        "Access-Control-Allow-Methods": ", ".join(sorted(methods)),
        "Access-Control-Allow-Headers": HEADERS,
        "Access-Control-Max-Age": SECONDS,
    }
    return answers.empty(204, headers)


def _readable(origins: Collection[str], response: Response) -> Response:
    """Let the page read the answer if its origin is one of them."""
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = READABLE
    return response
