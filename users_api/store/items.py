"""What is stored of a record: the record itself, and what tells one write of it from another.

An item carries the id of the write that made it (`writeId`), of the one before (`previousWriteId`)
and of the one that created the record (`creationId`). When an answer is lost, they tell our own
write from somebody else's.
"""

from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import uuid4

from msgspec import Struct, json

from users_api import validation
from users_api.errors import InvalidRequestError
from users_api.resource import Resource
from users_api.store.session import Item

T = TypeVar("T", bound=Struct)

LARGEST_RECORD = 256  # KiB of JSON: DynamoDB takes 400 KB an item


class Stored(Struct, Generic[T], frozen=True):
    """A record, and the item in which it is stored."""

    record: T
    item: Item

    @property
    def revision(self) -> str:
        """What is another after every write."""
        return revision(self.item)

    @property
    def updated_at(self) -> datetime | None:
        """When it was last written; None if something else wrote the item."""
        written = self.item.get("updatedAt")
        return datetime.fromisoformat(written) if written else None


def revision(item: Item) -> str:
    """Return what is another after every write; items that something else wrote have only one."""
    return str(item.get("writeId", "0"))


def restored(resource: Resource[T], item: Item) -> Stored[T]:
    """Return the record that was stored; raise msgspec.ValidationError if it is none."""
    return Stored(validation.restore(resource.model, item), item)


def made(record: Struct, previous: Item | None = None) -> Item:
    """Return what a record is stored as; what others keep in the previous item is kept.

    Raises InvalidRequestError if it has grown too large by changes.
    """
    now, write_id = datetime.now(UTC).isoformat(timespec="milliseconds"), str(uuid4())
    names = set(record.__struct_encode_fields__)
    kept = previous or {"createdAt": now, "creationId": write_id}
    item = {
        **{name: kept[name] for name in kept.keys() - names},
        **validation.document(record),
        "version": kept.get("version", 0) + 1,
        "updatedAt": now,
        "writeId": write_id,
    }
    item |= {"previousWriteId": kept["writeId"]} if "writeId" in kept else {}
    if previous and len(json.encode(item)) > LARGEST_RECORD * 1024:
        raise InvalidRequestError(f"The record would be larger than {LARGEST_RECORD} KiB")
    return item


def unchanged(item: Item, key: str) -> dict[str, Any]:
    """Return the condition that the stored item is still this one, as arguments of a Write.

    An item without a revision was written by something else, which may write it again.
    """
    if "writeId" in item:
        return {"condition": "writeId = :revision", "values": {"revision": item["writeId"]}}
    condition = f"attribute_exists({key}) AND attribute_not_exists(writeId)"
    return {"condition": condition, "repeatable": False}


def is_ours(found: Item | None, item: Item) -> bool:
    """Tell whether `found` is what we wrote as `item`, or came of it."""
    ids = ("writeId", "previousWriteId", "creationId")
    return found is not None and item["writeId"] in {found.get(name) for name in ids}
