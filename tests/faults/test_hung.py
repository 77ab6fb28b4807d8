"""A store that hangs: a call ends in time all the same."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from msgspec.structs import replace

from tests.support.service import Service, ServiceTest, engine
from tests.support.transports import Answer
from tests.support.wire import Plan, tapped
from tests.support.wire_faults import dripping, hung

LONGEST = 5  # seconds
OPERATIONS = ["GetItem", "PutItem", "DeleteItem", "Scan", "TransactWriteItems"]

EVERYTHING = [Plan(hung, operation, lasting=True) for operation in OPERATIONS]
SLOW_THEN_HUNG = [Plan(dripping(1.5), "GetItem", delivered=True), *EVERYTHING[1:]]


class Case(NamedTuple):
    """A call, and what goes wrong with its requests to the store."""

    plans: list[Plan]
    method: str
    target: str
    document: object = None


class HungTest(ServiceTest):
    """Each kind of call, where the store hangs from the first request on or from a later one."""

    def test_ends_in_time(self) -> None:
        """The client is asked to try again before any gateway loses its patience."""
        for user_id in ("a", "b"):
            self.call("POST", "/users", {"userId": user_id, "name": "Ada"})
        email = {"email": "ada@example.com"}
        cases = [
            Case(EVERYTHING, "GET", "/health"),
            Case(EVERYTHING, "GET", "/users"),
            Case(EVERYTHING, "GET", "/users/a"),
            Case(EVERYTHING, "POST", "/users", {"name": "Ada"}),
            Case(EVERYTHING, "POST", "/users", {"name": "Ada"} | email),
            Case(EVERYTHING, "PATCH", "/users/a", {"name": "Bob"}),
            Case(EVERYTHING, "DELETE", "/users/a"),
            Case(SLOW_THEN_HUNG, "PATCH", "/users/a", {"name": "Bob"}),
            Case(SLOW_THEN_HUNG, "PATCH", "/users/b", email),
            Case(SLOW_THEN_HUNG, "DELETE", "/users/b"),
        ]
        with ThreadPoolExecutor(len(cases)) as threads:
            for case, (answer, seconds) in zip(cases, threads.map(self.timed, cases), strict=True):
                with self.subTest(case=case):
                    self.assert_refused(answer, 503)
                    self.assertLess(seconds, LONGEST)

    def timed(self, case: Case) -> tuple[Answer, float]:
        with tapped(engine()) as wire:
            service = Service(replace(self.service.settings, endpoint_url=wire.url))
            wire.follow(*case.plans)
            begin = time.monotonic()
            answer = service.call(case.method, case.target, case.document)
            return answer, time.monotonic() - begin
