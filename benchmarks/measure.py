"""What a function costs, seen from outside its process."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain, count, islice
from pathlib import Path
from statistics import quantiles
from time import clock_gettime, perf_counter
from typing import Any

from tests.support.runtime_api import Function, rest_event
from tests.support.senders import verified
from tests.support.transports import answered

USER = {"userId": "someUserId", "name": "John"}
SUCCESS = range(200, 300)
WARM_UP = 20  # requests

Event = dict[str, Any]

CLAIMS = {"sub": "someUserId", "scope": "users:read users:write", "exp": "4102444800"}


def event(method: str, path: str, body: str | None = None) -> Event:
    """Return a request whose token the gateway has verified; most contenders do not look at it."""
    return verified(rest_event(method, path, body), CLAIMS)


GET = event("GET", "/users/someUserId")


def verify(function: Function) -> None:
    """Raise AssertionError unless the function creates a user and finds it again."""
    for known in (event("POST", "/users", json.dumps(USER)), GET):
        answer = answered(function.invoke(known))
        if answer.status not in SUCCESS or answer.json != USER:
            raise AssertionError(f"{answer}\n{function.log()}")


def measured(function: Function, requests: int) -> dict[str, float]:
    """Measure a function that has just been started, up to its end.

    Args:
        function: It must know the user that is asked for.
        requests: How many warm ones to send of each call.

    """
    measures = _cold(function)
    gets, posts = (GET for _ in count()), _posts(str(function.process))
    for each in chain(islice(gets, WARM_UP), islice(posts, WARM_UP)):
        function.invoke(each)
    for call, events in (("GET", gets), ("POST", posts)):
        cpu, seconds = series(function, islice(events, requests))
        hundredths = quantiles(seconds, n=100)
        measures |= {
            f"{call} CPU": cpu,
            f"{call} p50": hundredths[49],
            f"{call} p99": hundredths[98],
        }
    return measures | {"memory": peak_memory(function)}


def _cold(function: Function) -> dict[str, float]:
    """Measure a cold start in two phases: Lambda gives each another share of a CPU."""
    init = function.initialized()
    init_cpu = _cpu(function)
    first = _timed(function, GET)
    cpu = _cpu(function) - init_cpu
    return {
        "cold": init + first,
        "init": init,
        "init CPU": init_cpu,
        "first": first,
        "first CPU": cpu,
    }


def series(function: Function, events: Iterable[Event]) -> tuple[float, list[float]]:
    """Send events one by one; return the CPU seconds of each, on average, and the times it took."""
    before = _cpu(function)
    seconds = [_timed(function, each) for each in events]
    return (_cpu(function) - before) / len(seconds), seconds


def peak_memory(function: Function) -> float:
    """Return the largest resident set that the process has had, in bytes."""
    status = Path(f"/proc/{function.process}/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def _timed(function: Function, request: Event) -> float:
    start = perf_counter()
    function.invoke(request)
    return perf_counter() - start


def _cpu(function: Function) -> float:
    """Return the seconds of CPU that all threads of the process have had, to the nanosecond."""
    return clock_gettime(~function.process << 3 | 2)  # clock_getcpuclockid(3) on Linux


def _posts(prefix: str) -> Iterator[Event]:
    """Yield requests that create one user each."""
    for number in count():
        user = {"userId": f"{prefix}-{number}", "name": "John"}
        yield event("POST", "/users", json.dumps(user))
