"""Documents from outside become typed values, or every bad field is named at once."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from msgspec import Struct, ValidationError, convert
from msgspec.structs import FieldInfo, fields

from users_api.errors import FieldError, InvalidRequestError

T = TypeVar("T", bound=Struct)

MOST_UNKNOWN_FIELDS_NAMED = 100
LONGEST_NAME_REPEATED = 128


def create(kind: type[T], document: Mapping[str, object]) -> T:
    """Return a new `kind` made from a JSON object.

    Raises InvalidRequestError naming every field that is missing, bad, null or unknown:
    the fields of `kind` in their order, then the unknown ones in theirs.
    """
    values: dict[str, object] = {}
    errors: list[FieldError] = []
    for field in _fields(kind):
        name = field.encode_name
        if name in document:
            try:
                values[field.name] = _checked(field, document[name])
            except ValidationError as error:
                errors.append(FieldError(name, _complaint(field, error)))
        elif field.required:
            errors.append(FieldError(name, "is required"))
    errors += _unknown(kind, document)
    if errors:
        raise InvalidRequestError('Please correct the fields named in "errors"', errors)
    return kind(**values)


def restore(kind: type[T], stored: Mapping[str, object]) -> T:
    """Return the `kind` that an item of the store holds, whatever else the item holds.

    Only the types are checked, not lengths and patterns: a rule that became stricter must not
    make older data unreadable. Raises msgspec.ValidationError for an item that is no `kind`.
    """
    values: dict[str, object] = {}
    for field in _fields(kind):
        if field.encode_name in stored:
            values[field.name] = convert(stored[field.encode_name], _plain_types(kind)[field.name])
        elif field.required:
            raise ValidationError(f"The stored item has no `{field.encode_name}`")
    return kind(**values)


_fields = cache(fields)


@cache
def _plain_types(kind: type[Struct]) -> dict[str, Any]:
    return get_type_hints(kind)  # without the constraints


def _checked(field: FieldInfo, value: object) -> object:
    if value is None:
        raise ValidationError("Expected a value, got `null`")
    return convert(value, field.type)


def _complaint(field: FieldInfo, error: ValidationError) -> str:
    """Say what the field must be: its description, or what msgspec found. Neither has the value."""
    for option in (field.type, *get_args(field.type)):
        for meta in getattr(option, "__metadata__", ()):
            if meta.description:
                return f"must be {meta.description}"
    return str(error)


def _unknown(kind: type[Struct], document: Mapping[str, object]) -> Iterator[FieldError]:
    known = {field.encode_name for field in _fields(kind)}
    unknown = [name for name in document if name not in known]
    for name in unknown[:MOST_UNKNOWN_FIELDS_NAMED]:
        yield FieldError(name[:LONGEST_NAME_REPEATED], "is not a field of this resource")
