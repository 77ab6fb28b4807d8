"""A record as a line of a file: JSON, or a row of CSV.

A line has what the API answers for a record, and when it was made and last changed.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal, TypeVar

from msgspec import Struct, json

from users_api import validation
from users_api.errors import FieldError, InvalidFieldsError
from users_api.resource import KEPT, Resource
from users_api.store.items import Stored
from users_api.validation import wording
from users_api.validation.containers import Field, fields

T = TypeVar("T", bound=Struct)

Format = Literal["jsonl", "csv"]
Document = dict[str, Any]

TIMES = ("createdAt", "updatedAt")
CHECKSUM = 2**256


def document(stored: Stored[Any]) -> Document:
    """Return what a line says of a stored record."""
    times = {name: stored.item[name] for name in TIMES if name in stored.item}
    return validation.document(stored.record) | times


def left_out(resource: Resource[Any], stored: Stored[Any]) -> Iterator[str]:
    """Yield the names of attributes that no field of the resource stands for today."""
    known = {field.label for field in fields_of(resource)} | {*KEPT}
    return (name for name in stored.item if name not in known)


def encode(resource: Resource[Any], documents: Iterable[Document], form: Format) -> bytes:
    """Return documents as lines."""
    if form == "jsonl":
        return b"".join(json.encode(each) + b"\n" for each in documents)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns(resource), lineterminator="\n")
    for each in documents:
        writer.writerow({name: cell(value) for name, value in each.items()})
    return text.getvalue().encode()


def head(resource: Resource[Any], form: Format) -> bytes:
    """Return what comes before all lines."""
    return (",".join(columns(resource)) + "\n").encode() if form == "csv" else b""


def columns(resource: Resource[Any]) -> tuple[str, ...]:
    """Return the names of the columns of CSV."""
    return (*(field.label for field in fields_of(resource)), *TIMES)


def cell(value: object) -> str:
    """Return a value as a cell of CSV: a text as it is, another value as JSON."""
    return value if isinstance(value, str) else json.encode(value).decode()


def from_cells(resource: Resource[Any], cells: Mapping[str, str]) -> Document:
    """Return what a row of CSV says; an empty cell says nothing."""
    return {name: _value(resource, name, text) for name, text in cells.items() if text}


def checksum(documents: Iterable[Document]) -> int:
    """Return a number for these documents in any order; those of two sets add up."""
    hashes = (sha256(json.encode(each, order="sorted")).digest() for each in documents)
    return sum(int.from_bytes(each) for each in hashes) % CHECKSUM


def restored(resource: Resource[T], given: Document) -> tuple[T, Document]:
    """Return the record of a line that `document` made, and its times.

    It is read as a stored record is, whatever today's rules say. Raises InvalidFieldsError for what
    no field stands for today, msgspec.ValidationError for a value of another JSON type.
    """
    times = {name: given[name] for name in TIMES if name in given}
    known = {*times, *(each.label for each in fields_of(resource))}
    wrong = [FieldError(name, wording.DATE_TIME) for name in times if not _is_time(times[name])]
    wrong += [FieldError(name, wording.UNKNOWN) for name in given if name not in known]
    if wrong:
        raise InvalidFieldsError(*wrong)
    return validation.restore(resource.model, given), times


def fields_of(resource: Resource[Any]) -> tuple[Field, ...]:
    """Return the fields of a resource's records."""
    model: type[Struct] = resource.model
    return fields(model)


def _value(resource: Resource[Any], name: str, text: str) -> object:
    known = any(field.label == name for field in fields_of(resource))
    if not known or validation.is_valid(resource.model, name, text):
        return text
    try:
        value: object = json.decode(text)
    except ValueError:
        return text
    return value


def _is_time(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
