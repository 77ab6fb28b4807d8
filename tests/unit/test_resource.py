"""The description of a resource: what it names exists."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from unittest import TestCase

from msgspec import Meta, Struct, defstruct
from msgspec.structs import replace

from users_api import validation
from users_api.http.pages import query_of
from users_api.resource import KEPT, Id, Resource
from users_api.store.items import made
from users_api.users import USERS
from users_api.users.model import User

FIELDS = f"its fields are {', '.join(USERS.model.__struct_encode_fields__)}"
CALLS = "its calls are create, list, read, change, remove"


class Parcel(Struct):
    """A parcel, whose id has two patterns."""

    parcel_id: Annotated[Id, Meta(pattern="^[A-Z]{3}-[0-9]{3}$")]


class Point(Struct):
    """A point."""

    across: int


class ResourceTest(TestCase):
    """What is said of a resource."""

    def test_names(self) -> None:
        """A name of Python, or one that there is not, is refused with those that there are."""
        cases: list[tuple[dict[str, Any], str]] = [
            ({"key": "user_id"}, f"`users` has no field `user_id`; {FIELDS}"),
            ({"unique": {"mail": str}}, f"`users` has no field `mail`; {FIELDS}"),
            ({"references": {"boss_id": USERS}}, f"`users` has no field `boss_id`; {FIELDS}"),
            ({"owner": "user_id"}, f"`users` has no field `user_id`; {FIELDS}"),
            (
                {"unique": {"userId": str}},
                "`users` cannot look up `userId`, which identifies a record anyway",
            ),
            ({"calls": ("creat",)}, f"`users` has no call `creat`; {CALLS}"),
        ]
        for changed, sentence in cases:
            with self.subTest(changed), self.assertRaises(ValueError) as raised:
                replace(USERS, **changed)
            self.assertEqual(str(raised.exception), sentence)

    def test_kept(self) -> None:
        """A field cannot be called like what is stored beside it."""
        ada = User(name="Ada")
        stored = made(ada, made(ada)).keys() - validation.document(ada)
        self.assertEqual(stored, {*KEPT})
        for name in ("version", "created_at", "updated_at", "write_id", "creation_id"):
            model = defstruct("Thing", [("key", str), (name, str)], rename="camel")
            with self.subTest(name), self.assertRaisesRegex(ValueError, "stored beside the fields"):
                Resource(name="things", model=model, key="key")

    def looked_up(self, name: str, kind: Any) -> Resource[Any]:
        """Return a resource whose records are looked up by a field."""
        model = defstruct("Thing", [("key", str), (name, kind)])
        return Resource(name="things", model=model, key="key", unique={name: str})

    def test_looked_up(self) -> None:
        """Only what is one text or whole number in JSON can be unique, and not called as a page."""
        kinds: list[Any] = [str, int | None, date, datetime, Literal["a", "b"]]
        for kind in kinds:
            self.looked_up("field", kind)
        for kind in (float, bool, list[str], Point):
            with self.subTest(kind), self.assertRaisesRegex(ValueError, "is no text"):
                self.looked_up("field", kind)
        with self.assertRaisesRegex(ValueError, "`things` cannot look up `limit`"):
            query_of(self.looked_up("limit", int))

    def test_types(self) -> None:
        """A field that cannot be as its type says is refused before anybody calls."""
        with self.assertRaisesRegex(TypeError, "Multiple `Meta` annotations"):
            Resource(name="parcels", model=Parcel, key="parcel_id")
        model = defstruct("Model", [("key", str), ("price", Decimal)])
        with self.assertRaisesRegex(TypeError, "^`price`: a field cannot be of this type: Decimal"):
            Resource(name="things", model=model, key="key")
