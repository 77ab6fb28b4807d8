"""Changes and removals whose answer is lost, or that reach the store late, while others write."""

from functools import partial
from threading import Barrier

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
        """Return a change, perhaps on the condition that the record is as it is now."""
        headers = self.current() if conditional else {}
        return Call(PUT, "PATCH", self.target, self.changed(2), headers)

    def test_then_changed(self) -> None:
        """What others change afterwards stays, and the change is answered as it was made."""
        for conditional in (False, True):
            with self.subTest(conditional=conditional):
                self.change(1, **self.no_unique())
                call = self.naming(conditional=conditional)
                answer = self.disturbed(call, after(partial(self.change, 3), PUT)).answer
                self.assertEqual((answer.status, answer.json), (200, self.numbered(2)))
                self.assert_number(3)

    def test_then_changed_twice(self) -> None:
        """After two changes by others nothing tells any more whether it was made."""

        def change_twice() -> None:
            self.change(3)
            self.change(4)

        for conditional in (False, True):
            with self.subTest(conditional=conditional):
                self.change(1)
                call = self.naming(conditional=conditional)
                self.assert_unavailable(self.disturbed(call, after(change_twice, PUT)).answer)
                self.assert_number(4)

    def test_after_a_change(self) -> None:
        """Both changes last if the other one was first."""
        value = self.fresh()
        call = self.naming(conditional=False)
        answer = self.disturbed(call, before(partial(self.change, **value), PUT)).answer
        self.assertEqual((answer.status, answer.json), (200, self.numbered(2, **value)))
        self.assertEqual(self.call("GET", self.target).json, answer.json)

    def test_then_removed(self) -> None:
        """A record that was removed afterwards may have been changed before."""
        for conditional in (False, True):
            with self.subTest(conditional=conditional):
                call = self.naming(conditional=conditional)
                self.assert_unavailable(self.disturbed(call, after(self.remove, PUT)).answer)
                self.assert_gone()
                self.call("POST", self.path, self.numbered())

    def test_late(self) -> None:
        """A change that comes late, though it was sent again, is not made over another."""
        for document in (self.changed(2), self.changed(2) | self.fresh()):
            call = Call(
                TRANSACT if self.kind.unique in document else PUT, "PATCH", self.target, document
            )
            with self.subTest(call=call), tapped(engine()) as wire:
                answer = self.disturbed_on(wire, call, Plan(late, call.request)).answer
                self.assertEqual(answer.status, 200)
                self.change(3)
                wire.deliver()
                self.assert_number(3)

    def test_late_and_taken(self) -> None:
        """A change that is refused, but may come late, is no conflict."""
        value = self.fresh()
        other = self.record(**value)
        call = Call(TRANSACT, "PATCH", self.target, value)
        with tapped(engine()) as wire:
            self.assert_unavailable(self.disturbed_on(wire, call, Plan(late, TRANSACT)).answer)
            self.assertEqual(self.call("DELETE", other).status, 204)
            wire.deliver()
            self.assertEqual(self.call("GET", self.target).json, self.numbered(**value))


class RemovalTest(MeanwhileTest):
    """A removal is of one record, and is confirmed to one."""

    def test_after_a_change(self) -> None:
        """A removal is of the record as it is then, unless another revision was named."""
        for number, (headers, status) in enumerate([(self.current(), 412), ({}, 204)]):
            with self.subTest(headers=headers):
                call = Call(DELETE, "DELETE", self.target, None, headers)
                plan = before(partial(self.change, number + 2), DELETE)
                self.assertEqual(self.disturbed(call, plan).answer.status, status)

    def test_then_replaced(self) -> None:
        """A record that was removed, and made again by somebody else, is not removed again."""
        call = Call(DELETE, "DELETE", self.target)
        make = partial(self.call, "POST", self.path, self.numbered(3))
        self.assert_unavailable(self.disturbed(call, after(make, DELETE)).answer)
        self.assert_number(3)

    def test_lost_answer(self) -> None:
        """Nothing tells who removed a record that is gone."""
        plain = Call(DELETE, "DELETE", self.target)
        plan = after(self.assert_gone, DELETE)
        self.assert_unavailable(self.disturbed(plain, plan).answer)
        known = Call(TRANSACT, "DELETE", self.record(**self.fresh()))
        plan = after(self.assert_gone, TRANSACT)
        self.assertEqual(self.disturbed(known, plan).answer.status, 204)

    def test_of_an_older_item(self) -> None:
        """An item without a revision may be stored again as it was, and is not removed again."""
        table, client = self.service.settings.table(self.kind.name), self.service.table()
        store = partial(client.sync_put_item, table, self.numbered(5))
        store()
        call = Call(DELETE, "DELETE", self.target)
        outcome = self.disturbed(call, after(store, DELETE))
        self.assert_unavailable(outcome.answer)
        self.assertEqual(outcome.requests, [GET, DELETE])
        self.assert_number(5)

    def test_late(self) -> None:
        """A removal that comes late, though it was sent again, is not of the next record."""
        for value in ({}, self.fresh()):
            request = TRANSACT if value else DELETE
            self.change(**value)
            call = Call(request, "DELETE", self.target)
            with self.subTest(call=call), tapped(engine()) as wire:
                answer = self.disturbed_on(wire, call, Plan(late, request)).answer
                self.assertEqual(answer.status, 204)
                self.call("POST", self.path, self.numbered(3, **value))
                wire.deliver()
                self.assert_number(3)

    def test_eight_at_once(self) -> None:
        """Of eight who remove a record that all of them have seen, one did it."""
        self.read_timeout = LONGEST_WAIT  # for they wait for one another
        for value in ({}, self.fresh()):
            request = TRANSACT if value else DELETE
            call = Call(request, "DELETE", self.record(**value))
            everybody = Barrier(8, timeout=LONGEST_WAIT)
            outcomes = self.all_disturbed([call] * 8, [Plan(joined(everybody), request)] * 8)
            statuses = sorted(each.answer.status for each in outcomes)
            self.assertEqual(statuses, [204] + [404] * 7)
