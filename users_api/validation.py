"""Documents from outside become typed values, or every bad field is named at once."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from msgspec import Struct, ValidationError, convert, to_builtins
from msgspec.structs import FieldInfo, fields, replace

from users_api.errors import FieldError, InvalidFieldsError

T = TypeVar("T", bound=Struct)

LONGEST_TEXT = 64 * 1024
LARGEST_INTEGER = 2**53 - 1
LONGEST_LIST = 1000

NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")


def create(kind: type[T], document: Mapping[str, object]) -> T:
    """Return a new `kind` made from a JSON object.

    Raises InvalidFieldsError naming every field that is missing, bad, null or unknown:
    the fields of `kind` in their order, then the unknown ones in theirs.
    """

    def given(field: FieldInfo) -> object:
        if document[field.encode_name] is None:
            raise ValidationError("Expected a value, got `null`")
        return convert(document[field.encode_name], field.type)

    missing = {field.encode_name for field in _fields(kind) if field.required} - document.keys()
    return kind(**_values(kind, document, given, dict.fromkeys(missing, "is required")))


def parse(kind: type[T], texts: Mapping[str, str]) -> T:
    """Return a new `kind` made from texts, such as those of a query; otherwise like `create`."""

    def parsed(field: FieldInfo) -> object:
        text = texts[field.encode_name]
        with suppress(ValidationError):
            if NUMBER.fullmatch(text):
                return convert(int(text), field.type)
        return convert(text, field.type)

    return kind(**_values(kind, texts, parsed, {}))


def merge(current: T, patch: Mapping[str, object], *, fixed: str) -> T:
    """Return `current` with a JSON Merge Patch (RFC 7396) applied: null removes a field.

    Raises InvalidFieldsError naming every field that is bad, unknown, required but null, or
    `fixed`; in the order of `create`.
    """

    def merged(field: FieldInfo) -> object:
        change = patch[field.encode_name]
        if change is None and not field.required:
            return field.default
        return convert(_merged(to_builtins(getattr(current, field.name)), change), field.type)

    refused = {fixed: "cannot be changed"} if fixed in patch else {}
    return replace(current, **_values(type(current), patch, merged, refused))


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


def _values(
    kind: type[Struct],
    document: Mapping[str, object],
    value_of: Callable[[FieldInfo], object],
    refused: Mapping[str, str],
) -> dict[str, object]:
    """Return the values of the document's fields, by their names in Python."""
    values: dict[str, object] = {}
    errors: list[FieldError] = []
    for field in _fields(kind):
        if field.encode_name in refused:
            errors.append(FieldError(field.encode_name, refused[field.encode_name]))
        elif field.encode_name in document:
            try:
                values[field.name] = value_of(field)
            except ValidationError as error:
                errors.append(FieldError(field.encode_name, _complaint(field, error)))
    errors += _unknown(kind, document)
    if errors:
        raise InvalidFieldsError(*errors)
    return values


def _merged(target: object, patch: object) -> object:
    """Apply a patch to a value: MergePatch of RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, change in patch.items():
        if change is None:
            result.pop(name, None)
        else:
            result[name] = _merged(result.get(name), change)
    return result


def _complaint(field: FieldInfo, error: ValidationError) -> str:
    """Say what the field must be: its description, or what msgspec found. Neither has the value."""
    for option in (field.type, *get_args(field.type)):
        for meta in getattr(option, "__metadata__", ()):
            if meta.description:
                return f"must be {meta.description}"
    return str(error)


def _unknown(kind: type[Struct], document: Mapping[str, object]) -> Iterator[FieldError]:
    known = {field.encode_name for field in _fields(kind)}
    for name in document:
        if name not in known:
            yield FieldError(name, "is not a field of this resource")


def document(record: Struct) -> dict[str, Any]:
    """Return a record as it is answered and stored."""
    told: dict[str, Any] = to_builtins(record)
    return told
