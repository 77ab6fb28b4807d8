"""Verify: everything that is stored is read, and what does not agree is told.

A scan takes a while, and others write meanwhile. So whatever looks wrong is read again, together
with what it should agree with, in one transaction: only what is wrong at one moment is told.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from msgspec import ValidationError

from tools import lookups
from tools.patience import Pace
from tools.problems import Findings, Kind, Problem
from tools.progress import steps
from tools.repairs import Repairs
from tools.scans import Page, pages
from tools.stages import IDEMPOTENCY, UNIQUE_VALUES, Stage, resource_called
from users_api.app import RESOURCES
from users_api.resource import Resource
from users_api.store.items import restored, unchanged
from users_api.store.session import Item
from users_api.store.unique import KEY, UniqueValues


class Value(NamedTuple):
    """A unique value that a record has, in the form of its marker."""

    marked: str
    owner: str


class Verification:
    """One look at all tables; what can be mended is, if `repairs` are given."""

    def __init__(self, stage: Stage, pace: Pace, repairs: Repairs | None) -> None:
        self._stage = stage
        self._pace = pace
        self._repairs = repairs
        self._markers = stage.table(UNIQUE_VALUES)
        self._unique = {each.name: UniqueValues(each, self._markers.name) for each in RESOURCES}
        self.findings = Findings()

    def run(self) -> Findings:
        """Check all tables. Markers come first, so that one without owner is out of the way."""
        for page in self._pages(UNIQUE_VALUES):
            self._check_markers(page.items)
        for resource in RESOURCES:
            missing: dict[str, list[Problem]] = defaultdict(list)
            for page in self._pages(resource.name):
                for each in self._unmarked(resource, self._readable(resource, page.items)):
                    missing[each.key].append(each)
            for problems in missing.values():
                self._tell_missing(problems)
        for page in self._pages(IDEMPOTENCY):
            self._check_idempotency(page.items)
        return self.findings

    def _pages(self, purpose: str) -> Iterator[Page]:
        checked = self.findings.checked
        checked[purpose] = 0
        with steps(purpose, self._stage.described(purpose).items) as told:
            for page in pages(self._stage, self._stage.table(purpose), self._pace):
                yield page
                checked[purpose] += len(page.items)
                told.advance(len(page.items))

    def _tell(self, problem: Problem) -> None:
        if self._repairs:
            self._repairs.mend(problem)
        self.findings.problems.append(problem)

    def _check_markers(self, markers: Sequence[Item]) -> None:
        by_resource: dict[str, list[Value]] = defaultdict(list)
        for marker in markers:
            name, _, rest = marker[KEY].partition("#")
            resource = next((each for each in RESOURCES if each.name == name), None)
            if resource and rest.partition("#")[0] in resource.unique and "recordId" in marker:
                by_resource[name].append(Value(marker[KEY], marker["recordId"]))
            else:
                self._tell(Problem(kind=Kind.UNKNOWN, table=UNIQUE_VALUES, key=marker[KEY]))
        for name, values in by_resource.items():
            self._check_owners(name, values)

    def _check_owners(self, name: str, values: Sequence[Value]) -> None:
        table = self._stage.table(name)
        ids = (value.owner for value in values)
        records = lookups.many(self._stage, table, ids, self._pace)
        for value in values:
            if value in self._values(name, records.get(value.owner)):
                continue
            record, marker = self._now(name, value)
            if marker and marker["recordId"] == value.owner and not self._has(name, record, value):
                self._tell(self._problem(Kind.UNOWNED, name, value, record))

    def _readable(self, resource: Resource[Any], items: Sequence[Item]) -> Iterator[Item]:
        for item in items:
            if is_readable(resource, item):
                yield item
            else:
                key = item[resource.key]
                self._tell(Problem(kind=Kind.UNREADABLE, table=resource.name, key=key))

    def _unmarked(self, resource: Resource[Any], items: Iterator[Item]) -> Iterator[Problem]:
        """Yield the values whose marker is missing or that of another record."""
        values = [value for item in items for value in self._values(resource.name, item)]
        keys = (value.marked for value in values)
        markers = lookups.many(self._stage, self._markers, keys, self._pace)
        for value in values:
            if markers.get(value.marked, {}).get("recordId") == value.owner:
                continue
            record, marker = self._now(resource.name, value)
            if self._has(resource.name, record, value) and not _is_of(marker, value):
                yield self._judged(resource.name, value, record, marker)

    def _judged(self, name: str, value: Value, record: Item | None, marker: Item | None) -> Problem:
        """Tell a value that another record has, too, from one whose marker is missing."""
        if marker:
            other = Value(value.marked, str(marker.get("recordId")))
            record_of_other, _ = self._now(name, other)
            if self._has(name, record_of_other, other):
                return self._problem(Kind.SHARED, name, value, record)
        return self._problem(Kind.UNMARKED, name, value, record)

    def _tell_missing(self, problems: list[Problem]) -> None:
        for each in problems:
            if len(problems) > 1:
                each.kind = Kind.SHARED
            self._tell(each)

    def _check_idempotency(self, items: Sequence[Item]) -> None:
        now = int(time.time())
        for item in items:
            expires = item.get("expiresAt")
            if not isinstance(expires, (int, float)) or "fingerprint" not in item:
                self._tell(Problem(kind=Kind.FOREIGN, table=IDEMPOTENCY, key=item["key"]))
            elif expires <= now:
                self._tell(Problem(kind=Kind.EXPIRED, table=IDEMPOTENCY, key=item["key"]))

    def _now(self, name: str, value: Value) -> tuple[Item | None, Item | None]:
        """Return a record and a marker as they are at one moment."""
        keys = [(self._stage.table(name), value.owner), (self._markers, value.marked)]
        record, marker = lookups.together(self._stage, keys, self._pace)
        return record, marker

    def _values(self, name: str, record: Item | None) -> list[Value]:
        """Return the unique values of a record under the rules of today."""
        if record is None or not is_readable(resource_called(name), record):
            return []
        owner = record[self._stage.table(name).key]
        claims = self._unique[name].claims(owner, {}, record)
        return [Value(write.subject[KEY], owner) for write in claims.values()]

    def _has(self, name: str, record: Item | None, value: Value) -> bool:
        """Tell whether a record has a value; nothing is said of one that no model reads."""
        resource = resource_called(name)
        readable = record is None or is_readable(resource, record)
        return not readable or value in self._values(name, record)

    def _problem(self, kind: Kind, name: str, value: Value, record: Item | None) -> Problem:
        key = self._stage.table(name).key
        return Problem(
            kind=kind,
            table=UNIQUE_VALUES,
            key=value.marked,
            owner=value.owner,
            resource=name,
            unchanged=None if record is None else unchanged(record, key),
        )


def is_readable(resource: Resource[Any], item: Item) -> bool:
    """Tell whether an item is a record of a resource."""
    try:
        restored(resource, item)
    except ValidationError:
        return False
    return True


def _is_of(marker: Item | None, value: Value) -> bool:
    return marker is not None and marker.get("recordId") == value.owner
