"""Examples of bodies: those that a field gives itself, or one that its schema allows.

A field with a pattern and no example of its own has none; then there is none of the body either.
"""

from collections.abc import Callable, Iterable, Mapping
from math import inf
from typing import Any

from users_api.openapi.records import ANY_TEXT, Schema

Properties = Mapping[str, Schema]

FORMATS = {"date": "2026-11-24", "date-time": "2026-11-24T10:38:02Z"}


def of_record(fields: Properties, answered: Iterable[str]) -> list[Schema]:
    """Return examples of a record: as small as it can be, and whole."""
    return _examples(fields, [*answered], [*fields])


def of_new(key: str, sent: Properties, required: Iterable[str]) -> list[Schema]:
    """Return examples of what is sent to create a record; all but the last can be sent again."""
    return _examples(sent, [*required], [key, *required])


def of_patch(fields: Properties, required: Iterable[str]) -> list[Schema]:
    """Return examples of a patch: one that changes a field, and one that removes another."""
    changed = [name for name in required if name in fields]
    removed = [{name: None} for name in fields if name not in changed]
    return _examples(fields, changed[:1]) + removed[:1]


def _examples(fields: Properties, *selections: list[str]) -> list[Schema]:
    """Return an example for each selection of fields: in the order of the fields, no two alike."""
    told: list[Schema] = []
    for selected in selections:
        example = {name: of(fields[name]) for name in fields if name in selected}
        if example and None not in example.values() and example not in told:
            told.append(example)
    return told


def of(schema: Schema) -> Any:  # noqa: ANN401 - an example may be anything
    """Return an example of a value; None if there is none that is surely right."""
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return of(schema["anyOf"][0])
    found = BY_TYPE.get(schema.get("type", ""))
    return found(schema) if found else None


def _text(schema: Schema) -> str | None:
    if schema.get("pattern", ANY_TEXT) != ANY_TEXT:
        return None
    text: str = FORMATS.get(schema.get("format", ""), "text".ljust(schema.get("minLength", 0), "."))
    return text[: schema["maxLength"]]


def _number(schema: Schema) -> float | None:
    """Return 1, or one near it that the limits allow."""
    low: float = schema["exclusiveMinimum" if "exclusiveMinimum" in schema else "minimum"]
    high: float = schema["exclusiveMaximum" if "exclusiveMaximum" in schema else "maximum"]
    nearest = min(max(1, low), high)
    tries = [nearest, nearest + 1, nearest - 1, (low + high) / 2]
    if schema["type"] == "integer":
        tries = [each for near in tries for each in _multiples(near, schema.get("multipleOf", 1))]
    return next((each for each in tries if _allows(schema, each)), None)


def _multiples(near: float, step: int) -> list[float]:
    return [int(-(-near // step)) * step, int(near // step) * step]


def _allows(schema: Schema, number: float) -> bool:
    inclusive = schema.get("minimum", -inf) <= number <= schema.get("maximum", inf)
    low, high = schema.get("exclusiveMinimum", -inf), schema.get("exclusiveMaximum", inf)
    return bool(inclusive and low < number < high)


def _list(schema: Schema) -> list[Any] | None:
    item = of(schema["items"])
    return None if item is None else [item] * max(1, schema.get("minItems", 0))


def _object(schema: Schema) -> Schema | None:
    example = {name: of(field) for name, field in schema["properties"].items()}
    return None if None in example.values() else example


BY_TYPE: dict[str, Callable[[Schema], Any]] = {
    "string": _text,
    "integer": _number,
    "number": _number,
    "boolean": lambda _: True,
    "array": _list,
    "object": _object,
}
