"""Cursors: where a page of a list ended, as a text that means nothing to a client.

A cursor is for one kind of list, and a changed one is refused. That keeps mistakes out; it is no
secret and no permission.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated
from zlib import crc32

from msgspec import Meta

from users_api.errors import FieldError, InvalidFieldsError

Cursor = Annotated[
    str,
    Meta(
        max_length=256,
        pattern="^[A-Za-z0-9_-]+$",
        description="the `next` of an earlier page",
    ),
]


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
