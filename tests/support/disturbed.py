"""Calls of a service whose requests to the store go wrong as planned."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import uuid4

from msgspec.structs import replace

from tests.support.resources import EVERYTHING, ResourceTest
from tests.support.service import Service, engine
from tests.support.transports import Answer
from tests.support.wire import Fault, Plan, Request, Wire, tapped
from tests.support.wire_faults import CONFLICT, closed
from users_api.store.client import READ_TIMEOUT
from users_api.store.connection import Connection

GET, PUT, DELETE, TRANSACT = "GetItem", "PutItem", "DeleteItem", "TransactWriteItems"


class Call(NamedTuple):
    """A call of the service, and that request to the store which is of interest."""

    request: str
    method: str
    target: str
    document: object = None
    headers: Mapping[str, str] = MappingProxyType({})


class Outcome(NamedTuple):
    """What was answered, and what was asked of the store."""

    answer: Answer
    requests: list[str]


class DisturbedTest(ResourceTest):
    """A service whose store is as it should be, and others on the same tables where it fails."""

    needs = EVERYTHING
    read_timeout = READ_TIMEOUT

    def record(self, **fields: Any) -> str:
        """Create a record; return its path."""
        created = self.create(None, **self.changed(1), **fields)
        return f"{self.path}/{created.json[self.kind.key]}"

    def fresh(self) -> dict[str, Any]:
        """Return a unique value that no record has."""
        return self.unique(uuid4().int % 10**9)

    def disturbed(self, call: Call, *plans: Plan) -> Outcome:
        """Make a call that goes as planned."""
        with tapped(engine()) as wire:
            return self.disturbed_on(wire, call, *plans)

    def disturbed_on(self, wire: Wire, call: Call, *plans: Plan) -> Outcome:
        """Make it on a wire that may hold requests for later."""
        _, method, target, document, headers = call
        settings = replace(self.service.settings, endpoint_url=wire.url)
        service = Service(settings, connection=Connection(settings, self.read_timeout))
        wire.follow(*plans)
        return Outcome(service.call(method, target, document, **headers), wire.calls)

    def all_disturbed(self, calls: Sequence[Call], plans: Sequence[Plan]) -> list[Outcome]:
        """Make many calls at once, for all that most of them do is wait."""
        with ThreadPoolExecutor(len(calls)) as threads:
            return list(threads.map(self.disturbed, calls, plans))

    def assert_unavailable(self, answer: Answer) -> None:
        """Assert that the client is asked to try again."""
        self.assert_refused(answer, 503)
        self.assertEqual(answer.headers["Retry-After"], "1")


class MeanwhileTest(DisturbedTest):
    """Somebody else may write before our request is applied, or after."""

    def setUp(self) -> None:
        self.target = self.record()
        self.first: dict[str, Any] = self.call("GET", self.target).json

    def numbered(self, number: int = 1, **fields: Any) -> dict[str, Any]:
        """Return the document of the record, with another value for each number."""
        return self.first | self.changed(number) | fields

    def change(self, number: int = 1, **fields: Any) -> Answer:
        return self.call("PATCH", self.target, self.changed(number) | fields)

    def remove(self) -> None:
        self.assertEqual(self.call("DELETE", self.target).status, 204)

    def replace(self) -> None:
        """Remove the record, and make another one with the same id."""
        self.remove()
        self.assertEqual(self.call("POST", self.path, self.numbered(3)).status, 201)

    def current(self) -> dict[str, str]:
        """Return the condition that the record is as it is now."""
        return {"If_Match": self.call("GET", self.target).headers["ETag"]}

    def assert_number(self, number: int) -> None:
        """Assert which of these values the record has."""
        value = self.call("GET", self.target).json[self.kind.field]
        self.assertEqual(value, self.numbered(number)[self.kind.field])

    def assert_gone(self) -> None:
        """Assert that there is no such record."""
        self.assert_refused(self.call("GET", self.target), 404)


def first(act: Callable[[], object]) -> Fault:
    """Let somebody else act, and the request pass then."""

    def acting(request: Request) -> Iterator[bytes]:
        act()
        yield request.deliver()

    return acting


def before(act: Callable[[], object], request: str) -> Plan:
    """Let somebody else act before a request is applied."""
    return Plan(_meanwhile(act, CONFLICT), request)


def after(act: Callable[[], object], request: str) -> Plan:
    """Let somebody else act after a request was applied, whose answer is lost."""
    return Plan(_meanwhile(act, closed), request, delivered=True)


def _meanwhile(act: Callable[[], object], fault: Fault) -> Fault:
    def acting(request: Request) -> Iterator[bytes]:
        act()
        yield from fault(request)

    return acting


def joined(everybody: Barrier) -> Fault:
    """Deliver a request when all others are there, too."""

    def join(request: Request) -> Iterator[bytes]:
        everybody.wait()
        yield request.deliver()

    return join
