"""What creates the records of an import: the same writes, on the same conditions, as the API's."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tools.sources import Entry
from tools.stages import UNIQUE_VALUES, Stage
from users_api.resource import Resource
from users_api.store.collection import TAKEN
from users_api.store.items import made
from users_api.store.references import References
from users_api.store.session import Item, Write
from users_api.store.unique import KEY, UniqueValues

MOST_WRITES = 10  # of a transaction: AWS takes 100, Amazon's DynamoDB Local of 2020 takes 10


class Creation(NamedTuple):
    """What creates the record of an entry, and what may stand in its way, by field."""

    entry: Entry[Any]
    record_id: str
    item: Item
    own: Write
    others: Mapping[str, tuple[Write, str]]

    @property
    def writes(self) -> list[Write]:
        """All that is applied, or nothing."""
        return [self.own, *(write for write, _ in self.others.values())]

    @property
    def stands_alone(self) -> bool:
        """Whether it goes in a request of its own: a plain put costs half, a check may recur."""
        return not self.others or any(each.kind == "condition_check" for each in self.writes)

    def keys(self) -> set[str]:
        """Return what no other creation may have: the id and the unique values."""
        markers = (each.subject[KEY] for each in self.writes if KEY in each.subject)
        return {self.record_id, *markers}


class Creations:
    """Makes creations of the records of a resource.

    Records of ours are taken as they were stored: what one referred to may be gone since.
    """

    def __init__(self, stage: Stage, resource: Resource[Any], *, are_ours: bool) -> None:
        self._are_ours = are_ours
        self._table = stage.table(resource.name)
        self._unique = UniqueValues(resource, stage.table(UNIQUE_VALUES).name)
        self._references = References(resource, lambda purpose: stage.table(purpose).name)

    def of(self, entry: Entry[Any]) -> Creation:
        """Return what creates the record of an entry."""
        item = made(entry.record) | entry.times
        record_id = item[self._table.key]
        condition = f"attribute_not_exists({self._table.key})"
        own = Write("put", self._table.name, item, condition, repeatable=False)
        claims = self._unique.claims(record_id, {}, item)
        others = {field: (write, TAKEN) for field, write in claims.items()}
        others |= {} if self._are_ours else self._references.checks({}, item)
        return Creation(entry, record_id, item, own, others)


def rounds(creations: Iterable[Creation]) -> Iterator[list[Creation]]:
    """Yield creations in rounds, so that of two with the same key the first one comes first."""
    left = list(creations)
    while left:
        taken: set[str] = set()
        now: list[Creation] = []
        later: list[Creation] = []
        for each in left:
            (later if taken & each.keys() else now).append(each)
            taken |= each.keys()
        yield now
        left = later


def batches(creations: Iterable[Creation]) -> Iterator[list[Creation]]:
    """Yield creations in batches that are one request each."""
    batch: list[Creation] = []
    for each in creations:
        if each.stands_alone:
            yield [each]
            continue
        writes = sum(len(other.writes) for other in [*batch, each])
        if writes > MOST_WRITES:
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch
