"""The ways to a service that asks for a token: each verifies it as its gateway does."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import jwt
from flask import Flask
from werkzeug.datastructures import Headers

from local import issuer
from tests.support.issuing import Issuing
from tests.support.transports import Answer, HttpApi, RestApi, Wsgi
from users_api.errors import ApiError

Door = Callable[[str, str, Mapping[str, str], bytes], Answer]


def laptop(app: Flask, issuing: Issuing) -> Door:
    """Return the way through `make run ACCESS=token`."""
    return Wsgi(issuing.gateway(app))


def rest_api(app: Flask, issuing: Issuing) -> Door:
    """Return the way through a REST API, which asks the authorizer."""
    gateway, send = issuing.gateway(app), RestApi(app)

    def door(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        path = unquote(target.partition("?")[0])
        try:
            claims = gateway.claims(method, path, headers.get("Authorization"))
        except ApiError as error:
            return _refused(error.status)
        return send(method, target, headers, body, claims)

    return door


def http_api(app: Flask, issuing: Issuing) -> Door:
    """Return the way through an HTTP API, which verifies a token by itself."""
    gateway, send = issuing.gateway(app), HttpApi(app)
    [key] = issuing.issuer.documents()["/jwks"]["keys"]

    def verified(token: str) -> Mapping[str, Any]:
        trusted = jwt.PyJWK(key)
        url = issuing.issuer.url
        return jwt.decode(token, trusted, ["ES256"], audience=issuer.AUDIENCE, issuer=url)

    def door(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if gateway.is_public(method, unquote(target.partition("?")[0])):
            return send(method, target, headers, body)
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        try:
            claims = verified(token if scheme == "Bearer" else "")
        except jwt.PyJWTError:
            return _refused(401)
        return send(method, target, headers, body, claims)

    return door


DOORS = (laptop, rest_api, http_api)


def _refused(status: int) -> Answer:
    """Return an answer of the gateway's own."""
    headers = Headers({"Content-Type": "application/json", "X-Request-Id": "gateway"})
    return Answer(status, headers, json.dumps({"error": "The gateway refuses this"}).encode())
