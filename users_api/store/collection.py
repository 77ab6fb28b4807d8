"""A collection: all records of a resource, in DynamoDB. Knows no HTTP.

What belongs together is written in one transaction, on conditions, so that no two requests can
both believe that they were first. A record without unique values is written by itself, which
costs half.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from time import time
from typing import Any, Generic, TypeVar

from msgspec import Struct, ValidationError

from users_api import validation
from users_api.errors import (
    ConflictError,
    FieldError,
    InternalError,
    NotFoundError,
    PreconditionFailedError,
    StoreUnavailableError,
)
from users_api.idempotency import IdempotentRequest
from users_api.resource import Resource
from users_api.store.connection import Connection
from users_api.store.items import Stored, is_ours, made, restored, revision, unchanged
from users_api.store.references import References
from users_api.store.session import Item, Refusal, Session, Write
from users_api.store.unique import UniqueValues

T = TypeVar("T", bound=Struct)

TAKEN = "is already taken"

logger = logging.getLogger(__name__)


class Collection(Generic[T]):
    """The records of a resource; `table` tells the name of a table, by what it is for."""

    def __init__(
        self, connection: Connection, resource: Resource[T], table: Callable[[str], str]
    ) -> None:
        self.resource = resource
        self._connection = connection
        self._owner: str | None = None
        self._records = table(resource.name)
        self._requests = table("idempotency")
        self._unique = UniqueValues(resource, table("unique-values"))
        self._references = References(resource, table)

    def belonging_to(self, owner: str | None) -> "Collection[T]":
        """Return it as this owner sees it, without the records of others; all of it for None."""
        if owner is None:
            return self
        seen = copy(self)
        seen._owner = owner  # noqa: SLF001 - it is of this class
        return seen

    def add(self, record: T, request: IdempotentRequest | None = None) -> tuple[Stored[T], bool]:
        """Store a new record; return it, and whether an earlier `request` had stored it already.

        Raises ConflictError if its id or a unique value is taken or what it refers to is not
        there, and KeyReusedError if another request came with the same key.
        """
        record = self._ruled(record, None)
        item = made(record)
        own = self._put(item, f"attribute_not_exists({self.resource.key})", repeatable=False)
        others = self._claims(item[self.resource.key], {}, item)
        writes = [own, *(write for write, _ in others.values())]
        if request:
            writes.append(self._remember(request, record, item))
        session = self._connection.session()
        refusal = session.write(*writes)
        if request and refusal and refusal.of(writes[-1]):
            return self._replayed(session, record, request, item)
        if refusal and not self._is_in_place(session, item, refusal):
            raise _conflict({self.resource.key: (own, TAKEN), **others}, refusal)
        return Stored(record, item), False

    def get(self, record_id: str) -> Stored[T]:
        """Return the record as it is now; raise NotFoundError if there is none.

        An id that no record can have is not asked for.
        """
        return restored(self.resource, self._item(self._connection.session(), record_id))

    def find(self, field: str, value: object) -> list[Stored[T]]:
        """Return the one record with this value of a unique field, or none, as it is now.

        The value is as JSON has it.
        """
        session = self._connection.session()
        owner = self._unique.owner(session, field, value)
        item = session.get(self._records, {self.resource.key: owner}) if owner else None
        if item is None or field not in item:  # others are changing it
            return []
        same = self._unique.is_same(field, item[field], value)
        return [restored(self.resource, item)] if same and self._sees(item) else []

    def list(self, limit: int, after: str | None) -> tuple[list[Stored[T]], str | None]:
        """Return up to `limit` records that follow the position `after`, in no particular order.

        They are fewer if they are large: DynamoDB reads 1 MB at a time. The second value is the
        position of the last one if there may be more. An item that is no such record is left out,
        and logged.
        """
        key = {self.resource.key: after} if after else None
        items, more = self._connection.session().scan(self._records, limit + 1, key)
        listed = items[:limit]
        position = listed[-1][self.resource.key] if more or len(items) > limit else None
        return list(self._readable(filter(self._sees, listed))), position

    def change(
        self, record_id: str, change: Callable[[T], T], accepts: Callable[[str], bool]
    ) -> Stored[T]:
        """Apply `change` to the record as it is now, and return what became of it.

        `accepts` is asked about the revision that would be changed. Raises NotFoundError,
        PreconditionFailedError, ConflictError as `add` does, and InvalidRequestError as `made`.
        """
        session = self._connection.session()
        for number in session.attempts():  # noqa: B007 - again if others write in between
            current = restored(self.resource, self._item(session, record_id))
            record = change(current.record)
            self._require(current.item, accepts)
            if record == current.record:
                return current
            record = self._ruled(record, current.record)
            item = made(record, current.item)
            if self._replace(session, record_id, current.item, item):
                return Stored(record, item)
        raise StoreUnavailableError(f"Contention in change, attempt {number}")

    def remove(self, record_id: str, accepts: Callable[[str], bool]) -> None:
        """Remove the record as it is now; its unique values are free at once.

        Raises NotFoundError and PreconditionFailedError, as `change` does.
        """
        session, key = self._connection.session(), {self.resource.key: record_id}
        for number in session.attempts():  # noqa: B007 - again if others write in between
            item = self._item(session, record_id)
            self._require(item, accepts)
            own = Write("delete", self._records, key, **unchanged(item, self.resource.key))
            refusal = session.write(own, *self._unique.releases(record_id, item, {}))
            if refusal is None:
                return
            if refusal.doubt:  # it may be gone because we removed it, or because others did
                raise StoreUnavailableError(refusal.doubt)
            _require_refused(own, refusal)
        raise StoreUnavailableError(f"Contention in remove, attempt {number}")

    def _item(self, session: Session, record_id: str) -> Item:
        key = {self.resource.key: record_id}
        item = session.get(self._records, key) if self.resource.is_id(record_id) else None
        if item is None or not self._sees(item):
            raise NotFoundError(self.resource.not_found)
        return item

    def _sees(self, item: Item) -> bool:
        return self._owner is None or item.get(str(self.resource.owner)) == self._owner

    def _readable(self, items: Iterable[Item]) -> Iterator[Stored[T]]:
        for item in items:
            try:
                yield restored(self.resource, item)
            except ValidationError:
                # the exception's text would repeat what is stored
                logger.error("An item of %s is no record", self.resource.name)  # noqa: TRY400

    def _ruled(self, record: T, before: T | None) -> T:
        return self.resource.rule(record, before) if self.resource.rule else record

    def _require(self, item: Item, accepts: Callable[[str], bool]) -> None:
        if not accepts(revision(item)):
            raise PreconditionFailedError(self.resource.has_changed)

    def _claims(self, record_id: str, before: Item, after: Item) -> dict[str, tuple[Write, str]]:
        """Return what others may stand in the way of, by field, and what is wrong then."""
        claims = self._unique.claims(record_id, before, after)
        return {
            **{field: (write, TAKEN) for field, write in claims.items()},
            **self._references.checks(before, after),
        }

    def _put(self, item: Item, condition: str, **others: Any) -> Write:  # noqa: ANN401
        return Write("put", self._records, item, condition, **others)

    def _replace(self, session: Session, record_id: str, before: Item, after: Item) -> bool:
        """Store an item in place of another; False if others have replaced that meanwhile."""
        own = self._put(after, **unchanged(before, self.resource.key))
        claims = self._claims(record_id, before, after)
        releases = self._unique.releases(record_id, before, after)
        refusal = session.write(own, *(write for write, _ in claims.values()), *releases)
        if refusal is None or self._is_in_place(session, after, refusal):
            return True
        if refusal.of(*(write for write, _ in claims.values())) and not refusal.of(own):
            raise _conflict(claims, refusal)
        _require_refused(own, refusal)
        return False

    def _is_in_place(self, session: Session, item: Item, refusal: Refusal) -> bool:
        """Tell whether an item is stored although it was refused, or may have been.

        Raises StoreUnavailableError if that cannot be told.
        """
        found = refusal.found
        if refusal.doubt and found is None:
            found = session.get(self._records, {self.resource.key: item[self.resource.key]})
        if is_ours(found, item):
            return True
        if refusal.doubt:
            raise StoreUnavailableError(refusal.doubt)
        return False

    def _remember(self, request: IdempotentRequest, record: T, item: Item) -> Write:
        memory = request.memory(validation.document(record), item)
        condition = "attribute_not_exists(fingerprint) OR expiresAt <= :now"
        return Write("put", self._requests, memory, condition, {"now": int(time())})

    def _replayed(
        self, session: Session, record: T, request: IdempotentRequest, item: Item
    ) -> tuple[Stored[T], bool]:
        """Return the record that the first such request made, as it was then."""
        memory = session.get(self._requests, {"key": request.key})
        if memory is None:  # it expired this very moment
            raise StoreUnavailableError("An idempotency key expired in add, attempt 1")
        request.check(memory)
        first = validation.restore(
            self.resource.model, validation.document(record) | memory["added"]
        )
        return Stored(first, memory), memory["writeId"] != item["writeId"]


def _require_refused(own: Write, refusal: Refusal) -> None:
    """Raise InternalError if it is not a change by others that stands in the way."""
    if not refusal.of(own):
        raise InternalError("A unique value of the record is marked as somebody else's")


def _conflict(claims: Mapping[str, tuple[Write, str]], refusal: Refusal) -> ConflictError:
    """Return what stands in the way: the first refused claim is told."""
    return next(
        ConflictError(FieldError(field, wrong))
        for field, (write, wrong) in claims.items()
        if refusal.of(write)
    )
