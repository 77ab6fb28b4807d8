"""What a user is: its fields and their rules. Knows neither HTTP nor the store."""

from collections.abc import Mapping
from typing import Annotated
from unicodedata import normalize
from uuid import uuid4

from msgspec import Meta, Struct, ValidationError, convert, field
from msgspec.structs import fields

from users_api import validation

# Control characters, line separators, and what changes the direction of text.
CONTROL = r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069"

# A pattern ends with `$(?!\n)`: in Python, `$` alone also matches before a final line feed.
UserId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=128,
        pattern=r"^(?!\.\.?$)[A-Za-z0-9._~-]+$(?!\n)",
        description="1 to 128 characters of A-Z a-z 0-9 . _ ~ - (and not . or .. alone)",
        examples=["someUserId"],
    ),
]
Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=256,
        pattern=rf"^(?!\s+$)[^{CONTROL}]+$(?!\n)",
        description="1 to 256 characters, not blank, without control characters",
        examples=["John"],
    ),
]
Email = Annotated[
    str,
    Meta(
        min_length=5,
        max_length=254,
        pattern=rf"^(?!.*[{CONTROL}])[^@\s]{{1,64}}@[^@\s.]+(\.[^@\s.]+)+$(?!\n)",
        description="an e-mail address of at most 254 characters, such as john@example.com",
        examples=["john@example.com"],
    ),
]


class User(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A user. A length counts Unicode code points."""

    user_id: UserId = field(default_factory=lambda: str(uuid4()))
    name: Name
    email: Email | None = None


FIELDS = frozenset(each.encode_name for each in fields(User))


def is_user_id(text: str) -> bool:
    """Tell whether a user could have this id."""
    try:
        convert(text, UserId)
    except ValidationError:
        return False
    return True


def new_user(document: Mapping[str, object]) -> User:
    """Return the user that a JSON object describes; raise InvalidFieldsError for a bad one."""
    return validation.create(User, _composed(document))


def patched_user(user: User, patch: Mapping[str, object]) -> User:
    """Return the user with a JSON Merge Patch applied; raise InvalidFieldsError for a bad one."""
    return validation.merge(user, _composed(patch), fixed="userId")


def restored_user(stored: Mapping[str, object]) -> User:
    """Return the user that was stored; raise msgspec.ValidationError if it is none."""
    return validation.restore(User, stored)


def folded(email: str) -> str:
    """Return the form in which an e-mail address is unique over all users."""
    return normalize("NFC", normalize("NFC", email).casefold())


def _composed(document: Mapping[str, object]) -> Mapping[str, object]:
    """Return the document with its name in NFC: the form that is checked, counted and stored."""
    name = document.get("name")
    return {**document, "name": normalize("NFC", name)} if isinstance(name, str) else document
