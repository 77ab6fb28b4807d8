"""A proxy between the application and DynamoDB: sees every request, can spoil its answer."""

import http.client
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import NamedTuple
from urllib.parse import urlsplit


class Request(NamedTuple):
    """A request that goes wrong."""

    body: bytes
    answer: bytes  # as it should go over the line; that of an empty success if not delivered
    deliver: Callable[[], bytes]  # has DynamoDB see it now; returns the answer
    hold: Callable[[], None]  # keeps it for later, when the call may have ended
    ended: Event  # set when the proxy ends


# What goes over the line in place of the answer. A ConnectionError closes the connection.
Fault = Callable[[Request], Iterator[bytes]]


class Plan(NamedTuple):
    """Which requests go wrong, and how."""

    fault: Fault
    operation: str
    nth: int = 1  # of that operation
    lasting: bool = False  # and all that follow
    delivered: bool = False  # DynamoDB gets to see it: only the answer goes wrong

    def concerns(self, operation: str, number: int) -> bool:
        """Tell whether the request goes wrong that is the `number`-th of its operation."""
        due = number >= self.nth if self.lasting else number == self.nth
        return due and operation == self.operation


class Wire(ThreadingHTTPServer):
    """The proxy: `calls` are the operations that came, such as `GetItem`, on `connections`."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _RequestHandler)
        self.upstream = urlsplit(upstream).netloc
        self.calls: list[str] = []
        self.connections = 0
        self.plans: tuple[Plan, ...] = ()
        self.held: deque[Callable[[], bytes]] = deque()
        self.ended = Event()
        self._counting = Lock()  # several requests come at once

    @property
    def url(self) -> str:
        """Where the application should look for DynamoDB."""
        return f"http://127.0.0.1:{self.server_port}"

    def follow(self, *plans: Plan) -> None:
        """Count anew, and let go wrong what the plans say."""
        self.calls.clear()
        self.held.clear()
        self.plans = plans

    def deliver(self) -> None:
        """Have DynamoDB see, late, what has been held."""
        while self.held:
            self.held.popleft()()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that went away: some tests kill it."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def noted(self, operation: str) -> Plan | None:
        """Note a request; return the plan if it is to go wrong."""
        with self._counting:
            self.calls.append(operation)
            number = self.calls.count(operation)
        return next((plan for plan in self.plans if plan.concerns(operation, number)), None)


class _RequestHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Wire

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1
        self.upstream = http.client.HTTPConnection(self.server.upstream)

    def finish(self) -> None:
        self.upstream.close()
        super().finish()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        plan = self.server.noted(self.headers["X-Amz-Target"].rpartition(".")[2])
        deliver, late = partial(self._forwarded, body), partial(self._forwarded_late, body)
        answer = deliver() if not plan or plan.delivered else message(200, b"{}")
        hold = partial(self.server.held.append, late)
        request = Request(body, answer, deliver, hold, self.server.ended)
        try:
            for part in plan.fault(request) if plan else [answer]:
                self.wfile.write(part)
        except ConnectionError:  # the fault's, or that of a client that waits no longer
            self.close_connection = True

    def _forwarded(self, body: bytes) -> bytes:
        self.upstream.request("POST", "/", body, dict(self.headers))
        response = self.upstream.getresponse()
        return message(response.status, response.read())

    def _forwarded_late(self, body: bytes) -> bytes:
        with closing(self.upstream):  # which has been closed before, and connects again
            return self._forwarded(body)


def message(status: int, body: bytes, media_type: str = "application/x-amz-json-1.0") -> bytes:
    """Return an answer as it goes over the line."""
    head = ["HTTP/1.1 %d ", "Content-Type: %s", "Content-Length: %d", "", ""]
    return "\r\n".join(head).encode() % (status, media_type.encode(), len(body)) + body


@contextmanager
def tapped(upstream: str) -> Iterator[Wire]:
    """Run a proxy in front of the DynamoDB at the URL `upstream`."""
    with Wire(upstream) as wire:
        thread = Thread(target=wire.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield wire
        finally:
            wire.ended.set()
            wire.shutdown()
            thread.join()
