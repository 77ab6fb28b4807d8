"""Clients that call the service at once, in an order that a seed decides.

Every request to DynamoDB stops at the wire until it is let through, one at a time. So all that
could happen by chance is decided here: which client is next, which request goes wrong and how,
and when a request arrives that its sender has given up.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import count
from queue import SimpleQueue
from random import Random

from msgspec.structs import replace

from tests.faults.calls import UNAVAILABLE, Caller, Results
from tests.faults.linearizability import Operation
from tests.faults.model import Call, State
from tests.faults.scripts import Script
from tests.support.resources import Kind
from tests.support.service import Service, engine
from tests.support.wire import Fault, Plan, Request, Wire, tapped
from tests.support.wire_faults import CONFLICT, cancelled, closed, error, late

OPERATIONS = ["GetItem", "PutItem", "DeleteItem", "Scan", "TransactWriteItems"]
LONGEST_WAIT = 30  # seconds; only a service that hangs takes as long

CALLS = 4  # of each client
RATES = [0, 0.15, 0.4]  # of requests that go wrong, in one history or another
LATE_RATE = 0.1  # how probable it is that what is late arrives next

Verdict = SimpleQueue[Fault]
Event = Verdict | Results  # a request that waits at the wire, or the end of a call


def through(request: Request) -> Iterator[bytes]:
    """Let a request pass."""
    yield request.deliver()


def lost(request: Request) -> Iterator[bytes]:
    """Let a request pass, and lose the answer."""
    request.deliver()
    yield from closed(request)


def contended(request: Request) -> Iterator[bytes]:
    """Say that another transaction is in the way."""
    is_transaction = b"TransactItems" in request.body
    return (cancelled("TransactionConflict") if is_transaction else CONFLICT)(request)


throttled = error(400, "ThrottlingException")
FAULTS: list[Fault] = [lost, lost, lost, late, late, late, closed, throttled, contended]


class Client:
    """A client of the service, and what lets its requests to DynamoDB pass, or not."""

    def __init__(self, service: Service, wire: Wire, threads: ThreadPoolExecutor) -> None:
        self._service, self._threads = service, threads
        self._events: SimpleQueue[Event] = SimpleQueue()
        self.wire = wire
        wire.follow(*(Plan(self._stopped, each, lasting=True) for each in OPERATIONS))

    def begin(self, call: Callable[[Service], Results]) -> Event:
        """Begin a call; return what happens first."""
        self._threads.submit(self._made, call)
        return self._events.get(timeout=LONGEST_WAIT)

    def let(self, waiting: Verdict, fault: Fault) -> Event:
        """Let a request go its way; return what happens next."""
        waiting.put(fault)
        return self._events.get(timeout=LONGEST_WAIT)

    def _made(self, call: Callable[[Service], Results]) -> None:
        self._events.put(call(self._service))

    def _stopped(self, request: Request) -> Iterator[bytes]:
        verdict: Verdict = SimpleQueue()
        self._events.put(verdict)
        yield from verdict.get(timeout=LONGEST_WAIT)(request)


class Simulation:
    """Clients, and the tables that they share."""

    def __init__(self, kind: Kind, resources: ExitStack, most_clients: int) -> None:
        self._kind = kind
        self._service = Service()
        self._caller = Caller(kind, kind.required(self._service))
        self._clients = []
        threads = resources.enter_context(ThreadPoolExecutor(most_clients))
        for _ in range(most_clients):
            wire = resources.enter_context(tapped(engine()))
            settings = replace(self._service.settings, endpoint_url=wire.url)
            self._clients.append(Client(Service(settings), wire, threads))

    def play(self, seed: int) -> tuple[State, list[Operation]]:
        """Return how a history begins, and what happens in it."""
        random = Random(seed)
        script = Script(self._kind, random, seed)
        start = script.start()
        table, client = self._service.settings.table(self._kind.name), self._service.table()
        for _, record in start.records:
            client.sync_put_item(table, self._caller.item(record))
        clients = self._clients[: random.randint(len(self._clients) - 2, len(self._clients))]
        history = Play(clients, self._caller, script, random).history(self._service)
        for item in client.sync_scan(table, consistent_read=True):
            client.sync_delete_item(table, {self._kind.key: item[self._kind.key]})
        return start, history


class Play:
    """A history while it is made."""

    def __init__(
        self, clients: list[Client], caller: Caller, script: Script, random: Random
    ) -> None:
        self._caller, self._script, self._random = caller, script, random
        self._clock = count()
        self._left = dict.fromkeys(clients, CALLS)
        self._waiting: dict[Client, Verdict] = {}
        self._under_way: dict[Client, tuple[Call, int]] = {}
        self._rate = random.choice(RATES)
        self._history: list[Operation] = []

    def history(self, service: Service) -> list[Operation]:
        """Make it; `service` is one whose requests to DynamoDB do not stop."""
        while steps := self._steps():
            self._random.choice(steps)()
        for _ in range(2):
            for call in self._script.last():
                self._note(-1, call, next(self._clock), self._caller.made(service, call))
            for client in self._left:
                client.wire.deliver()
        return self._history

    def _steps(self) -> list[Callable[[], None]]:
        """Return what can happen next."""
        clients = [each for each, left in self._left.items() if left or each in self._waiting]
        held = [each.wire.deliver for each in self._left if each.wire.held]
        if clients and held and self._random.random() < LATE_RATE:
            return held
        return [
            partial(self._let if each in self._waiting else self._begin, each) for each in clients
        ]

    def _begin(self, client: Client) -> None:
        self._left[client] -= 1
        call = self._script.following()
        self._under_way[client] = call, next(self._clock)
        read_all = partial(self._caller.read_all, ids=self._script.ids)
        made = read_all if call.kind == "list" else partial(self._caller.made, call=call)
        self._happens(client, client.begin(made))

    def _let(self, client: Client) -> None:
        goes_wrong = self._random.random() < self._rate
        fault = self._random.choice(FAULTS) if goes_wrong else through
        self._happens(client, client.let(self._waiting.pop(client), fault))

    def _happens(self, client: Client, event: Event) -> None:
        if isinstance(event, SimpleQueue):
            self._waiting[client] = event
        else:
            self._note([*self._left].index(client), *self._under_way[client], event)

    def _note(self, client: int, call: Call, begin: int, results: Results) -> None:
        """Note the end of a call; what was not answered, and changes nothing, is left out."""
        end = next(self._clock)
        for each, answer in results:
            if answer.status != UNAVAILABLE:
                self._history.append(Operation(client, each, answer, begin, end))
                self._script.note(each, answer)
            elif call.kind in {"create", "change", "remove"}:
                self._history.append(Operation(client, each, None, begin))
