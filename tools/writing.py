"""Storing the records of an import, while others write."""

from collections.abc import Sequence
from functools import partial
from math import ceil
from typing import Any, Literal, NamedTuple

from msgspec import ValidationError

from tools.creations import Creation
from tools.patience import Pace
from tools.scans import size
from tools.sources import Entry
from tools.stages import Stage
from users_api.errors import ConflictError, FieldError, NotFoundError, StoreUnavailableError
from users_api.resource import Resource
from users_api.store.collection import TAKEN, Collection
from users_api.store.items import Stored, is_ours
from users_api.store.session import Refusal, Session, Write
from users_api.store.unique import KEY

OnConflict = Literal["skip", "fail", "replace"]
Outcome = Literal["added", "unchanged", "replaced", "skipped", "rejected", "conflict"]

WRITE_UNIT = 1024  # bytes
UNREADABLE = "is that of a stored item that cannot be read"


class Result(NamedTuple):
    """What became of an entry, and what is wrong with it if it is not stored."""

    entry: Entry[Any]
    outcome: Outcome
    errors: Sequence[FieldError] = ()


class Writer:
    """Stores records, and settles what becomes of those that meet others."""

    def __init__(
        self, stage: Stage, resource: Resource[Any], on_conflict: OnConflict, pace: Pace
    ) -> None:
        self._connection = stage.connection
        self._resource = resource
        self._collection = Collection(stage.connection, resource, stage.settings.table)
        self._on_conflict = on_conflict
        self._pace = pace

    def write(self, batch: Sequence[Creation]) -> list[Result]:
        """Store a batch, in one request unless something stands in the way."""
        self._pace.spend(sum(map(_units, batch)))
        if len(batch) == 1:
            return [self._pace.patiently(partial(self._alone, batch[0]))]
        refusal = self._pace.patiently(partial(self._send, batch))
        if refusal is None:
            return [Result(each.entry, "added") for each in batch]
        refused = [each for each in batch if refusal.of(*each.writes)]
        others = [each for each in batch if not refusal.of(*each.writes)]
        alone = refused or batch  # all of them if it is not known what became of it
        results = [result for each in alone for result in self.write([each])]
        return results + (self.write(others) if refused and others else [])

    def _send(self, batch: Sequence[Creation]) -> Refusal | None:
        return self._connection.session().write(*(write for each in batch for write in each.writes))

    def _alone(self, creation: Creation) -> Result:
        refusal = self._send([creation])
        return self._settled(creation, refusal) if refusal else Result(creation.entry, "added")

    def _settled(self, creation: Creation, refusal: Refusal) -> Result:
        """Tell what becomes of an entry that was refused; replace what is stored if that is due."""
        entry = creation.entry
        try:
            stored: Stored[Any] = self._collection.get(creation.record_id)
        except NotFoundError:
            return Result(entry, *self._unmet(creation, refusal))
        except ValidationError:
            error = FieldError(self._resource.key, UNREADABLE)
            return Result(entry, "rejected", [error])
        if is_ours(stored.item, creation.item):
            return Result(entry, "added")
        if stored.record == entry.record:
            return Result(entry, "unchanged")
        if self._on_conflict == "replace":
            return self._replaced(creation)
        taken = FieldError(self._resource.key, TAKEN)
        return Result(entry, "skipped" if self._on_conflict == "skip" else "conflict", [taken])

    def _unmet(self, creation: Creation, refusal: Refusal) -> tuple[Outcome, list[FieldError]]:
        wrong = [
            FieldError(field, said)
            for field, (write, said) in creation.others.items()
            if refusal.of(write)
        ]
        if not wrong:  # what stood in the way is gone, or has never been
            raise StoreUnavailableError("A record was removed meanwhile")
        return ("conflict" if self._on_conflict == "fail" else "rejected"), wrong

    def _replaced(self, creation: Creation) -> Result:
        entry = creation.entry
        try:
            self._collection.change(creation.record_id, lambda _: entry.record, lambda _: True)
        except ConflictError as error:
            return Result(entry, "rejected", error.errors)
        except NotFoundError:
            raise StoreUnavailableError("A record was removed meanwhile") from None
        return Result(entry, "replaced")


class Rehearsal(Writer):
    """Tells what would become of records, and stores nothing."""

    def _send(self, batch: Sequence[Creation]) -> Refusal | None:
        session = self._connection.session()
        refused = [
            write
            for each in batch
            for write in each.writes
            if self._is_refused(session, each, write)
        ]
        return Refusal(refused) if refused else None

    def _is_refused(self, session: Session, creation: Creation, write: Write) -> bool:
        keys = {self._resource.key, KEY}
        if write.kind == "condition_check":
            return session.get(write.table, write.subject) is None
        found = session.get(write.table, {n: v for n, v in write.subject.items() if n in keys})
        return found is not None and found.get("recordId") != creation.record_id

    def _replaced(self, creation: Creation) -> Result:
        return Result(creation.entry, "replaced")


def _units(creation: Creation) -> int:
    """Return the capacity that a creation takes, twice as much in a transaction."""
    units = sum(ceil(size(each.subject) / WRITE_UNIT) for each in creation.writes)
    return units if len(creation.writes) == 1 else 2 * units
