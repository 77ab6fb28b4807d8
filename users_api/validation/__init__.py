"""Documents from outside become typed values, or every bad field is named at once.

A kind of record is a msgspec Struct: each field is one line, its type and Meta are its rules.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

from msgspec import UNSET, Struct
from msgspec.inspect import type_info

from users_api.errors import FieldError, InvalidFieldsError
from users_api.validation import wording
from users_api.validation.containers import SCALARS, Reader, Shape, fields
from users_api.validation.rules import BadValueError

T = TypeVar("T", bound=Struct)


def create(kind: type[T], document: Mapping[str, object]) -> T:
    """Return a new `kind` made from a JSON object.

    Raises InvalidFieldsError naming every field that is missing, bad, null or unknown, by its
    path: the fields of `kind` in their order, then the unknown ones in theirs.
    """
    return cast("T", _made(_shape(kind), document, lambda field, value: field.rule.read(value)))


def parse(kind: type[T], texts: Mapping[str, str]) -> T:
    """Return a new `kind` made from texts, such as those of a query; otherwise like `create`."""
    return cast("T", _made(_query(kind), texts, lambda field, text: field.rule.parse(text)))


def merge(current: T, patch: Mapping[str, object], *, fixed: str) -> T:
    """Return `current` with a JSON Merge Patch (RFC 7396) applied.

    Null removes a field, or gives it its default. Only what is sent is checked. Raises
    InvalidFieldsError naming every field that is bad, unknown, required but null, or `fixed`; in
    the order of `create`.
    """
    try:
        return cast("T", _shape(type(current)).merged(current, patch, fixed))
    except BadValueError as error:
        raise _named(error) from None


def restore(kind: type[T], stored: Mapping[str, object]) -> T:
    """Return the `kind` that an item of the store holds, whatever else the item holds.

    Only the JSON types are checked: a rule that became stricter must not make older data
    unreadable. So a required field that is missing is UNSET, and a value that today's rule refuses
    stays as it is. Raises msgspec.ValidationError for a value of another JSON type.
    """
    return cast("T", _shape(kind).restore(stored))


def document(record: Struct) -> dict[str, Any]:
    """Return what is answered and stored for a record: JSON, without what has no value."""
    names = zip(record.__struct_fields__, record.__struct_encode_fields__, strict=True)
    return {
        label: to_json(value)
        for name, label in names
        if (value := getattr(record, name)) is not None and value is not UNSET
    }


def labels(kind: type[Struct]) -> list[str]:
    """Return the names of the fields in JSON; raise TypeError if no client could send one."""
    return [field.label for field in fields(kind)]


def is_valid(kind: type[Struct], label: str, value: object) -> bool:
    """Tell whether the field of this name in JSON can have this value, exactly as it is."""
    [rule] = [field.rule for field in fields(kind) if field.label == label]
    try:
        return rule.read(value) == value
    except BadValueError:
        return False


def is_scalar(kind: type[Struct], label: str) -> bool:
    """Tell whether a value of the field of this name in JSON is one text or whole number there."""
    [rule] = [field.rule for field in fields(kind) if field.label == label]
    return isinstance(rule, SCALARS)


@cache
def _shape(kind: type[Struct]) -> Shape:
    return Shape(cast("Any", type_info(kind)), {})


@cache
def _query(kind: type[Struct]) -> Shape:
    return Shape(cast("Any", type_info(kind)), {}, wording.UNKNOWN_PARAMETER)


def _made(shape: Shape, given: Mapping[str, object], reader: Reader) -> Struct:
    try:
        return shape.made(given, reader)
    except BadValueError as error:
        raise _named(error) from None


def _named(error: BadValueError) -> InvalidFieldsError:
    return InvalidFieldsError(*(FieldError(path[1:], said) for path, said in error.found))


def to_json(value: object) -> object:
    """Return a value of a record as JSON has it."""
    for kind, plain in PLAIN.items():
        if isinstance(value, kind):
            return plain(value)
    return value


PLAIN: Mapping[type, Callable[[Any], object]] = {
    Enum: lambda value: value.value,
    str: lambda value: value,
    Struct: document,
    list: lambda value: [to_json(each) for each in value],
    datetime: lambda value: value.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    date: date.isoformat,
}
