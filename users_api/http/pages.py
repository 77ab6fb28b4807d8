"""Pages of a list, and cursors: where a page ended, as a text that means nothing to a client.

A cursor is for one list, and a changed one is refused. That keeps mistakes out; it is no secret
and no permission.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any
from zlib import crc32

from msgspec import Meta, Struct, defstruct

from users_api.errors import FieldError, InvalidFieldsError
from users_api.resource import Resource

LARGEST_PAGE = 100

Limit = Annotated[
    int,
    Meta(
        ge=1,
        le=LARGEST_PAGE,
        description=f"a number from 1 to {LARGEST_PAGE}",
        extra_json_schema={"format": "int32"},
    ),
]
Cursor = Annotated[
    str,
    Meta(
        max_length=256,
        pattern="^[A-Za-z0-9_-]+$",
        description="the `next` of an earlier page",
    ),
]


def query_of(resource: Resource[Any]) -> type[Struct]:
    """Return the type of what a list can be asked for: a page, or a value of a unique field.

    Raises ValueError for a unique field that is called like what every list is asked for.
    """
    look_ups = [(field, resource.type_of(field), None) for field in resource.unique]
    page: list[Any] = [("limit", Limit, 25), ("cursor", Cursor | None, None)]
    for name, *_ in page:
        if name in resource.unique:
            raise ValueError(f"`{resource.name}` cannot look up `{name}`, which asks for a page")
    return defstruct(f"{resource.model.__name__}Query", page + look_ups, frozen=True)


def encode(kind: str, position: str) -> str:
    """Return the cursor for a position in this kind of list."""
    content = position.encode()
    check = crc32(kind.encode() + b"\n" + content).to_bytes(4)
    return urlsafe_b64encode(check + content).rstrip(b"=").decode()


def decode(kind: str, cursor: str) -> str:
    """Return the position; raise InvalidFieldsError for anything but a cursor of this kind."""
    try:
        position = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[4:].decode()
    except (ValueError, binascii.Error):
        position = ""
    if encode(kind, position) != cursor:  # base64 has several ways to write the same
        raise InvalidFieldsError(FieldError("cursor", "must be the `next` of an earlier page"))
    return position
