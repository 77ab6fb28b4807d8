"""Changes and removals whose answer is lost, or that reach the store late, while others write."""

from functools import partial
from threading import Barrier
from uuid import uuid4

from tests.support.disturbed import (
    DELETE,
    GET,
    PUT,
    TRANSACT,
    Call,
    MeanwhileTest,
    after,
    before,
    joined,
)
from tests.support.service import engine
from tests.support.wire import Plan, tapped
from tests.support.wire_faults import late

LONGEST_WAIT = 10  # seconds; only a test that fails takes as long


class ChangeTest(MeanwhileTest):
    """A change is made once, and never over what others have done since."""

    def naming(self, *, conditional: bool) -> Call:
        """Return a change, perhaps on the condition that the user is as it is now."""
        headers = self.current() if conditional else {}
        return Call(PUT, "PATCH", self.target, {"name": "Bob"}, headers)

    def test_then_changed(self) -> None:
        """What others change afterwards stays, and the change is answered as it was made."""
        for conditional in (False, True):
            with self.subTest(conditional=conditional):
                self.change(name="Ada", email=None)
                call = self.naming(conditional=conditional)
                answer = self.disturbed(call, after(partial(self.change, name="Eve"), PUT)).answer
                self.assertEqual((answer.status, answer.json), (200, self.new("Bob")))
                self.assert_name("Eve")

    def test_then_changed_twice(self) -> None:
        """After two changes by others nothing tells any more whether it was made."""

        def change_twice() -> None:
            self.change(name="Eve")
            self.change(name="Zoe")

        for conditional in (False, True):
            with self.subTest(conditional=conditional):
                self.change(name="Ada")
                call = self.naming(conditional=conditional)
                self.assert_unavailable(self.disturbed(call, after(change_twice, PUT)).answer)
                self.assert_name("Zoe")

    def test_after_a_change(self) -> None:
        """Both changes last if the other one was first."""
        email = {"email": f"{uuid4()}@example.com"}
        call = self.naming(conditional=False)
        answer = self.disturbed(call, before(partial(self.change, **email), PUT)).answer
        self.assertEqual((answer.status, answer.json), (200, self.new("Bob", **email)))
        self.assertEqual(self.call("GET", self.target).json, answer.json)

    def test_then_removed(self) -> None:
        """A user who was removed afterwards may have been changed before."""
        for conditional in (False, True):
            with self.subTest(conditional=conditional):
                call = self.naming(conditional=conditional)
                self.assert_unavailable(self.disturbed(call, after(self.remove, PUT)).answer)
                self.assert_gone()
                self.call("POST", "/users", self.new())

    def test_late(self) -> None:
        """A change that comes late, though it was sent again, is not made over another."""
        for document in ({"name": "Bob"}, {"name": "Bob", "email": f"{uuid4()}@example.com"}):
            call = Call(TRANSACT if "email" in document else PUT, "PATCH", self.target, document)
            with self.subTest(call=call), tapped(engine()) as wire:
                answer = self.disturbed_on(wire, call, Plan(late, call.request)).answer
                self.assertEqual(answer.status, 200)
                self.change(name="Eve")
                wire.deliver()
                self.assert_name("Eve")

    def test_late_and_taken(self) -> None:
        """A change that is refused, but may come late, is no conflict."""
        email = {"email": f"{uuid4()}@example.com"}
        other = self.user(**email)
        call = Call(TRANSACT, "PATCH", self.target, email)
        with tapped(engine()) as wire:
            self.assert_unavailable(self.disturbed_on(wire, call, Plan(late, TRANSACT)).answer)
            self.assertEqual(self.call("DELETE", other).status, 204)
            wire.deliver()
            self.assertEqual(self.call("GET", self.target).json, self.new(**email))


class RemovalTest(MeanwhileTest):
    """A removal is of one user, and is confirmed to one."""

    def test_after_a_change(self) -> None:
        """A removal is of the user as it is then, unless another revision was named."""
        for number, (headers, status) in enumerate([(self.current(), 412), ({}, 204)]):
            with self.subTest(headers=headers):
                call = Call(DELETE, "DELETE", self.target, None, headers)
                plan = before(partial(self.change, name=str(number)), DELETE)
                self.assertEqual(self.disturbed(call, plan).answer.status, status)

    def test_then_replaced(self) -> None:
        """A user that was removed, and made again by somebody else, is not removed again."""
        call = Call(DELETE, "DELETE", self.target)
        make = partial(self.call, "POST", "/users", self.new("Eve"))
        self.assert_unavailable(self.disturbed(call, after(make, DELETE)).answer)
        self.assert_name("Eve")

    def test_lost_answer(self) -> None:
        """Nothing tells who removed a user that is gone."""
        plain = Call(DELETE, "DELETE", self.target)
        plan = after(self.assert_gone, DELETE)
        self.assert_unavailable(self.disturbed(plain, plan).answer)
        known = Call(TRANSACT, "DELETE", self.user(email=f"{uuid4()}@example.com"))
        plan = after(self.assert_gone, TRANSACT)
        self.assertEqual(self.disturbed(known, plan).answer.status, 204)

    def test_of_an_older_item(self) -> None:
        """An item without a revision may be stored again as it was, and is not removed again."""
        table, client = self.service.settings.table("users"), self.service.table()
        store = partial(client.sync_put_item, table, self.new("Old"))
        store()
        call = Call(DELETE, "DELETE", self.target)
        outcome = self.disturbed(call, after(store, DELETE))
        self.assert_unavailable(outcome.answer)
        self.assertEqual(outcome.requests, [GET, DELETE])
        self.assert_name("Old")

    def test_late(self) -> None:
        """A removal that comes late, though it was sent again, is not of the next user."""
        for email in ({}, {"email": f"{uuid4()}@example.com"}):
            request = TRANSACT if email else DELETE
            self.change(**email)
            call = Call(request, "DELETE", self.target)
            with self.subTest(call=call), tapped(engine()) as wire:
                answer = self.disturbed_on(wire, call, Plan(late, request)).answer
                self.assertEqual(answer.status, 204)
                self.call("POST", "/users", self.new("Eve", **email))
                wire.deliver()
                self.assert_name("Eve")

    def test_eight_at_once(self) -> None:
        """Of eight who remove a user whom all of them have seen, one did it."""
        for email in ({}, {"email": f"{uuid4()}@example.com"}):
            request = TRANSACT if email else DELETE
            call = Call(request, "DELETE", self.user(**email))
            everybody = Barrier(8, timeout=LONGEST_WAIT)
            outcomes = self.all_disturbed([call] * 8, [Plan(joined(everybody), request)] * 8)
            statuses = sorted(each.answer.status for each in outcomes)
            self.assertEqual(statuses, [204] + [404] * 7)
