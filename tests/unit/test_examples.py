"""Examples of fields that have none of their own: the tests of a resource are made from them."""

from typing import Annotated, Literal
from unittest import TestCase

from msgspec import Meta, Struct

from users_api.openapi import examples, records
from users_api.validation import is_valid


class Record(Struct, frozen=True):
    """Every kind of value, and every limit."""

    text: str
    long_text: Annotated[str, Meta(min_length=10)]
    at_least: Annotated[int, Meta(ge=3)]
    at_most: Annotated[int, Meta(le=-2)]
    above: Annotated[int, Meta(gt=5)]
    below: Annotated[int, Meta(lt=0)]
    between: Annotated[int, Meta(gt=5, lt=7)]
    multiple: Annotated[int, Meta(multiple_of=5)]
    large_multiple: Annotated[int, Meta(ge=12, multiple_of=5)]
    share: Annotated[float, Meta(gt=0, lt=1)]
    price: Annotated[float, Meta(gt=0)]
    truth: bool
    one_of: Literal["member", "admin"]
    several: list[Annotated[int, Meta(gt=5)]]


class ExamplesTest(TestCase):
    """The usual examples."""

    def test_valid(self) -> None:
        """They satisfy the limits of their fields."""
        for name, schema in records.new(Record)["properties"].items():
            with self.subTest(name):
                example = examples.of(schema)
                self.assertTrue(is_valid(Record, name, example), example)

    def test_nearest(self) -> None:
        """That of a number is 1, or the nearest that is allowed."""
        fields = records.new(Record)["properties"]
        wanted = {"price": 1, "at_least": 3, "at_most": -2, "below": -1, "large_multiple": 15}
        self.assertEqual({name: examples.of(fields[name]) for name in wanted}, wanted)
