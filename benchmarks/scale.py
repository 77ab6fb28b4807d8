"""What each call of the service costs on small and on large tables."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import choices
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import uuid4

from pydynox import DynamoDBClient

from benchmarks.measure import SUCCESS, Event, series
from benchmarks.packages import Contender
from benchmarks.tls import terminated
from local.tables import create_missing, environment
from tests.support.runtime_api import Function, rest_event
from tests.support.transports import answered
from tests.support.wire import Wire, tapped
from users_api.http import pages

CALLS = 6
PAGE = 25  # users
WARM_UP = 10  # requests of each call


class Sample(NamedTuple):
    """What one call cost, on average over some: requests to DynamoDB, and seconds of CPU."""

    call: str
    size: int
    requests: float
    cpu: float


class Service(NamedTuple):
    """The service on tables of one size, and the wire between the two."""

    size: int
    function: Function
    wire: Wire


def fill(engine: str, size: int) -> None:
    """Create the tables of a stage that is named for its number of users, and these users."""
    create_missing(engine, str(size))
    tables = environment(str(size))
    client = DynamoDBClient(
        region="us-east-1",
        endpoint_url=engine,
        access_key="local",
        secret_key="local",  # noqa: S106 - of an engine on this machine
    )
    users = [_item(number) for number in range(size)]
    client.sync_batch_write(tables["USERS_TABLE"], users)
    markers = [
        {"uniqueValue": f"users#email#{each['email']}", "recordId": each["userId"]}
        for each in users
    ]
    client.sync_batch_write(tables["UNIQUE_VALUES_TABLE"], markers)


def samples(
    contender: Contender, engine: str, sizes: tuple[int, ...], rounds: int, requests: int
) -> Iterator[Sample]:
    """Measure the service on filled tables of all sizes, in turns."""
    with ExitStack() as stack:
        services = [_started(stack, contender, engine, size) for size in sizes]
        for _ in range(rounds):
            for service in services:
                yield from _round(service, requests)


def _started(stack: ExitStack, contender: Contender, engine: str, size: int) -> Service:
    """Start the service, warm it up, and see that it answers all calls."""
    wire = stack.enter_context(tapped(engine))
    folder = Path(stack.enter_context(TemporaryDirectory()))
    dynamodb = stack.enter_context(terminated(wire.url, folder))
    function = stack.enter_context(contender.running(dynamodb, str(size)))
    for call, events in _calls(size, WARM_UP).items():
        for event in events:
            answer = answered(function.invoke(event))
            if answer.status not in SUCCESS:
                raise AssertionError(f"{call}: {answer}\n{function.log()}")
    return Service(size, function, wire)


def _round(service: Service, requests: int) -> Iterator[Sample]:
    for call, events in _calls(service.size, requests).items():
        service.wire.calls.clear()
        cpu, _ = series(service.function, events)
        yield Sample(call, service.size, len(service.wire.calls) / requests, cpu)


def _calls(size: int, requests: int) -> dict[str, list[Event]]:
    """Return requests by call; those that are created are deleted again."""
    known = [_item(number) for number in choices(range(size), k=requests)]  # noqa: S311
    new = [_item(str(uuid4())) for _ in known]
    cursors = [pages.encode("users", each["userId"]) for each in known]
    return {
        "GET": [rest_event("GET", f"/users/{each['userId']}") for each in known],
        "GET ?email=": [rest_event("GET", f"/users?email={each['email']}") for each in known],
        f"GET ?limit={PAGE}": [
            rest_event("GET", f"/users?limit={PAGE}&cursor={each}") for each in cursors
        ],
        "PATCH": [
            rest_event("PATCH", f"/users/{each['userId']}", json.dumps({"name": str(uuid4())}))
            for each in known
        ],
        "POST": [
            rest_event(
                "POST", "/users", json.dumps({n: each[n] for n in ("userId", "name", "email")})
            )
            for each in new
        ],
        "DELETE": [rest_event("DELETE", f"/users/{each['userId']}") for each in new],
    }


def _item(key: int | str) -> dict[str, Any]:
    """Return a user as the service stores it."""
    written = "2026-11-22T12:00:00.000+00:00"
    return {
        "userId": f"user-{key}",
        "name": f"User {key}",
        "email": f"user-{key}@example.com",
        "version": 1,
        "createdAt": written,
        "updatedAt": written,
        "creationId": str(key),
        "writeId": str(key),
    }
