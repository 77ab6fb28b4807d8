"""What is imported: the lines of a file, ours or another system's, as documents of a resource."""

from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from csv import field_size_limit
from itertools import count
from pathlib import Path
from typing import IO, Any, Generic, NamedTuple, TypeVar

from msgspec import Struct, ValidationError

from tools import lines
from tools.lines import Document, Format
from tools.rows import rows
from users_api.errors import FieldError, InvalidFieldsError, InvalidRequestError
from users_api.http.requests import LARGEST_BODY, parsed
from users_api.resource import Resource

T = TypeVar("T", bound=Struct)

LONGEST_OWN = 4 * 2**20  # bytes of a line of ours: JSON has up to six for each of an item's 400 KB
TOO_LONG = "is longer than {} bytes"
NO_OBJECT = "is not a JSON object in UTF-8 that has each name once"
NO_ROW = (
    "is not a row of CSV in UTF-8, with as many cells as the first line, "
    f"each of at most {field_size_limit()} characters"
)
UNREADABLE = "is not a record that this service reads"


class Line(NamedTuple):
    """A line of a file: what it says, or what is wrong with it as a whole."""

    number: int
    content: Document | str
    wrong: str = ""


class Entry(Struct, Generic[T], frozen=True):
    """A record that a line stands for, and when it was made and last changed, if that is told."""

    line: Line
    record: T
    times: Document
    made_id: str = ""  # the one that it was given here, for its line has none


class Rejected(Struct, frozen=True):
    """A line that is not imported, and why."""

    line: int
    errors: tuple[FieldError, ...]
    content: Document | str


class Source(Struct, frozen=True, kw_only=True):
    """A file, and how it is read."""

    path: Path
    form: Format
    is_ours: bool = False  # made by `export`
    renamed: Mapping[str, str] = {}  # what the file calls a field, by the name of the field
    ignored: tuple[str, ...] = ()  # what else it has
    delimiter: str = ","

    def lines(self) -> Iterator[Line]:
        """Yield the lines that say something; raise ToolError for columns that cannot be."""
        if self.form == "jsonl":
            with self.path.open("rb") as file:
                yield from _json_lines(file, LONGEST_OWN if self.is_ours else LARGEST_BODY)
        else:
            if self.is_ours:
                field_size_limit(LONGEST_OWN)  # a list is one cell
            needed = [*self.renamed.values(), *self.ignored]
            with self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
                for number, row in rows(text, self.delimiter, needed):
                    yield Line(number, row, NO_ROW if isinstance(row, str) else "")

    def entry(self, resource: Resource[T], line: Line, made_id: str = "") -> Entry[T] | Rejected:
        """Return the record of a line: of ours as it was stored, else by the rules of the API.

        A line without an id gets `made_id`, or a new one.
        """
        if line.wrong:
            return Rejected(line.number, (FieldError("", line.wrong),), line.content)
        try:
            return self._entry(resource, line, made_id)
        except InvalidFieldsError as error:
            return Rejected(line.number, tuple(error.errors), line.content)
        except ValidationError:
            return Rejected(line.number, (FieldError("", UNREADABLE),), line.content)

    def document(self, resource: Resource[Any], line: Line) -> Document:
        """Return what a line says, in the names of the resource's fields."""
        content: Any = line.content
        used = {name for each in self.renamed.values() for name in (each, each.partition(".")[0])}
        used.update(self.ignored)
        document = {name: content[name] for name in content if name not in used}
        for field, name in self.renamed.items():
            value = _dug(content, name)
            if value is not None:
                document[field] = value
        return lines.from_cells(resource, document) if self.form == "csv" else document

    def _entry(self, resource: Resource[T], line: Line, made_id: str) -> Entry[T]:
        document = self.document(resource, line)
        if self.is_ours:
            return Entry(line, *lines.restored(resource, document))
        has_id = resource.key in document
        if made_id and not has_id:
            document[resource.key] = made_id
        record = resource.new(document)
        record = resource.rule(record, None) if resource.rule else record
        return Entry(line, record, {}, "" if has_id else resource.id_of(record))


def _json_lines(file: IO[bytes], longest: int) -> Iterator[Line]:
    for number in count(1):
        line = file.readline(longest + 1).removeprefix(BOM_UTF8)
        if not line:
            return
        if len(line) > longest:
            _skip_rest(file, line)
            yield Line(number, "", TOO_LONG.format(longest))
        elif line.strip():
            yield _json_line(number, line)


def _skip_rest(file: IO[bytes], line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = file.readline(LARGEST_BODY)


def _json_line(number: int, line: bytes) -> Line:
    try:
        document = parsed(line)
    except InvalidRequestError:
        document = None
    if isinstance(document, dict):
        return Line(number, document)
    return Line(number, line.decode(errors="replace").rstrip("\n"), NO_OBJECT)


def _dug(content: Document, name: str) -> object:
    """Return what is called `name`, or lies in an object on the way that dots tell."""
    if name in content:
        return content[name]
    first, _, rest = name.partition(".")
    inner = content.get(first)
    return _dug(inner, rest) if rest and isinstance(inner, dict) else None
