"""The description of a resource: what it names exists."""

from typing import Any
from unittest import TestCase

from msgspec.structs import replace

from users_api.users import USERS

FIELDS = f"its fields are {', '.join(USERS.model.__struct_encode_fields__)}"
CALLS = "its calls are create, list, read, change, remove"


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
