"""What is kept about one person, found by a search through all tables."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from tools import lookups
from tools.errors import ToolError
from tools.patience import Pace
from tools.progress import say, steps
from tools.scans import pages
from tools.stages import IDEMPOTENCY, UNIQUE_VALUES, Stage, Table
from users_api import validation
from users_api.app import RESOURCES
from users_api.resource import Resource
from users_api.store.session import Item
from users_api.store.unique import KEY, UniqueValues

Link = Literal["theirs", "mentions them"]


class Person(Struct, frozen=True):
    """Somebody of whom a resource has, or had, a record: what tells that an item is about them."""

    resource: Resource[Any]
    record_id: str
    record: Item | None
    values: Mapping[str, str]  # their unique values, by field, in the form that is compared
    writes: frozenset[str]  # the ids of writes of their record

    def link(self, table: Table, item: Item) -> Link | None:
        """Tell what an item has to do with them."""
        if table.purpose == self.resource.name:
            theirs = item[table.key] == self.record_id
        elif table.purpose == UNIQUE_VALUES:
            theirs = self._is_marked(item)
        elif table.purpose == IDEMPOTENCY:
            theirs = item.get("writeId") in self.writes or self._added(item)
        else:
            theirs = False
        if theirs:
            return "theirs"
        return "mentions them" if self._mentions(table, item) else None

    def _is_marked(self, marker: Item) -> bool:
        """Tell whether a marker is of their record, or of a value of theirs that no record has."""
        if not str(marker[KEY]).startswith(f"{self.resource.name}#"):
            return False
        left = self.record is None and self._names(marker[KEY])
        return marker.get("recordId") == self.record_id or left

    def _added(self, item: Item) -> bool:
        """Tell whether the answer that an idempotency record remembers is about them."""
        added = item.get("added")
        known = isinstance(added, dict) and added.get(self.resource.key) == self.record_id
        return known or self._names(added)

    def _mentions(self, table: Table, item: Item) -> bool:
        resource = next((each for each in RESOURCES if each.name == table.purpose), None)
        fields = _referring(resource, self.resource) if resource else ()
        return self._names(item) or any(item.get(each) == self.record_id for each in fields)

    def _names(self, value: object) -> bool:
        """Tell whether one of their unique values is anywhere in a value."""
        for text in _texts(value):
            for field, known in self.values.items():
                last = text.removeprefix(f"{self.resource.name}#{field}#")
                if self.resource.unique[field](last) == known:
                    return True
        return False


class Found(Struct, frozen=True):
    """An item that has to do with a person."""

    table: Table
    item: Item
    link: Link


def person(stage: Stage, resource: Resource[Any], who: str, pace: Pace) -> Person:
    """Return who has this id or unique value; without a record, say so, and return who would have.

    Raises ToolError if two have it, one as id, or if nobody could.
    """
    called = " or ".join(["id", *resource.unique])
    values = {
        each: who for each in resource.unique if validation.is_valid(resource.model, each, who)
    }
    if not values and not resource.is_id(who):
        raise ToolError(f"No {resource.noun} could have that {called}.")
    records = _called(stage, resource, who, values, pace)
    if len(records) > 1:
        raise ToolError("One record has that as its id, another otherwise: give the other's id.")
    for record_id, record in records.items():
        return Person(resource, record_id, record, _forms(resource, record), _writes(record))
    say(f"No {resource.noun} has that {called}.")
    record_id = who if resource.is_id(who) else ""
    return Person(resource, record_id, None, _forms(resource, values), frozenset())


def _called(
    stage: Stage, resource: Resource[Any], who: str, values: Item, pace: Pace
) -> dict[str, Item]:
    """Return the records with this id or these unique values, by their ids."""
    table, markers = stage.table(resource.name), stage.table(UNIQUE_VALUES)
    claims = UniqueValues(resource, markers.name).claims("", {}, values).values()
    marked = lookups.many(stage, markers, (each.subject[KEY] for each in claims), pace)
    ids = [str(marker.get("recordId")) for marker in marked.values()]
    found = lookups.many(stage, table, [*filter(resource.is_id, [who, *ids])], pace)
    forms = _forms(resource, values)
    return {
        record_id: record
        for record_id, record in found.items()
        if record_id == who or forms.items() & _forms(resource, record).items()
    }


def search(stage: Stage, who: Person, pace: Pace) -> list[Found]:
    """Return every item of every table that has to do with somebody."""
    found: list[Found] = []
    for table in stage.tables:
        with steps(table.purpose, stage.described(table.purpose).items) as told:
            for page in pages(stage, table, pace):
                for item in page.items:
                    link = who.link(table, item)
                    if link:
                        found.append(Found(table, item, link))
                told.advance(len(page.items))
    return found


def _forms(resource: Resource[Any], record: Item) -> dict[str, str]:
    """Return the unique values of a record in the form that is compared."""
    return {
        field: form(record[field])
        for field, form in resource.unique.items()
        if isinstance(record.get(field), str)
    }


def _writes(record: Item) -> frozenset[str]:
    names = ("writeId", "previousWriteId", "creationId")
    return frozenset(str(record[name]) for name in names if name in record)


def _referring(resource: Resource[Any], target: Resource[Any]) -> Iterator[str]:
    """Yield the fields of a resource that hold the id of a record of another."""
    for field, referred in resource.references.items():
        if referred.name == target.name:
            yield field
    if resource.name != target.name and resource.owner and target.owner == target.key:
        yield resource.owner


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a value, however deep it lies."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, (list, tuple, set)):
        for each in value:
            yield from _texts(each)
