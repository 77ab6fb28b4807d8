"""Requests of as many hostile shapes as we could think of, each of at most 64 KiB."""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import NamedTuple

from msgspec.structs import fields

from tests.support.kinds import Record
from users_api.http.requests import LARGEST_BODY

LARGEST_HEADER = 8 * 1024  # bytes; API Gateway takes 10,240 for all of them

JSON = {"Content-Type": "application/json"}

TEXTS = {
    "marks out of order": "a" + "\u0344" * 16_300 + "\u0316" * 16_300,
    "marks in order": "a" + "\u0301" * 32_000,
    "marks in turns": "a\u0316\u0301" * 12_000,
    "letters to compose": "\u1100\u1161\u11a8" * 7_200,
    "letters to decompose": "\u0958" * 21_500,
    "signs that grow": "\U0001d160" * 16_000,
    "fillers": "\u200b" * 21_000,
    "nearly an address": "a." * 32_000,
    "nearly a domain": "a@" + "a-" * 30_000,
}
NUMBERS = {
    "digits": "1" * 60_000,
    "many digits": "1" * 4_200,
    "hard decimals": "1.1234567890123456789e-300",
    "large exponents": "1e300",
}


class Case(NamedTuple):
    """A request."""

    name: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


def cases() -> Iterable[Case]:
    """Yield all of them."""
    for name, body in {**bodies(), **values("userId", "name", "email")}.items():
        yield Case(f"POST {name}", "POST", "/users", JSON, body)
        yield Case(f"PATCH {name}", "PATCH", "/users/victim", JSON, body)
    for name, body in values(*(each.encode_name for each in fields(Record))).items():
        yield Case(f"POST {name}", "POST", "/records", JSON, body)
    for name, query in queries().items():
        yield Case(f"query of {name}", "GET", f"/users?{query}", {}, b"")
    for header, value in headers().items():
        yield Case(f"header {header}", "GET", "/users/victim", {header: value}, b"")
    for header in ("Idempotency-Key", "Accept"):
        yield Case(f"POST {header}", "POST", "/users", JSON | {header: "a,;" * 2_700}, b"{}")


def values(*names: str) -> dict[str, bytes]:
    """Return bodies with a hostile value in a field of each of these names."""
    texts = {f"{field}: {text}": f'{{"{field}":"{TEXTS[text]}' for field in names for text in TEXTS}
    return {name: cut(body.encode()) for name, body in texts.items()} | {
        f"{field}: list of {number}": filled(
            f'{{"{field}":['.encode(), NUMBERS[number].encode() + b",", b"1]}"
        )
        for field in names
        for number in NUMBERS
    }


def bodies() -> dict[str, bytes]:
    """Return bodies by what is hostile about them."""
    return {
        "one long number": b'{"name":' + b"1" * 60_000 + b"}",
        "unknown names": filled(b"{", (f'"{n:x}":1,' for n in count()), b'"name":1}'),
        "one long name": b'{"' + b"n" * 65_000 + b'":1}',
        "names to compose": filled(b"{", (f'"\u0344\u0316{n:x}":1,' for n in count()), b'"a":1}'),
        "escapes": b'{"name":"' + b"\\u0344" * 10_800 + b'"}',
        "deep objects": b'{"a":' * 8_000 + b"1" + b"}" * 8_000,
        "deep lists": b'{"name":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        "lists in lists": filled(b'{"name":[', b"[" * 30 + b"]" * 30 + b",", b"1]}"),
        "empty objects": filled(b'{"name":[', b"{},", b"{}]}"),
        "small objects": filled(b'{"name":[', b'{"":1},', b"{}]}"),
        "short texts": filled(b'{"name":[', b'"",', b'""]}'),
        "white space": b'{"name":' + b" " * 65_000 + b"1}",
        "no JSON": b"{" * 65_000,
    }


def queries() -> dict[str, str]:
    """Return queries by what is hostile about them."""
    return {
        "&": "&" * 60_000,
        "=": "=" * 60_000,
        "&=": "&=" * 30_000,
        "equal names": "&".join(["limit=1"] * 8_000),
        "other names": "&".join(f"n{n}=1" for n in range(8_000)),
        "percent signs": "email=" + "%" * 8_000,
        "encoded marks": "email=a" + "%CD%84" * 600 + "%CC%96" * 600,
        "a long cursor": "cursor=" + "a" * 8_000,
        "digits": "limit=" + "1" * 8_000,
    }


def headers() -> dict[str, str]:
    """Return headers that are read, as long and as contrived as they can be."""
    return {
        "If-None-Match": '"a",' * (LARGEST_HEADER // 4 - 1) + '"a"',
        "If-Match": '"' * LARGEST_HEADER,
        "Accept": "a/b;q=0.1," * (LARGEST_HEADER // 10),
        "Content-Type": "application/json;" + "a=b;" * (LARGEST_HEADER // 5),
        "Host": "h" * LARGEST_HEADER,
    }


def filled(start: bytes, parts: bytes | Iterable[str], end: bytes) -> bytes:
    """Return a body with as many parts as fit."""
    if isinstance(parts, bytes):
        return start + parts * ((LARGEST_BODY - len(start) - len(end)) // len(parts)) + end
    body: bytes = start
    for part in parts:
        if len(body) + len(part.encode()) + len(end) > LARGEST_BODY:
            break
        body += part.encode()
    return body + end


def cut(body: bytes) -> bytes:
    """Return a body whose last text ends where it has to, between two characters."""
    return body[: LARGEST_BODY - 2].decode(errors="ignore").encode() + b'"}'
