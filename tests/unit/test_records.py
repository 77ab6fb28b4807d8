"""The JSON Schema of a kind of record agrees with its validation, and tells every limit."""

import re
from collections.abc import Iterator
from typing import Annotated, Any
from unicodedata import is_normalized
from unittest import TestCase

from msgspec import UNSET, Meta, Struct
from msgspec.inspect import type_info

from tests.support.kinds import BAD, DEFAULTS, GOOD, LEAST, Record
from users_api.openapi import records
from users_api.users.model import User
from users_api.validation.containers import fields, rule_of
from users_api.validation.numbers import LARGEST_DECIMAL
from users_api.validation.rules import Rule

LIMITS: dict[str, list[set[str]]] = {
    "string": [{"maxLength", "pattern"}, {"maxLength", "format"}, {"enum"}],
    "integer": [{"minimum", "maximum", "format"}, {"enum"}],
    "number": [{"minimum", "maximum", "format"}, {"minimum", "exclusiveMaximum"}],
    "array": [{"items", "maxItems"}],
    "object": [{"properties", "additionalProperties"}],
    "boolean": [set()],
    "null": [set()],
}


def parts(described: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema inside a schema, itself included."""
    if isinstance(described, list):
        for each in described:
            yield from parts(each)
    elif isinstance(described, dict):
        if "type" in described:
            yield described
        for name, each in described.items():
            yield from parts([*each.values()] if name == "properties" else each)


class SchemaTest(TestCase):
    """`records.new`, `records.patch` and `records.answer`."""

    def test_limits(self) -> None:
        """Every value has its limits, as linters of contracts ask for, and says no Python."""
        kinds: list[type[Struct]] = [User, Record]
        for kind in kinds:
            for make in [records.new, records.patch, records.answer]:
                for part in parts(make(kind)):
                    with self.subTest(kind=kind.__name__, make=make.__name__, part=part):
                        told = LIMITS[part["type"]]
                        self.assertTrue(any(names <= part.keys() for names in told))
                        self.assertNotIn("title", part)

    def test_fields(self) -> None:
        """A client sends all but what is read-only, and is answered whatever has a value."""
        new, patch = records.new(Record), records.patch(Record, "recordId")
        answer = records.answer(Record)
        self.assertEqual(answer["properties"].keys() - new["properties"].keys(), {"score"})
        self.assertEqual(new["properties"].keys() - patch["properties"].keys(), {"recordId"})
        self.assertEqual(new["required"], ["recordId", "title"])
        self.assertNotIn("required", patch)
        self.assertEqual(set(answer["required"]), {*LEAST, *DEFAULTS})
        self.assertEqual(new["properties"]["role"]["default"], "member")
        self.assertEqual(new["properties"]["labels"]["default"], [])
        self.assertTrue(answer["properties"]["score"]["readOnly"])

    def test_patches(self) -> None:
        """What is optional may be null, at every depth but in lists, which are sent whole."""
        patch = records.patch(Record)["properties"]
        self.assertEqual(patch["title"]["type"], "string")
        self.assertIn({"type": "null"}, patch["nickname"]["anyOf"])
        [address, null] = patch["address"]["anyOf"]
        self.assertEqual(null, {"type": "null"})
        self.assertIn({"type": "null"}, address["properties"]["houseNumber"]["anyOf"])
        self.assertNotIn("required", address)
        [others, _] = patch["others"]["anyOf"]
        self.assertEqual(others["items"]["required"], ["city"])
        self.assertEqual(others["items"]["properties"]["houseNumber"]["type"], "integer")

    def test_texts_agree(self) -> None:
        """A text that is taken fits its pattern and length; one that is refused does not."""
        described = records.new(Record)["properties"]
        for name, sent, answered in GOOD:
            if described[name]["type"] == "string" and "pattern" in described[name]:
                with self.subTest(name, sent=str(sent)[:40]):
                    self.assertRegex(str(answered), described[name]["pattern"])
                    self.assertLessEqual(len(str(answered)), described[name]["maxLength"])
        for name, bad, _ in BAD:  # of texts that are in NFC, for that is what lengths count
            if (
                isinstance(bad, str)
                and is_normalized("NFC", bad)
                and "pattern" in described.get(name, {})
            ):
                with self.subTest(name, bad=bad[:40]):
                    rule = described[name]
                    fits = re.search(rule["pattern"].removesuffix("$") + r"\Z", bad)
                    self.assertFalse(
                        fits and rule.get("minLength", 0) <= len(bad) <= rule["maxLength"]
                    )

    def test_decimals_agree(self) -> None:
        """A limit is told as it is kept: at 0 and far away it is that of DynamoDB."""
        cases: list[tuple[Meta, dict[str, float], dict[str, float]]] = [
            (Meta(gt=0, lt=700), {"minimum": 1e-130}, {"exclusiveMaximum": 700}),
            (Meta(gt=-1e300, lt=0), {"minimum": -LARGEST_DECIMAL}, {"maximum": -1e-130}),
            (
                Meta(ge=-1e300, le=1e300),
                {"minimum": -LARGEST_DECIMAL},
                {"maximum": LARGEST_DECIMAL},
            ),
            (Meta(gt=1, lt=1e300), {"exclusiveMinimum": 1}, {"maximum": LARGEST_DECIMAL}),
            (Meta(ge=0, le=1), {"minimum": 0}, {"maximum": 1}),
        ]
        for meta, lower, upper in cases:
            with self.subTest(meta=meta):
                told = records.value(rule_of(type_info(Annotated[float, meta])))
                self.assertEqual(told, {"type": "number", "format": "double", **lower, **upper})

    def test_made_values(self) -> None:
        """A default that is made anew each time is not told."""
        user_id = next(field for field in fields(User) if field.label == "userId")
        self.assertIs(user_id.missing, UNSET)
        self.assertNotIn("default", records.new(User)["properties"]["userId"])
        self.assertEqual(records.answer(User)["required"], ["userId", "name"])

    def test_nothing_else(self) -> None:
        """A rule that has no schema is a mistake of ours."""

        class Odd(Rule):
            def read(self, value: object) -> object:
                return value

        with self.assertRaises(TypeError):
            records.value(Odd("must be odd", {}))
