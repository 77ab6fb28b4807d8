"""What `docs/api.md` says of sending a call again after a 503."""

from uuid import uuid4

from tests.support.disturbed import DELETE, GET, PUT, TRANSACT, Call, MeanwhileTest
from tests.support.service import engine
from tests.support.wire import Plan, Wire, tapped
from tests.support.wire_faults import closed, late


class SentAgainTest(MeanwhileTest):
    """A client that was told 503 sends the same call again."""

    def setUp(self) -> None:
        super().setUp()
        self.wire: Wire = self.enterContext(tapped(engine()))

    def lost(self, call: Call) -> Call:
        """Make a call that takes effect, and is answered 503."""
        plan = Plan(closed, call.request, lasting=True, delivered=True)
        blind = Plan(closed, GET, nth=1 if call.method == "POST" else 2, lasting=True)
        self.assert_unavailable(self.disturbed_on(self.wire, call, plan, blind).answer)
        return call

    def held(self, call: Call) -> Call:
        """Make a call that takes effect when the wire delivers it, and is answered 503."""
        plan = Plan(late, call.request, lasting=True)
        self.assert_unavailable(self.disturbed_on(self.wire, call, plan).answer)
        return call

    def again(self, call: Call) -> int:
        """Send it again, undisturbed; return the status."""
        return self.call(call.method, call.target, call.document, **call.headers).status

    def naming(self) -> Call:
        return Call(PUT, "PATCH", self.target, self.changed(2), self.current())

    def removal(self) -> Call:
        return Call(DELETE, "DELETE", self.target, None, self.current())

    def creation(self) -> Call:
        self.remove()
        return Call(PUT, "POST", self.path, self.numbered(2))

    def test_create_with_key(self) -> None:
        """It is done once, whether the first one was done, comes late, or never comes."""
        for first in (self.lost, self.held):
            with self.subTest(first.__name__):
                key = {"Idempotency_Key": str(uuid4())}
                call = first(Call(TRANSACT, "POST", self.path, self.creation().document, key))
                self.assertEqual(self.again(call), 201)
                self.remove()
                self.wire.deliver()
                self.assert_gone()
                self.call("POST", self.path, self.numbered())

    def test_create_with_id(self) -> None:
        """It is a conflict if the first one was done; a late one may follow a removal."""
        self.assertEqual(self.again(self.lost(self.creation())), 409)
        self.assert_number(2)
        self.assertEqual(self.again(self.held(self.creation())), 201)
        self.remove()
        self.wire.deliver()
        self.assert_number(2)

    def test_if_match(self) -> None:
        """It is done once: refused if the first one was done, and never over what others do."""
        self.assertEqual(self.again(self.lost(self.naming())), 412)
        self.assert_number(2)
        self.change(1)
        self.assertEqual(self.again(self.held(self.naming())), 200)
        self.change(3)
        self.wire.deliver()
        self.assert_number(3)
        self.assertEqual(self.again(self.lost(self.removal())), 404)

    def test_remove_late(self) -> None:
        """A removal that comes late, after it was sent again, is not of the next one."""
        self.assertEqual(self.again(self.held(self.removal())), 204)
        self.call("POST", self.path, self.numbered(2))
        self.wire.deliver()
        self.assert_number(2)

    def test_without_if_match(self) -> None:
        """It is done over what others have changed meanwhile."""
        call = self.lost(self.naming()._replace(headers={}))
        self.change(3)
        self.assertEqual(self.again(call), 200)
        self.assert_number(2)
