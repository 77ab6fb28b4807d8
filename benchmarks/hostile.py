"""What the most expensive requests cost, next to an ordinary one: `python -m benchmarks.hostile`.

Each is at most 64 KiB. Its CPU time, that of all threads of the process, is told as a multiple of
an ordinary `POST /users`. The aim is 20 at most; a ratio depends on the machine less than a time.
"""

import json
import sys
import time
from collections.abc import Iterable, Mapping
from itertools import count
from typing import NamedTuple

from tests.support.service import Service
from users_api.http.requests import LARGEST_BODY

AIM = 20
REPEATS = 7
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
    """Yield requests of as many hostile shapes as we could think of."""
    for name, body in bodies().items():
        yield Case(f"POST {name}", "POST", "/users", JSON, body)
        yield Case(f"PATCH {name}", "PATCH", "/users/victim", JSON, body)
    for name, query in queries().items():
        yield Case(f"query of {name}", "GET", f"/users?{query}", {}, b"")
    for header, value in headers().items():
        yield Case(f"header {header}", "GET", "/users/victim", {header: value}, b"")
    for header in ("Idempotency-Key", "Accept"):
        yield Case(f"POST {header}", "POST", "/users", JSON | {header: "a,;" * 2_700}, b"{}")


def bodies() -> dict[str, bytes]:
    """Return bodies by what is hostile about them."""
    found = {
        f"{field}: {name}": _cut(f'{{"{field}":"{text}'.encode())
        for field in ("userId", "name", "email")
        for name, text in TEXTS.items()
    }
    found |= {
        f"list of {name}": _filled(b'{"name":[', number.encode() + b",", b"1]}")
        for name, number in NUMBERS.items()
    }
    return found | {
        "one long number": b'{"name":' + b"1" * 60_000 + b"}",
        "unknown names": _filled(b"{", (f'"{n:x}":1,' for n in count()), b'"name":1}'),
        "one long name": b'{"' + b"n" * 65_000 + b'":1}',
        "names to compose": _filled(b"{", (f'"\u0344\u0316{n:x}":1,' for n in count()), b'"a":1}'),
        "escapes": b'{"name":"' + b"\\u0344" * 10_800 + b'"}',
        "deep objects": b'{"a":' * 8_000 + b"1" + b"}" * 8_000,
        "deep lists": b'{"name":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        "lists in lists": _filled(b'{"name":[', b"[" * 30 + b"]" * 30 + b",", b"1]}"),
        "empty objects": _filled(b'{"name":[', b"{},", b"{}]}"),
        "small objects": _filled(b'{"name":[', b'{"":1},', b"{}]}"),
        "short texts": _filled(b'{"name":[', b'"",', b'""]}'),
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


def main() -> int:
    """Print the most expensive requests; return whether one is beyond the aim."""
    service = Service()
    service.call("POST", "/users", {"userId": "victim", "name": "Ada"})
    ordinary = _ordinary(service)
    told = sorted(((_cost(service, case) / ordinary, case.name) for case in cases()), reverse=True)
    sys.stdout.write(f"An ordinary POST takes {ordinary * 1000:.2f} ms of CPU.\n")
    sys.stdout.writelines(f"{ratio:8.1f}  {name}\n" for ratio, name in told[:15])
    return told[0][0] > AIM


def _ordinary(service: Service) -> float:
    bodies = [json.dumps({"userId": f"user-{n}", "name": "John"}).encode() for n in range(300)]
    start = time.process_time()
    for body in bodies:
        service.send("POST", "/users", JSON, body)
    return (time.process_time() - start) / len(bodies)


def _cost(service: Service, case: Case) -> float:
    """Return the CPU seconds that a request takes: of several, the fewest."""
    costs = []
    for _ in range(REPEATS):
        start = time.process_time()
        answer = service.send(case.method, case.target, case.headers, case.body)
        costs.append(time.process_time() - start)
        if answer.status >= 500:  # noqa: PLR2004 - a failure of ours
            raise AssertionError(f"{case.name}: {answer}")
    return min(costs)


def _filled(start: bytes, parts: bytes | Iterable[str], end: bytes) -> bytes:
    """Return a body with as many parts as fit."""
    if isinstance(parts, bytes):
        return start + parts * ((LARGEST_BODY - len(start) - len(end)) // len(parts)) + end
    body: bytes = start
    for part in parts:
        if len(body) + len(part.encode()) + len(end) > LARGEST_BODY:
            break
        body += part.encode()
    return body + end


def _cut(body: bytes) -> bytes:
    """Return a body whose last text ends where it has to, between two characters."""
    return body[: LARGEST_BODY - 2].decode(errors="ignore").encode() + b'"}'


if __name__ == "__main__":
    sys.exit(main())
