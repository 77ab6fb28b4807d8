"""What is kept about one person, found by a search through all tables."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from tools import lookups
from tools.errors import ToolError
from tools.patience import Pace
from tools.progress import say, steps
from tools.scans import pages
from tools.stages import UNIQUE_VALUES, Stage, Table, resource_called
from users_api import validation
from users_api.app import RESOURCES
from users_api.resource import Resource
from users_api.store.session import Item
from users_api.store.unique import KEY, UniqueValues

Link = Literal["theirs", "mentions them"]

MOST_NAMED = 100  # records of others


class Person(Struct, frozen=True):
    """Somebody of whom a resource has, or had, a record: what tells that an item is about them."""

    resource: Resource[Any]
    record_id: str
    record: Item | None
    values: Mapping[str, str]  # their unique values, by field, in the form that is compared
    own: set[tuple[str, str]]  # resource and id of each record of theirs that has been seen
    writes: set[str]  # the ids of writes of these records

    def link(self, table: Table, item: Item) -> Link | None:
        """Tell what an item has to do with them.

        Records come first: of the other tables, what belongs to those that were seen is theirs.
        """
        resource = next((each for each in RESOURCES if each.name == table.purpose), None)
        if resource:
            return self._link(resource, item)
        if table.purpose == UNIQUE_VALUES:
            theirs = self._is_marked(item)
        else:
            theirs = item.get("writeId") in self.writes or self._added(item)
        if theirs:
            return "theirs"
        return "mentions them" if self._names(item) else None

    def _link(self, resource: Resource[Any], record: Item) -> Link | None:
        if self._owns(resource, record):
            self.own.add((resource.name, record[resource.key]))
            self.writes.update(_writes(record))
            return "theirs"
        fields = _referring(resource, self.resource)
        mentioned = self._names(record) or any(self._is_in(record, each) for each in fields)
        return "mentions them" if mentioned else None

    def _owns(self, resource: Resource[Any], fields: Item) -> bool:
        """Tell whether a record with these fields is theirs."""
        if resource.name == self.resource.name:
            return self._is_in(fields, resource.key)
        owner = resource.owner
        theirs = owner is not None and owner in _referring(resource, self.resource)
        return theirs and self._is_in(fields, str(owner))

    def _is_in(self, fields: Item, field: str) -> bool:
        return bool(self.record_id) and fields.get(field) == self.record_id

    def _is_marked(self, marker: Item) -> bool:
        """Tell whether a marker is of a record, or of a value of theirs that no record has."""
        name = str(marker[KEY]).partition("#")[0]
        left = name == self.resource.name and self.record is None and self._names(marker[KEY])
        return (name, marker.get("recordId")) in self.own or left

    def _added(self, item: Item) -> bool:
        """Tell whether the answer that an idempotency record remembers is about them."""
        added = item.get("added")
        known = isinstance(added, dict) and any(self._owns(each, added) for each in RESOURCES)
        return known or self._names(added)

    def _names(self, value: object) -> bool:
        """Tell whether one of their unique values is anywhere in a value."""
        for text in _texts(value):
            for field, known in self.values.items():
                last = text.removeprefix(f"{self.resource.name}#{field}#")
                if self.resource.unique[field](last) == known:
                    return True
        return False


class Found(Struct, frozen=True):
    """An item that is theirs."""

    table: Table
    item: Item


class Traces:
    """What a search has found: all that is theirs; of what mentions them, how much, and where."""

    def __init__(self) -> None:
        self.theirs: list[Found] = []
        self.mentions: Counter[str] = Counter()
        self.named: list[str] = []  # the first of these

    @property
    def own(self) -> Counter[str]:
        """How much is theirs, and of what."""
        return Counter(each.table.purpose for each in self.theirs)

    def note(self, table: Table, item: Item, link: Link | None) -> None:
        """Note an item that was found."""
        if link == "theirs":
            self.theirs.append(Found(table, item))
        elif link:
            self.mentions[table.purpose] += 1
            if len(self.named) < MOST_NAMED:
                self.named.append(f"{table.purpose}/{item[table.key]}")


def people(name: str | None) -> Resource[Any]:
    """Return the resource of this name; without one that whose records belong to themselves."""
    if name:
        return resource_called(name)
    return next((each for each in RESOURCES if each.owner == each.key), RESOURCES[0])


def person(stage: Stage, resource: Resource[Any], who: str, pace: Pace) -> Person:
    """Return who has this id or unique value; without a record, say so, and return who would have.

    Raises ToolError if two have it, one as id, or if nobody could.
    """
    called = " or ".join(", ".join(["id", *resource.unique]).rsplit(", ", 1))
    values = {
        each: who for each in resource.unique if validation.is_valid(resource.model, each, who)
    }
    if not values and not resource.is_id(who):
        raise ToolError(f"No {resource.noun} could have that {called}.")
    records = _called(stage, resource, who, values, pace)
    if len(records) > 1:
        raise ToolError("One record has that as its id, another otherwise: give the other's id.")
    for record_id, record in records.items():
        return _person(resource, record_id, record, _forms(resource, record))
    say(f"No {resource.noun} has that {called}.")
    record_id = who if resource.is_id(who) else ""
    return _person(resource, record_id, None, _forms(resource, values))


def _person(
    resource: Resource[Any], record_id: str, record: Item | None, values: Mapping[str, str]
) -> Person:
    own, writes = {(resource.name, record_id)}, {*_writes(record or {})}
    return Person(resource, record_id, record, values, own, writes)


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


def search(stage: Stage, who: Person, pace: Pace) -> Traces:
    """Return what every table has of somebody."""
    traces = Traces()
    for table in stage.tables:
        with steps(table.purpose, stage.described(table.purpose).items) as told:
            for page in pages(stage, table, pace):
                for item in page.items:
                    traces.note(table, item, who.link(table, item))
                told.advance(len(page.items))
    return traces


def _forms(resource: Resource[Any], record: Item) -> dict[str, str]:
    """Return the unique values of a record in the form that is compared."""
    return {
        field: form(record[field])
        for field, form in resource.unique.items()
        if isinstance(record.get(field), str)
    }


def _writes(record: Item) -> Iterable[str]:
    names = ("writeId", "previousWriteId", "creationId")
    return (str(record[name]) for name in names if name in record)


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
