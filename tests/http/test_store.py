"""A store that fails: what the client is told, and what is asked of the store again."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from typing import Any
from uuid import uuid4

from tests.support.disturbed import (
    DELETE,
    GET,
    PUT,
    TRANSACT,
    Call,
    DisturbedTest,
    MeanwhileTest,
    first,
)
from tests.support.transports import Answer
from tests.support.wire import Fault, Plan, Request
from tests.support.wire_faults import (
    CONFLICT,
    MISTAKES,
    cancelled,
    closed,
    cut_short,
    dripping,
    error,
    web_page,
)

CONTENDED, REFUSED = "TransactionConflict", "ConditionalCheckFailed"


class ReadTest(DisturbedTest):
    """What is read is up to date: the engine of the tests always is, DynamoDB only if asked."""

    def test_consistent(self) -> None:
        """Every read asks for the latest state."""
        asked: list[bytes] = []

        def noted(request: Request) -> Iterator[bytes]:
            asked.append(request.body)
            yield request.answer

        unique = self.fresh()
        target, [(field, value)] = self.record(**unique), unique.items()
        for request, path in [
            (GET, target),
            (GET, f"{self.path}?{field}={value}"),
            ("Scan", self.path),
        ]:
            plan = Plan(noted, request, lasting=True, delivered=True)
            self.assertEqual(self.disturbed(Call(request, "GET", path), plan).answer.status, 200)
        self.assertEqual(len(asked), 4)
        for body in asked:
            self.assertTrue(json.loads(body)["ConsistentRead"])


class TroubleTest(DisturbedTest):
    """The store cannot answer."""

    def test_for_ever(self) -> None:
        """The client is asked to try again, and the store was, twice, where that is safe.

        A creation that may have been applied is not sent again: what is there is looked at.
        """
        unknown = [
            closed,
            cut_short,
            web_page,
            error(500, "InternalServerError"),
            error(503, "ServiceUnavailable"),
            error(400, "SomethingNewException"),
        ]
        throttled = [
            error(400, "ProvisionedThroughputExceededException"),
            error(400, "ThrottlingException"),
        ]
        read, write = Call(GET, "GET", self.one("a")), Call(PUT, "POST", self.path, self.new())
        both = Call(TRANSACT, "POST", self.path, self.new(**self.fresh()))
        cases = [
            (both, cancelled("None", "ThrottlingError"), [TRANSACT, TRANSACT]),
            *((read, fault, [GET, GET]) for fault in unknown + throttled),
            *((write, fault, [PUT, PUT]) for fault in throttled),
            *((write, fault, [PUT, GET]) for fault in unknown),
        ]
        plans = [Plan(fault, call.request, lasting=True) for call, fault, _ in cases]
        outcomes = self.all_disturbed([call for call, _, _ in cases], plans)
        for (call, fault, requests), outcome in zip(cases, outcomes, strict=True):
            with self.subTest(call=call, fault=fault):
                self.assert_unavailable(outcome.answer)
                self.assertEqual(outcome.requests, requests)

    def test_once(self) -> None:
        """A moment's trouble is not the client's."""
        faults = [closed, cut_short, error(400, "ThrottlingException")]
        calls = [Call(GET, "GET", self.record())] * len(faults)
        for outcome in self.all_disturbed(calls, [Plan(fault, GET) for fault in faults]):
            self.assertEqual((outcome.answer.status, outcome.requests), (200, [GET, GET]))

    def test_too_late(self) -> None:
        """After a slow answer nothing more is asked, lest the call takes longer than it may."""
        late = self.fresh()
        self.record(**late)
        [(field, value)] = late.items()
        calls = [
            Call(GET, "GET", f"{self.path}?{field}={value}"),
            Call(GET, "PATCH", self.record(), self.changed(2)),
            Call(GET, "DELETE", self.record()),
        ]
        plans = [Plan(dripping(3), GET, delivered=True)] * len(calls)
        for call, outcome in zip(calls, self.all_disturbed(calls, plans), strict=True):
            with self.subTest(call=call):
                self.assert_unavailable(outcome.answer)
                self.assertEqual(outcome.requests, [GET])


class WriteTest(DisturbedTest):
    """Writes whose success the store does not tell at first."""

    def writes(self) -> list[Call]:
        """Return writes of every kind, each about a record of its own."""
        path, change, fresh = self.path, self.changed(2), self.fresh

        def new(**fields: Any) -> dict[str, Any]:
            return self.new(str(uuid4()), **fields)

        def key() -> dict[str, str]:
            return {"Idempotency_Key": str(uuid4())}

        return [
            Call(PUT, "POST", path, new()),
            Call(TRANSACT, "POST", path, new(**fresh())),
            Call(TRANSACT, "POST", path, new(), key()),
            Call(TRANSACT, "POST", path, new(**fresh()), key()),
            Call(PUT, "PATCH", self.record(), change),
            Call(PUT, "PATCH", self.record(**fresh()), change),
            Call(TRANSACT, "PATCH", self.record(), fresh()),
            Call(TRANSACT, "PATCH", self.record(**fresh()), fresh()),
            Call(TRANSACT, "PATCH", self.record(**fresh()), self.no_unique()),
            Call(DELETE, "DELETE", self.record()),
            Call(TRANSACT, "DELETE", self.record(**fresh())),
        ]

    def transactions(self) -> list[Call]:
        return [call for call in self.writes() if call.request == TRANSACT]

    def assert_absorbed(self, calls: Sequence[Call], plan: Callable[[Call], Plan]) -> None:
        """Assert that what goes wrong as planned costs one more request, and nothing else."""
        outcomes = self.all_disturbed(calls, [plan(call) for call in calls])
        for call, (answer, requests) in zip(calls, outcomes, strict=True):
            with self.subTest(call=call):
                self.assert_done(call, answer)
                self.assertEqual(requests.count(call.request), 2)

    def assert_done(self, call: Call, answer: Answer) -> None:
        """Assert that the answer is that of success, and the truth."""
        self.assertEqual(answer.status, {"POST": 201, "PATCH": 200, "DELETE": 204}[call.method])
        if call.method == "DELETE":
            self.assert_refused(self.call("GET", call.target), 404)
        else:
            found = self.call("GET", f"{self.path}/{answer.json[self.kind.key]}")
            self.assertEqual(found.body, answer.body)
            self.assertEqual(found.headers["ETag"], answer.headers["ETag"])
        self.assertNotIn("Idempotent-Replayed", answer.headers)

    def test_lost_answer(self) -> None:
        """What was done is answered as done, although the first answer is lost."""
        self.assert_absorbed(
            [call for call in self.writes() if call.request == TRANSACT or call.method == "PATCH"],
            lambda call: Plan(closed, call.request, delivered=True),
        )

    def test_contention(self) -> None:
        """While another transaction is in the way, the same is asked again."""
        self.assert_absorbed(self.writes(), lambda call: Plan(contention(call), call.request))

    def test_contention_with_itself(self) -> None:
        """That may be our own first attempt, which is about to be applied after all."""
        for call in self.transactions():
            lost = Plan(closed, TRANSACT, delivered=True)
            with self.subTest(call=call):
                answer, requests = self.disturbed(call, lost, Plan(contention(call), TRANSACT, 2))
                self.assert_done(call, answer)
                self.assertEqual(requests.count(TRANSACT), 3)

    def test_contention_and_refusal(self) -> None:
        """What is refused while another transaction is in the way is not yet the whole truth."""
        refused_first = Plan(cancelled(REFUSED, CONTENDED), TRANSACT)
        self.assert_absorbed(self.transactions(), lambda _: refused_first)
        contended_first = Plan(cancelled(CONTENDED, REFUSED), TRANSACT)
        self.assert_absorbed(self.transactions(), lambda _: contended_first)

    def test_endless(self) -> None:
        """Contention that does not end, nor changes by others, are not waited for too long."""
        calls = self.writes()
        plans = [Plan(contention(call), call.request, lasting=True) for call in calls]
        changes = [call for call in self.transactions() if call.method != "POST"]
        plans += [Plan(cancelled(REFUSED), TRANSACT, lasting=True)] * len(changes)
        calls += changes
        for call, outcome in zip(calls, self.all_disturbed(calls, plans), strict=True):
            with self.subTest(call=call):
                self.assert_unavailable(outcome.answer)
                self.assertIn(outcome.requests.count(call.request), range(3, 15))

    def test_repeated_with_key(self) -> None:
        """Who is told of trouble though all was done gets the answer by asking again."""
        headers = {"Idempotency_Key": str(uuid4())}
        call = Call(TRANSACT, "POST", self.path, self.new(), headers)
        outcome = self.disturbed(call, Plan(web_page, TRANSACT, lasting=True, delivered=True))
        self.assert_unavailable(outcome.answer)
        answer = self.call("POST", self.path, call.document, **headers)
        self.assertEqual((answer.status, answer.headers["Idempotent-Replayed"]), (201, "true"))

    def test_own_key(self) -> None:
        """A key that our own first attempt has used up is no replay."""
        call = Call(TRANSACT, "POST", self.path, self.new(), {"Idempotency_Key": str(uuid4())})
        lost = Plan(closed, TRANSACT, delivered=True)
        answer = self.disturbed(call, lost, Plan(cancelled("None", REFUSED), TRANSACT, 2)).answer
        self.assert_done(call, answer)

    def test_key_that_expires_meanwhile(self) -> None:
        """A key that is refused, and forgotten before it is looked up, can be used again."""
        headers = {"Idempotency_Key": str(uuid4())}
        call = Call(TRANSACT, "POST", self.path, self.new(), headers)
        outcome = self.disturbed(call, Plan(cancelled("None", REFUSED), TRANSACT))
        self.assert_unavailable(outcome.answer)
        self.assertEqual(outcome.requests, [TRANSACT, GET])


class LookUpTest(MeanwhileTest):
    """A look-up reads who has the value, and then that user, who may not have it any more."""

    def test_meanwhile(self) -> None:
        """Nobody has a value that was given up, or whose owner is gone."""
        shared = self.fresh()
        [(field, value)] = shared.items()
        changes: list[Callable[[], object]] = [
            partial(self.change, 2, **self.no_unique()),
            partial(self.change, 2, **self.fresh()),
            self.remove,
        ]
        for meanwhile in changes:
            self.change(**shared)
            call = Call(GET, "GET", f"{self.path}?{field}={value}")
            plan = Plan(first(meanwhile), GET, nth=2)
            with self.subTest(meanwhile=meanwhile):
                answer = self.disturbed(call, plan).answer
                self.assertEqual((answer.status, answer.json), (200, {self.kind.name: []}))


class MistakeTest(DisturbedTest):
    """The store refuses for good: that is our own fault."""

    def test_mistakes(self) -> None:
        """The client is not told why; the log is, once, and nothing is asked again."""
        calls = [
            Call(GET, "GET", self.one("a")),
            Call(PUT, "POST", self.path, self.new()),
            Call(TRANSACT, "POST", self.path, self.new(**self.fresh())),
        ]
        impossible = ("impossible", cancelled("ValidationError")), calls[-1]
        for (name, fault), call in [*product(MISTAKES.items(), calls), impossible]:
            with self.subTest(name, call=call), self.assertLogs("users_api", "ERROR") as logs:
                outcome = self.disturbed(call, Plan(fault, call.request, lasting=True))
                self.assert_refused(outcome.answer, 500)
                self.assertEqual(outcome.answer.json["error"], "Internal server error")
                self.assertEqual(outcome.requests, [call.request])
                [told] = logs.output
                self.assertIn(outcome.answer.headers["X-Request-Id"], told)
                self.assertRegex(told, rf"(Exception|Error) in {call.request}, attempt 1")

    def test_disputed(self) -> None:
        """A unique value that is marked as somebody else's is for us to correct."""
        disputed = self.fresh()
        target, table = self.record(**disputed), self.service.settings.table("unique-values")
        [(field, value)] = disputed.items()
        marked = f"{self.kind.name}#{field}#{self.kind.resource.unique[field](value)}"
        marker = {"uniqueValue": marked, "recordId": "somebody"}
        self.service.table().sync_put_item(table, marker)
        for method, document in [("DELETE", None), ("PATCH", self.no_unique())]:
            with self.subTest(method=method), self.assertLogs("users_api", "ERROR"):
                self.assert_refused(self.call(method, target, document), 500)
        self.assertEqual(self.call("PATCH", target, self.changed(2)).status, 200)
        self.assertEqual(self.call("GET", target).json[field], value)


def contention(call: Call) -> Fault:
    """Return how DynamoDB says that another transaction is in the way of this request."""
    return cancelled(CONTENDED) if call.request == TRANSACT else CONFLICT
