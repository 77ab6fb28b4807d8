"""Documents and stored items become typed values."""

from typing import Annotated
from unittest import TestCase

from msgspec import Meta, Struct, ValidationError

from users_api.errors import FieldError, InvalidRequestError
from users_api.validation import create, restore


class Thing(Struct, kw_only=True):
    """A value with a field of every kind."""

    size: Annotated[int, Meta(ge=1, description="a number from 1")]
    label: Annotated[str, Meta(max_length=9)]
    tags: list[Annotated[str, Meta(max_length=3)]] | None = None


class CreateTest(TestCase):
    """`create`."""

    def test_makes_a_value(self) -> None:
        """A good document becomes a value, its optional fields given or not."""
        thing = create(Thing, {"size": 1, "label": "a", "tags": ["x"]})
        self.assertEqual(thing, Thing(size=1, label="a", tags=["x"]))
        self.assertIsNone(create(Thing, {"size": 1, "label": "a"}).tags)

    def test_says_what_is_wrong(self) -> None:
        """A field that has a description says what it must be, another what was expected."""
        with self.assertRaises(InvalidRequestError) as raised:
            create(Thing, {"size": 0, "label": "much too long", "tags": ["long"], "color": 1})
        self.assertEqual(
            raised.exception.errors,
            [
                FieldError("size", "must be a number from 1"),
                FieldError("label", "Expected `str` of length <= 9"),
                FieldError("tags", "Expected `str` of length <= 3 - at `$[0]`"),
                FieldError("color", "is not a field of this resource"),
            ],
        )


class RestoreTest(TestCase):
    """`restore`."""

    def test_checks_types_only(self) -> None:
        """Older data may break a younger rule, and may hold more than we know."""
        thing = restore(Thing, {"size": -1, "label": "a", "tags": ["long"], "version": 3})
        self.assertEqual(thing, Thing(size=-1, label="a", tags=["long"]))
        self.assertIsNone(restore(Thing, {"size": 1, "label": "a"}).tags)

    def test_refuses_what_is_no_such_thing(self) -> None:
        """A wrong type or a missing field cannot be read."""
        cases: list[dict[str, object]] = [{"size": "1", "label": "a"}, {"size": 1}, {}]
        for stored in cases:
            with self.subTest(stored=stored), self.assertRaises(ValidationError):
                restore(Thing, stored)
