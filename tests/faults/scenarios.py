"""What is tried against every fault: calls, and tables that are alike whenever one begins."""

import re
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote

from msgspec import json
from msgspec.structs import replace

from tests.faults.invariants import Item, assert_agreement, contents
from tests.support.resources import Kind
from tests.support.service import Service
from tests.support.transports import Answer
from tests.support.wire import Plan, Wire
from users_api.store.client import READ_TIMEOUT

NEW_KEY = {"Idempotency_Key": "new"}
EVES_KEY = {"Idempotency_Key": "eve"}
STALE = {"If_Match": '"stale"'}
CURRENT = {"If_Match": "the ETag that the record has"}

# Whatever is different from run to run.
UNSTEADY = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # ids
    r"|\d{4}-\d\d-\d\dT[\d:.]+\+00:00|\b\d{10}\b"  # times
)

UNAVAILABLE = 503

# What a resource must have for these.
NEEDED = {"create", "list", "read", "change", "remove", "be unique", "stand alone"}


class Scenario(NamedTuple):
    """A call that is made twice, as by a client that got no answer the first time."""

    method: str
    target: str
    document: object = None
    headers: Mapping[str, str] = MappingProxyType({})


class Cast:
    """The records that are there: Ada has a unique value, Bob none, Eve was made with a key.

    Old was stored by older code, which kept nothing more than its fields.
    """

    def __init__(self, kind: Kind, service: Service) -> None:
        self.kind = kind
        self._required = kind.required(service)
        self.ada = self.called("ada") | self.unique(1)
        self.bob, self.eve, self.old = map(self.called, ("bob", "eve", "old"))

    def called(self, name: str) -> dict[str, Any]:
        """Return a document of the record that is called so."""
        return {self.kind.key: self.kind.identified(name)} | self._required | self.changed(1)

    def changed(self, number: int) -> dict[str, Any]:
        """Return a field with another value for each number."""
        return {self.kind.field: self.kind.value(self.kind.field, number)}

    def unique(self, number: int) -> dict[str, Any]:
        """Return the unique field, likewise."""
        return {self.kind.unique: self.kind.value(self.kind.unique, number)}

    def scenarios(self) -> list[Scenario]:
        """Return every call that a resource with a unique field has."""
        path = f"/{self.kind.name}"
        new, ids = self.called("new"), [self.kind.identified(n) for n in ("ada", "bob", "old")]
        ada, bob, old = (f"{path}/{each}" for each in ids)
        nobody = f"{path}/{self.kind.identified('nobody')}"
        no_id = self._required | self.changed(1)
        same, theirs, free = self.changed(1), self.unique(1), self.unique(2)
        change = self.changed(2)
        look_up = [
            f"{path}?{field}={quote(str(value))}"
            for unique in (theirs, free)
            for field, value in unique.items()
        ]
        return [
            Scenario("GET", "/health"),
            Scenario("GET", path),
            *(Scenario("GET", each) for each in look_up),
            Scenario("GET", ada),
            Scenario("GET", nobody),
            Scenario("POST", path, new),
            Scenario("POST", path, new | free),
            Scenario("POST", path, new, NEW_KEY),
            Scenario("POST", path, new | free, NEW_KEY),
            Scenario("POST", path, no_id),
            Scenario("POST", path, no_id, NEW_KEY),
            Scenario("POST", path, self.eve, EVES_KEY),
            Scenario("POST", path, new, EVES_KEY),
            Scenario("POST", path, self.bob),
            Scenario("POST", path, self.bob | free, NEW_KEY),
            Scenario("POST", path, new | theirs),
            Scenario("PATCH", bob, change),
            Scenario("PATCH", bob, change, CURRENT),
            Scenario("PATCH", bob, change, STALE),
            Scenario("PATCH", bob, same),
            Scenario("PATCH", bob, free),
            Scenario("PATCH", bob, theirs),
            Scenario("PATCH", ada, change),
            Scenario("PATCH", ada, theirs),
            Scenario("PATCH", ada, free, CURRENT),
            Scenario("PATCH", ada, {self.kind.unique: None}),
            Scenario("PATCH", old, change),
            Scenario("PATCH", nobody, change),
            Scenario("DELETE", bob),
            Scenario("DELETE", ada),
            Scenario("DELETE", ada, None, CURRENT),
            Scenario("DELETE", ada, None, STALE),
            Scenario("DELETE", old),
            Scenario("DELETE", nobody),
        ]


class TooSlowError(Exception):
    """The machine was so busy that DynamoDB did not answer in time where nothing was disturbed."""


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

    def __init__(self, wire: Wire, kind: Kind) -> None:
        self._wire = wire
        self._undisturbed = Service()
        settings = self._undisturbed.settings
        self._disturbed = Service(replace(settings, endpoint_url=wire.url))
        self._store = self._undisturbed.table()
        self.cast, path = Cast(kind, self._undisturbed), f"/{kind.name}"
        self._undisturbed.call("POST", path, self.cast.ada)
        self._undisturbed.call("POST", path, self.cast.bob)
        self._undisturbed.call("POST", path, self.cast.eve, **EVES_KEY)
        self._store.sync_put_item(settings.table(kind.name), self.cast.old)
        self._beginning = self._tables = contents(self._undisturbed)
        self._keys = {kind.name: kind.key, "unique-values": "uniqueValue", "idempotency": "key"}

    def play(self, scenario: Scenario, *plans: Plan, is_awaited: bool = True) -> Course:
        """Make the call, disturbed as planned, and once more undisturbed.

        What arrives late does so in between, or, if that is not awaited, at the end.

        Raises:
            TooSlowError: Nothing can be said about it.

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
        begin = time.monotonic()
        answer = self._undisturbed.call(method, target, document, **headers)
        if answer.status == UNAVAILABLE and time.monotonic() - begin > READ_TIMEOUT:
            self._look()
            raise TooSlowError
        second = self._step(answer)
        self._wire.deliver()
        end = self._look()
        return Course(_steady(self._beginning), (first, second), end, self._wire.calls.copy())

    def _reset(self) -> None:
        for name, key in self._keys.items():
            table, items = self._undisturbed.settings.table(name), self._tables[name]
            for item in items:
                if item not in self._beginning[name]:
                    self._store.sync_delete_item(table, {key: item[key]})
            for item in self._beginning[name]:
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
