"""JSON Schema (2020-12) of records: what a client sends, and what it is answered.

Every text, number and list has its limits and its form here, as linters of contracts ask for.
"""

from collections.abc import Callable
from functools import singledispatch
from math import inf
from typing import Any

from msgspec import UNSET, Struct

from users_api.validation import to_json
from users_api.validation.containers import Array, Field, Shape, fields
from users_api.validation.numbers import (
    LARGEST_DECIMAL,
    LARGEST_WHOLE,
    SMALLEST_DECIMAL,
    Decimal,
    Number,
    Whole,
)
from users_api.validation.rules import Rule
from users_api.validation.scalars import (
    LONGEST_DATE_TIME,
    Choice,
    Date,
    DateTime,
    Flag,
    Text,
)

Schema = dict[str, Any]
OfKind = Callable[[type[Struct]], Schema]

BOUNDS = (("exclusiveMinimum", "minimum", 1), ("exclusiveMaximum", "maximum", -1))

ANY_TEXT = r"^[\s\S]*$"


def new(kind: type[Struct]) -> Schema:
    """Return the schema of a new object, as a client sends it."""
    given = [field for field in fields(kind) if not field.read_only]
    properties = {field.label: _with_default(field, value(field.rule, new)) for field in given}
    return _object(properties, [field.label for field in given if field.required])


def patch(kind: type[Struct], fixed: str | None = None) -> Schema:
    """Return the schema of a JSON Merge Patch (RFC 7396) to such an object."""
    given = [field for field in fields(kind) if not field.read_only and field.label != fixed]
    return _object({field.label: _change(field) for field in given}, [])


def answer(kind: type[Struct]) -> Schema:
    """Return the schema of such an object as it is answered: what has no value is left out."""
    properties = {field.label: value(field.rule, answer) for field in fields(kind)}
    always = [field.label for field in fields(kind) if field.missing is not None]
    return _object(properties, always)


def value(rule: Rule, of_kind: OfKind = new) -> Schema:
    """Return the schema of a value that keeps this rule; of an object's it is `of_kind`."""
    return _form(rule, of_kind) | dict(rule.extra)


@singledispatch
def _form(rule: Rule, _: OfKind) -> Schema:
    raise TypeError(rule)


@_form.register
def _(rule: Text, _: OfKind) -> Schema:
    limits = {"minLength": rule.shortest} if rule.shortest else {}
    form = rule.pattern or ANY_TEXT
    return {"type": "string", **limits, "maxLength": rule.longest, "pattern": form}


@_form.register
def _(_: Flag, __: OfKind) -> Schema:
    return {"type": "boolean"}


@_form.register
def _(_: Date, __: OfKind) -> Schema:
    return {"type": "string", "format": "date", "maxLength": 10, "examples": ["2026-11-24"]}


@_form.register
def _(_: DateTime, __: OfKind) -> Schema:
    examples = ["2026-11-24T10:38:02Z"]
    form = {"format": "date-time", "maxLength": LONGEST_DATE_TIME}
    return {"type": "string", **form, "examples": examples}


@_form.register
def _(rule: Choice, _: OfKind) -> Schema:
    texts = isinstance(next(iter(rule.options)), str)
    return {"type": "string" if texts else "integer", "enum": list(rule.options)}


@_form.register
def _(rule: Whole, _: OfKind) -> Schema:
    multiple = rule.limits.multiple_of
    step = {} if multiple is None else {"multipleOf": multiple}
    return {"type": "integer", "format": "int64", **_limits(rule, LARGEST_WHOLE), **step}


@_form.register
def _(rule: Decimal, _: OfKind) -> Schema:
    limits = _limits(rule, LARGEST_DECIMAL)
    for exclusive, inclusive, sign in BOUNDS:  # next to 0 there is no number that is kept
        if 0 <= limits.get(exclusive, inf) * sign < SMALLEST_DECIMAL:
            del limits[exclusive]
            limits[inclusive] = SMALLEST_DECIMAL * sign
    return {"type": "number", "format": "double", **limits}


@_form.register
def _(rule: Array, of_kind: OfKind) -> Schema:
    items = value(rule.item, new if of_kind is patch else of_kind)
    limits = {"minItems": rule.shortest} if rule.shortest else {}
    return {"type": "array", "items": items, **limits, "maxItems": rule.longest}


@_form.register
def _(rule: Shape, of_kind: OfKind) -> Schema:
    return of_kind(rule.kind)


def _limits(rule: Number, largest: float) -> Schema:
    """Return the limits of a number: each exclusive one, or else an inclusive one."""
    ge, gt, le, lt = (getattr(rule.limits, name) for name in ("ge", "gt", "le", "lt"))
    low = -largest if ge is None else max(ge, -largest)
    high = largest if le is None else min(le, largest)
    lower = {"minimum": low} if gt is None or gt < low else {"exclusiveMinimum": gt}
    upper = {"maximum": high} if lt is None or lt > high else {"exclusiveMaximum": lt}
    return lower | upper


def _object(properties: Schema, required: list[str]) -> Schema:
    closed = {"type": "object", "properties": properties, "additionalProperties": False}
    return closed | ({"required": required} if required else {})


def _change(field: Field) -> Schema:
    changed = value(field.rule, patch)
    return changed if field.required else {"anyOf": [changed, {"type": "null"}]}


def _with_default(field: Field, described: Schema) -> Schema:
    if field.missing is None or field.missing is UNSET:
        return described
    return described | {"default": to_json(field.missing)}
