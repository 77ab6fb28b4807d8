"""The line that each request leaves on AWS: for the log, and for the metrics that are in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from tests.support.callers import READ, claims
from tests.support.senders import recorded
from tests.support.service import Service, ServiceTest, engine, fresh_settings
from tests.support.transports import RestApi, Wsgi
from tests.support.wire import Plan, tapped
from tests.support.wire_faults import CONFLICT, REFUSALS, closed

Count = Annotated[int, Meta(ge=0)]
Milliseconds = Annotated[float, Meta(ge=0, lt=60_000)]
USER = {"userId": "ada", "name": "Ada"}
TRACE = "1-5759e988-bd862e3fe1be46a994272793"


NAMES = {
    "aws": "_aws",
    **{
        name: "".join(word.title() for word in name.split("_"))
        for name in (
            *("route", "status_class", "latency", "server_errors", "store_requests"),
            *("store_latency", "store_throttles", "conflicts", "cold_starts"),
        )
    },
    "error_code": "errorCode",
    "store_retries": "storeRetries",
    "request_id": "requestId",
    "gateway_request_id": "gatewayRequestId",
    "trace_id": "traceId",
}


class Line(Struct, forbid_unknown_fields=True, rename=NAMES):
    """What a line says: no more, no less, in docs/operation.md."""

    aws: dict[str, Any]
    route: str
    status_class: Literal["2xx", "3xx", "4xx", "5xx"]
    latency: Milliseconds
    server_errors: Literal[0, 1]
    store_requests: Count
    store_latency: Milliseconds
    store_throttles: Count
    conflicts: Count
    cold_starts: Literal[0, 1]
    timestamp: str
    level: Literal["INFO", "ERROR"]
    message: str
    method: Literal["GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "other"]
    status: Annotated[int, Meta(ge=200, lt=600)]
    error_code: str | None
    reason: str | None
    store_retries: Count
    replayed: bool
    request_id: str
    gateway_request_id: str | None
    trace_id: str | None
    caller: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")] | None


@contextmanager
def lines() -> Iterator[list[Line]]:
    """Yield what is written meanwhile, line by line, once it is over."""
    found: list[Line] = []
    with redirect_stdout(StringIO()) as output:
        yield found
    found += [msgspec.json.decode(line, type=Line) for line in output.getvalue().splitlines()]


class LogTest(ServiceTest):
    """A service that writes lines."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.service = Service(fresh_settings(METRICS_NAMESPACE="users-api-test"))

    def line(self, *call: Any, **headers: str) -> Line:
        """Return the one line that a call leaves."""
        with lines() as found:
            self.call(*call, **headers)
        [line] = found
        return line

    def test_calls(self) -> None:
        """A line tells what was called, what was answered, and what was asked of the store."""
        key = {"Idempotency_Key": "key"}
        for call, headers, told in [
            (("POST", "/users", USER), key, ("/users", 201, None, 1, False)),
            (("POST", "/users", USER), key, ("/users", 201, None, 2, True)),
            (("POST", "/users", USER), {}, ("/users", 409, "conflict", 1, False)),
            (("POST", "/users", {}), {}, ("/users", 400, "invalid_fields", 0, False)),
            (("GET", "/users/ada"), {}, ("/users/{userId}", 200, None, 1, False)),
            (("HEAD", "/users/ada"), {}, ("/users/{userId}", 200, None, 1, False)),
            (("GET", "/users/eve"), {}, ("/users/{userId}", 404, "not_found", 1, False)),
            (("GET", "/users"), {}, ("/users", 200, None, 1, False)),
            (("GET", "/docs/page.js"), {}, ("/docs/{name}", 200, None, 0, False)),
            (("PATCH", "/users/ada", {"name": "A"}), {}, ("/users/{userId}", 200, None, 2, False)),
            (("DELETE", "/users/ada"), {}, ("/users/{userId}", 204, None, 2, False)),
            (("GET", "/secret"), {}, ("unknown", 404, "not_found", 0, False)),
            (("PUT", "/users"), {}, ("unknown", 405, "method_not_allowed", 0, False)),
        ]:
            with self.subTest(call=call):
                line = self.line(*call, **headers)
                self.assertEqual(
                    (line.route, line.status, line.error_code, line.store_requests, line.replayed),
                    told,
                )
                method = call[0] if call[0] != "PUT" else "other"
                self.assertEqual(line.message, f"{method} {line.route} {line.status}")
                self.assertEqual(line.status_class, f"{line.status // 100}xx")

    def test_metrics(self) -> None:
        """The metrics are those of the line, with the route and the class of the status at most."""
        line = self.line("GET", "/users")
        values = msgspec.to_builtins(line)
        self.assertIsInstance(line.aws["Timestamp"], int)
        dimensions = {}
        for directive in line.aws["CloudWatchMetrics"]:
            self.assertEqual(directive["Namespace"], "users-api-test")
            [dimension] = directive["Dimensions"]
            dimensions[tuple(dimension)] = {each["Name"] for each in directive["Metrics"]}
        self.assertEqual(dimensions.keys(), {("Route", "StatusClass"), ()})
        for names in dimensions.values():
            for name in names:
                self.assertIsInstance(values[name], int | float)

    def test_bounded(self) -> None:
        """Whatever is asked for, the routes are few."""
        with lines() as found:
            for number in range(50):
                for path in (f"/{number}", f"/users/{number}", f"/docs/{number}", f"/%{number}"):
                    self.send("GET", path)
        self.assertEqual(len(found), 200)
        self.assertLessEqual(
            {line.route for line in found}, {"unknown", "/users/{userId}", "/docs/{name}"}
        )

    def test_cold_start(self) -> None:
        """Only the first request of an environment is one after a cold start."""
        service = Service(self.service.settings)
        with lines() as found:
            for _ in range(3):
                service.call("GET", "/users")
        self.assertEqual([line.cold_starts for line in found], [1, 0, 0])

    def test_store(self) -> None:
        """What goes wrong at the store is counted; a failure says its type and where."""
        closing = Plan(closed, "GetItem")
        for plan, told in [
            (closing, (200, 2, 1, 0, 0, None)),
            (Plan(CONFLICT, "GetItem"), (200, 2, 1, 1, 0, None)),
            (
                Plan(REFUSALS["throttled"], "GetItem", lasting=True),
                (503, 2, 1, 0, 2, "unavailable"),
            ),
        ]:
            with self.subTest(told=told), tapped(engine()) as wire:
                settings = msgspec.structs.replace(self.service.settings, endpoint_url=wire.url)
                service = Service(settings)
                self.service.call("POST", "/users", USER)
                wire.follow(plan)
                with lines() as found, self.assertNoLogs(level="ERROR"):
                    service.call("GET", "/users/ada")
                [line] = found
                self.assertEqual(
                    (
                        line.status,
                        line.store_requests,
                        line.store_retries,
                        line.conflicts,
                        line.store_throttles,
                        line.error_code,
                    ),
                    told,
                )
                self.assertGreater(line.store_latency, 0)
                self.assertEqual(line.server_errors, int(line.status == 503))
                self.assertEqual(line.level, "ERROR" if line.reason else "INFO")
                self.assertEqual(bool(line.reason), line.status == 503)

    def test_ids(self) -> None:
        """A line has the ids by which AWS knows the request, if they are such."""
        gateway = RestApi(self.service.app)
        variable = "_X_AMZN_TRACE_ID"
        self.addCleanup(os.environ.pop, variable)
        for trace, told in [(f"Root={TRACE};Sampled=1", TRACE), ("Root=ada@example.com", None)]:
            os.environ[variable] = trace
            with lines() as found:
                answer = gateway("GET", "/users", {}, b"")
            [line] = found
            self.assertEqual(line.request_id, answer.headers["X-Request-Id"])
            self.assertEqual(
                line.gateway_request_id, recorded("rest-v1")["requestContext"]["requestId"]
            )
            self.assertEqual(line.trace_id, told)

    def test_caller(self) -> None:
        """A hash tells callers apart; with another key it is another."""

        def hashes(key: str) -> list[str | None]:
            service = Service(
                fresh_settings(METRICS_NAMESPACE="test", ACCESS="token", CALLER_KEY=key)
            )
            call = Wsgi(service.app)
            with lines() as found:
                for subject in ("ada", "ada", "eve"):
                    call("GET", "/users", {}, b"", claims(subject, READ))
            return [line.caller for line in found]

        ada, same, eve = hashes("one")
        self.assertTrue(ada)
        self.assertEqual(ada, same)
        self.assertNotEqual(ada, eve)
        self.assertNotEqual(ada, hashes("another")[0])
