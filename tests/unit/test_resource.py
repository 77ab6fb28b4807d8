"""The description of a resource: what it names exists."""

from typing import Annotated, Any
from unittest import TestCase

from msgspec import Meta, Struct
from msgspec.structs import replace

from users_api.resource import Id, Resource
from users_api.users import USERS

FIELDS = f"its fields are {', '.join(USERS.model.__struct_encode_fields__)}"
CALLS = "its calls are create, list, read, change, remove"


class Parcel(Struct):
    """A parcel, whose id has two patterns."""

    parcel_id: Annotated[Id, Meta(pattern="^[A-Z]{3}-[0-9]{3}$")]


class ResourceTest(TestCase):
    """What is said of a resource."""

    def test_names(self) -> None:
        """A name of Python, or one that there is not, is refused with those that there are."""
        cases: list[tuple[dict[str, Any], str]] = [
            ({"key": "user_id"}, f"`users` has no field `user_id`; {FIELDS}"),
            ({"unique": {"mail": str}}, f"`users` has no field `mail`; {FIELDS}"),
            ({"references": {"boss_id": USERS}}, f"`users` has no field `boss_id`; {FIELDS}"),
            ({"owner": "user_id"}, f"`users` has no field `user_id`; {FIELDS}"),
            ({"calls": ("creat",)}, f"`users` has no call `creat`; {CALLS}"),
        ]
        for changed, sentence in cases:
            with self.subTest(changed), self.assertRaises(ValueError) as raised:
                replace(USERS, **changed)
            self.assertEqual(str(raised.exception), sentence)

    def test_types(self) -> None:
        """A field that cannot be as its type says is refused before anybody calls."""
        with self.assertRaisesRegex(TypeError, "Multiple `Meta` annotations"):
            Resource(name="parcels", model=Parcel, key="parcel_id")
