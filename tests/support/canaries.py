"""Canaries: made-up personal data in every part of a call, which nothing but an answer may hold."""

import json
from collections.abc import Mapping
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import quote

PREFIX = "canary"  # legal in an id, an address and a header

HEADERS = (
    *("Accept", "Accept-Language", "Authorization", "Cookie", "Forwarded", "From", "Host"),
    *("Idempotency-Key", "Origin", "Referer", "User-Agent", "Via", "X-Amz-Security-Token"),
    *("X-Amzn-Trace-Id", "X-Api-Key", "X-Client-Name", "X-Forwarded-For", "X-Request-Id"),
)
CLAIMS = ("client_id", "email", "iss", "jti", "name", "phone_number", "sub", "username")


class Planted(NamedTuple):
    """A request, the claims of its token, and the canaries in them."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    claims: Mapping[str, Any]
    canaries: list[str]


class Nest:
    """Makes canaries, no two alike."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.canaries: list[str] = []

    def canary(self, suffix: str = "") -> str:
        """Return a new one."""
        self.canaries.append(f"{PREFIX}{next(self._numbers):06}x")
        return self.canaries[-1] + suffix


NEST = Nest()


def planted() -> list[Planted]:
    """Return requests of every kind with canaries in all their parts."""
    bodies: dict[str, Any] = {
        "right": {"name": NEST.canary(), "email": NEST.canary("@example.com")},
        "wrong": {"name": [NEST.canary()], "email": NEST.canary(" "), NEST.canary(): NEST.canary()},
        "nested": {"name": {NEST.canary(): {NEST.canary(): NEST.canary()}}},
        "text": NEST.canary(),
    }
    raw = [json.dumps(each).encode() for each in bodies.values()]
    broken = [f'{{"name": "{NEST.canary()}'.encode(), f"\xff{NEST.canary()}".encode("latin-1")]
    canary = NEST.canary
    targets = (
        *(("POST", "/users"), ("POST", f"/users?{canary()}={canary()}")),
        *(("GET", f"/users/{canary()}"), ("GET", f"/users/{quote(canary('@'))}")),
        *(("PATCH", f"/users/{canary()}"), ("DELETE", f"/users/{canary()}")),
        *(("GET", f"/users?email={canary('@example.com')}"), ("GET", f"/users?cursor={canary()}")),
        *(("GET", f"/users?limit={canary()}"), ("GET", f"/{canary()}"), ("GET", f"//{canary()}")),
        *(("GET", f"/docs/{canary()}"), (canary().upper(), "/users"), ("GET", "/users")),
    )
    return [
        _planted(*target, body)
        for place, target in enumerate(targets)
        for body in (raw[0], [*raw, *broken][place % 6])
    ]


def _planted(method: str, target: str, body: bytes) -> Planted:
    headers = {name: NEST.canary() for name in HEADERS}
    headers |= {"Authorization": f"Bearer {NEST.canary()}", "Cookie": f"a={NEST.canary()}"}
    headers |= {"Accept": "application/json", "Content-Type": "application/json"}
    claims = {name: NEST.canary() for name in CLAIMS}
    scope = f"users:read users:write {NEST.canary()}"
    claims |= {"scope": scope, "exp": "4102444800"}
    return Planted(method, target, headers, body, claims, NEST.canaries)


def found(text: str) -> list[str]:
    """Return the canaries that are in a text, whatever their case."""
    lower = text.lower()
    return [each for each in NEST.canaries if each in lower] if PREFIX in lower else []
