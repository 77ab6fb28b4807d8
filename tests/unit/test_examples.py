"""Examples of fields that have none of their own: the tests of a resource are made from them."""

from datetime import date
from math import nextafter
from typing import Annotated, Any, Literal
from unittest import TestCase

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Meta, Struct, defstruct

from users_api.openapi import examples, records
from users_api.validation import create, is_valid, restore
from users_api.validation.numbers import LARGEST_WHOLE

WHOLE = st.integers(-LARGEST_WHOLE, LARGEST_WHOLE)
DECIMAL = st.floats(-1e100, 1e100).filter(lambda number: not 0 < abs(number) < 1e-100)
Limits = dict[str, Any]


def limits(numbers: st.SearchStrategy[Any], **others: st.SearchStrategy[Any]) -> Any:
    """Return every combination of limits, each inclusive or exclusive."""
    lower, upper = (
        st.one_of(st.just({}), *(st.fixed_dictionaries({name: numbers}) for name in names))
        for names in [("ge", "gt"), ("le", "lt")]
    )
    rest = st.fixed_dictionaries({}, optional=others)
    return st.builds(lambda *each: each[0] | each[1] | each[2], lower, upper, rest)


def field_of(kind: type, limits: Limits) -> type[Struct]:
    """Return a type of records with one number that has these limits."""
    return defstruct("Limited", [("number", Annotated[kind, Meta(**limits)])])


def near(told: Limits) -> list[float]:
    """Return numbers at the limits, and between them."""
    ends = [told[name] for name in ("ge", "gt", "le", "lt") if name in told]
    steps = range(-101, 102)
    return [each + step for each in ends for step in steps] + [sum(ends) / 2, *steps]


class Inner(Struct, frozen=True, rename="camel"):
    """An object inside an object."""

    full_name: str
    since: date | None = None


class Outer(Struct, frozen=True):
    """An object inside a record."""

    inner: Inner
    share: Annotated[float, Meta(gt=0, le=0.5)]
    inners: list[Inner] = []


class Coded(Struct, frozen=True):
    """An object of which there is no example."""

    code: Annotated[str, Meta(pattern="^[a-z]{3}$")] | None = None


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

    def test_near(self) -> None:
        """Between limits that leave no nearest number, it is one between them."""
        between: list[tuple[Limits, float]] = [
            ({"gt": 0, "le": 0.5}, 0.5),
            ({"ge": 0.5, "lt": 1}, 0.75),
            ({"gt": 0.2, "lt": 0.9}, 0.55),
            ({"gt": 5}, 6),
        ]
        for told, wanted in between:
            with self.subTest(told=told):
                schema = records.new(field_of(float, told))["properties"]["number"]
                self.assertAlmostEqual(examples.of(schema), wanted)

    @given(limits(WHOLE, multiple_of=st.integers(1, 100)))
    def test_whole_numbers(self, told: Limits) -> None:
        """That of a whole number keeps all limits; there is none where nothing does."""
        self.assert_allowed(int, told)

    @given(limits(DECIMAL))
    @example({"ge": 0.2, "lt": 0.9})
    @example({"gt": 1, "lt": nextafter(nextafter(1, 2), 2)})
    def test_decimal_numbers(self, told: Limits) -> None:
        """So does that of a decimal number."""
        self.assert_allowed(float, told)

    def assert_allowed(self, kind: type, told: Limits) -> None:
        """Assert that the example of a number with these limits is allowed, if any number is."""
        record = field_of(kind, told)
        number = examples.of(records.new(record)["properties"]["number"])
        tries = near(told) if number is None else []
        self.assertEqual([each for each in tries if is_valid(record, "number", each)], [])
        self.assertTrue(number is None or is_valid(record, "number", number), number)

    def test_objects(self) -> None:
        """That of an object is made of those of its fields, unless one has none."""
        inner = {"fullName": "text", "since": "2026-11-24"}
        outer = {"inner": inner, "share": 0.5, "inners": [inner]}
        for schema in [records.new(Outer), records.patch(Outer), records.answer(Outer)]:
            self.assertEqual(examples.of(schema), outer)
        self.assertEqual(restore(Outer, outer), create(Outer, outer))
        self.assertIsNone(examples.of(records.new(Coded)))
