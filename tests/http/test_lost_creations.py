"""Creations whose answer is lost, or that reach the store late, while others write."""

from functools import partial
from uuid import uuid4

from tests.support.disturbed import GET, PUT, TRANSACT, Call, MeanwhileTest, after, before
from tests.support.service import engine
from tests.support.wire import Plan, tapped
from tests.support.wire_faults import late


class CreationTest(MeanwhileTest):
    """A creation is made once, and not told of unless it is sure."""

    def setUp(self) -> None:
        super().setUp()
        self.remove()

    def creation(self) -> Call:
        return Call(PUT, "POST", self.path, self.numbered())

    def transactions(self) -> list[Call]:
        """Return creations that may be sent again: DynamoDB knows them by their token."""
        value, key = self.fresh(), {"Idempotency_Key": str(uuid4())}
        return [
            Call(TRANSACT, "POST", self.path, self.numbered(**value)),
            Call(TRANSACT, "POST", self.path, self.numbered(), key),
        ]

    def test_then_changed(self) -> None:
        """A record that was made, and changed since, however often, was made."""

        def change() -> None:
            self.change(2)
            self.change(3)

        call = self.creation()
        outcome = self.disturbed(call, after(change, PUT))
        self.assertEqual((outcome.answer.status, outcome.answer.json), (201, call.document))
        self.assertEqual(outcome.requests, [PUT, GET])
        self.assert_number(3)

    def test_then_removed(self) -> None:
        """A record whose removal was confirmed is not made again."""
        outcome = self.disturbed(self.creation(), after(self.remove, PUT))
        self.assert_unavailable(outcome.answer)
        self.assertEqual(outcome.requests, [PUT, GET])
        self.assert_gone()

    def test_log(self) -> None:
        """The log tells which attempt has left it open."""
        with self.assertLogs("users_api") as logs:
            self.disturbed(self.creation(), after(self.remove, PUT))
        self.assertIn("ConnectionException in PutItem, attempt 1", logs.output[0])

    def test_then_removed_by_token(self) -> None:
        """Where the store knows the request again, it was made, and stays removed."""
        for call in self.transactions():
            with self.subTest(call=call):
                outcome = self.disturbed(call, after(self.remove, TRANSACT))
                self.assertEqual((outcome.answer.status, outcome.answer.json), (201, call.document))
                self.assertEqual(outcome.requests, [TRANSACT, TRANSACT])
                self.assert_gone()

    def test_then_replaced(self) -> None:
        """Whether it was made cannot be told from another one with its id: that is no conflict."""
        outcome = self.disturbed(self.creation(), after(self.replace, PUT))
        self.assert_unavailable(outcome.answer)
        self.assert_number(3)

    def test_by_another(self) -> None:
        """A record that somebody else made first is taken."""
        make = partial(self.call, "POST", self.path, self.numbered(3))
        self.assert_refused(
            self.disturbed(self.creation(), before(make, PUT)).answer, 409, self.kind.key
        )
        self.assert_number(3)

    def test_late(self) -> None:
        """A creation that may come late is not confirmed, so nothing confirmed is undone by it."""
        with tapped(engine()) as wire:
            outcome = self.disturbed_on(wire, self.creation(), Plan(late, PUT))
            self.assert_unavailable(outcome.answer)
            self.assertEqual(outcome.requests, [PUT, GET])
            self.assert_gone()
            wire.deliver()
            self.assert_number(1)

    def test_late_by_token(self) -> None:
        """Where the store knows the request again, the late one changes nothing."""
        for call in self.transactions():
            with self.subTest(call=call), tapped(engine()) as wire:
                answer = self.disturbed_on(wire, call, Plan(late, TRANSACT)).answer
                self.assertEqual(answer.status, 201)
                self.remove()
                wire.deliver()
                self.assert_gone()

    def test_late_and_sent_again(self) -> None:
        """A client that sends its key again is safe from its own first request."""
        call = Call(TRANSACT, "POST", self.path, self.numbered(), {"Idempotency_Key": str(uuid4())})
        with tapped(engine()) as wire:
            plan = Plan(late, TRANSACT, lasting=True)
            self.assert_unavailable(self.disturbed_on(wire, call, plan).answer)
            self.assertEqual(self.disturbed(call).answer.status, 201)
            self.remove()
            wire.deliver()
            self.assert_gone()

    def test_late_and_taken(self) -> None:
        """A creation that is refused, but may come late, is no conflict."""
        value = self.fresh()
        other = self.record(**value)
        call = Call(TRANSACT, "POST", self.path, self.numbered(**value))
        with tapped(engine()) as wire:
            self.assert_unavailable(self.disturbed_on(wire, call, Plan(late, TRANSACT)).answer)
            self.assertEqual(self.call("DELETE", other).status, 204)
            wire.deliver()
            self.assert_number(1)
