"""What is tried against every fault: calls, and tables that are alike whenever one begins."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from msgspec import json
from msgspec.structs import replace

from tests.faults.invariants import Item, assert_agreement, contents
from tests.support.service import Service
from tests.support.transports import Answer
from tests.support.wire import Plan, Wire

ADA = {"userId": "ada", "name": "Ada", "email": "ada@example.com"}
BOB = {"userId": "bob", "name": "Bob"}
EVE = {"userId": "eve", "name": "Eve"}  # made with a key
OLD = {"userId": "old", "name": "Old"}  # stored by older code, which kept nothing more
NEW = {"userId": "new", "name": "New"}
NO_ID = {"name": "New"}

NEW_EMAIL = {"email": "new@example.com"}
ADAS_EMAIL = {"email": "Ada@Example.com"}
NO_EMAIL = {"email": None}

NEW_KEY = {"Idempotency_Key": "new"}
EVES_KEY = {"Idempotency_Key": "eve"}
STALE = {"If_Match": '"stale"'}
CURRENT = {"If_Match": "the ETag that the user has"}

# Whatever is different from run to run.
UNSTEADY = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # ids
    r"|\d{4}-\d\d-\d\dT[\d:.]+\+00:00|\b\d{10}\b"  # times
)

KEYS = ("userId", "uniqueValue", "key")  # of the tables


class Scenario(NamedTuple):
    """A call that is made twice, as by a client that got no answer the first time."""

    method: str
    target: str
    document: object = None
    headers: Mapping[str, str] = MappingProxyType({})


SCENARIOS = [
    Scenario("GET", "/health"),
    Scenario("GET", "/users"),
    Scenario("GET", "/users?email=ada@example.com"),
    Scenario("GET", "/users?email=nobody@example.com"),
    Scenario("GET", "/users/ada"),
    Scenario("GET", "/users/nobody"),
    Scenario("POST", "/users", NEW),
    Scenario("POST", "/users", NEW | NEW_EMAIL),
    Scenario("POST", "/users", NEW, NEW_KEY),
    Scenario("POST", "/users", NEW | NEW_EMAIL, NEW_KEY),
    Scenario("POST", "/users", NO_ID),
    Scenario("POST", "/users", NO_ID, NEW_KEY),
    Scenario("POST", "/users", EVE, EVES_KEY),
    Scenario("POST", "/users", NEW, EVES_KEY),
    Scenario("POST", "/users", BOB),
    Scenario("POST", "/users", BOB | NEW_EMAIL, NEW_KEY),
    Scenario("POST", "/users", NEW | ADAS_EMAIL),
    Scenario("PATCH", "/users/bob", {"name": "Robert"}),
    Scenario("PATCH", "/users/bob", {"name": "Robert"}, CURRENT),
    Scenario("PATCH", "/users/bob", {"name": "Robert"}, STALE),
    Scenario("PATCH", "/users/bob", {"name": "Bob"}),
    Scenario("PATCH", "/users/bob", NEW_EMAIL),
    Scenario("PATCH", "/users/bob", ADAS_EMAIL),
    Scenario("PATCH", "/users/ada", {"name": "Ada L."}),
    Scenario("PATCH", "/users/ada", ADAS_EMAIL),
    Scenario("PATCH", "/users/ada", NEW_EMAIL, CURRENT),
    Scenario("PATCH", "/users/ada", NO_EMAIL),
    Scenario("PATCH", "/users/old", {"name": "Older"}),
    Scenario("PATCH", "/users/nobody", {"name": "Somebody"}),
    Scenario("DELETE", "/users/bob"),
    Scenario("DELETE", "/users/ada"),
    Scenario("DELETE", "/users/ada", None, CURRENT),
    Scenario("DELETE", "/users/ada", None, STALE),
    Scenario("DELETE", "/users/old"),
    Scenario("DELETE", "/users/nobody"),
]


class Course(NamedTuple):
    """How a scenario went, without what is different from run to run.

    A step is an answer and the state of the tables after it.
    """

    before: str
    steps: tuple[tuple[str, str], tuple[str, str]]
    end: str  # the state of the tables when nothing is under way any more
    calls: list[str]  # that the first of the two made to DynamoDB


class Stage:
    """A service that can be disturbed, on tables that are alike whenever a scenario begins."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._undisturbed = Service()
        settings = self._undisturbed.settings
        self._disturbed = Service(replace(settings, endpoint_url=wire.url))
        self._store = self._undisturbed.table()
        self._undisturbed.call("POST", "/users", ADA)
        self._undisturbed.call("POST", "/users", BOB)
        self._undisturbed.call("POST", "/users", EVE, **EVES_KEY)
        self._store.sync_put_item(settings.table("users"), OLD)
        self._beginning = self._tables = contents(self._undisturbed)

    def play(self, scenario: Scenario, *plans: Plan, is_awaited: bool = True) -> Course:
        """Make the call, disturbed as planned, and once more undisturbed.

        What arrives late does so in between, or, if that is not awaited, at the end.
        """
        self._reset()
        method, target, document, headers = scenario
        if headers is CURRENT:
            headers = {"If_Match": self._undisturbed.call("GET", target).headers["ETag"]}
        self._wire.follow(*plans)
        answer = self._disturbed.call(method, target, document, **headers)
        if is_awaited:
            self._wire.deliver()
        first = self._step(answer)
        second = self._step(self._undisturbed.call(method, target, document, **headers))
        self._wire.deliver()
        end = self._look()
        return Course(_steady(self._beginning), (first, second), end, self._wire.calls.copy())

    def _reset(self) -> None:
        for (table, items), key in zip(self._tables.items(), KEYS, strict=True):
            beginning = self._beginning[table]
            for item in items:
                if item not in beginning:
                    self._store.sync_delete_item(table, {key: item[key]})
            for item in beginning:
                if item not in items:
                    self._store.sync_put_item(table, item)

    def _step(self, answer: Answer) -> tuple[str, str]:
        """Return the answer, and the state of the tables: the revision it names is in there."""
        state = self._look()
        assert answer.headers.get("ETag", "0").strip('"') in str(self._tables), answer
        return UNSTEADY.sub("-", f"{answer.status} {answer.body.decode()}"), state

    def _look(self) -> str:
        """Return the state of the tables, which agree with one another."""
        self._tables = contents(self._undisturbed)
        assert_agreement(self._tables)
        return _steady(self._tables)


def _steady(tables: dict[str, list[Item]]) -> str:
    texts = [json.encode(item, order="sorted") for items in tables.values() for item in items]
    return "\n".join(sorted(UNSTEADY.sub("-", text.decode()) for text in texts))
