"""Documents and stored items become typed values."""

from typing import Annotated
from unittest import TestCase

from msgspec import Meta, Struct, ValidationError
from msgspec.structs import replace

from users_api.errors import FieldError, InvalidFieldsError
from users_api.validation import create, merge, restore


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
        with self.assertRaises(InvalidFieldsError) as raised:
            create(Thing, {"size": 0, "label": "much too long", "tags": ["long"], "color": 1})
        self.assertEqual(
            list(raised.exception.errors),
            [
                FieldError("size", "must be a number from 1"),
                FieldError("label", "Expected `str` of length <= 9"),
                FieldError("tags", "Expected `str` of length <= 3 - at `$[0]`"),
                FieldError("color", "is not a field of this resource"),
            ],
        )


class Place(Struct, omit_defaults=True):
    """Where a thing is."""

    town: str
    street: str | None = None


class PlacedThing(Thing, kw_only=True):
    """A thing with a value of its own inside."""

    place: Place | None = None


class MergeTest(TestCase):
    """`merge`."""

    def test_applies_a_patch(self) -> None:
        """Values replace values, null removes, and an object is merged into an object."""
        thing = PlacedThing(size=1, label="a", tags=["x"], place=Place("Rome", "Via Appia"))
        cases: list[tuple[dict[str, object], PlacedThing]] = [
            ({}, thing),
            ({"size": 2}, replace(thing, size=2)),
            ({"tags": None}, replace(thing, tags=None)),
            ({"tags": ["y"]}, replace(thing, tags=["y"])),
            ({"place": None}, replace(thing, place=None)),
            ({"place": {"street": None}}, replace(thing, place=Place("Rome"))),
            ({"place": {"town": "Oslo", "street": None}}, replace(thing, place=Place("Oslo"))),
        ]
        for patch, result in cases:
            with self.subTest(patch=patch):
                self.assertEqual(merge(thing, patch, fixed="label"), result)
        bare = PlacedThing(size=1, label="a")
        patched = merge(bare, {"place": {"town": "Oslo", "street": None}}, fixed="label")
        self.assertEqual(patched.place, Place("Oslo"))

    def test_says_what_is_wrong(self) -> None:
        """What could not be created so cannot be patched so, and what is fixed not at all."""
        thing = PlacedThing(size=1, label="a", place=Place("Rome"))
        patch = {"color": 1, "place": {"town": None}, "label": "a", "size": None}
        with self.assertRaises(InvalidFieldsError) as raised:
            merge(thing, patch, fixed="label")
        self.assertEqual(
            list(raised.exception.errors),
            [
                FieldError("size", "must be a number from 1"),
                FieldError("label", "cannot be changed"),
                FieldError("place", "Object missing required field `town`"),
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
