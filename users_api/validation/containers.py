"""Lists and objects: the fields of a msgspec Struct, and a rule for the type of each."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

from msgspec import NODEFAULT, UNSET, Struct, inspect
from msgspec.structs import replace

from users_api.errors import MOST_FIELDS_NAMED
from users_api.validation import wording
from users_api.validation.numbers import Decimal, Whole
from users_api.validation.rules import BadValueError, Rule, mistyped
from users_api.validation.scalars import Choice, Date, DateTime, Flag, Text

LONGEST_LIST = 100  # items, where a field says nothing

Extra = Mapping[str, Any]


class Field(Struct, frozen=True):
    """A field of an object: its names in Python and in JSON, and what it may be."""

    name: str
    label: str
    rule: Rule
    required: bool
    read_only: bool  # only the server sets it
    default: Callable[[], object]
    missing: object  # what it is in an object that was stored without it


Reader = Callable[[Field, Any], object]


class Array(Rule):
    """A list of values of one kind."""

    def __init__(self, kind: inspect.ListType, extra: Extra) -> None:
        self.item = rule_of(kind.item_type)
        self.shortest = kind.min_length or 0
        self.longest = LONGEST_LIST if kind.max_length is None else kind.max_length
        super().__init__(wording.array(self.shortest, self.longest), extra)

    def read(self, value: object) -> list[object]:
        """Return the list; name every bad item, as far as they are told."""
        if not isinstance(value, list) or not self.shortest <= len(value) <= self.longest:
            raise self.bad()
        items: list[object] = []
        found: list[tuple[str, str]] = []
        for place, each in enumerate(value):
            try:
                items.append(self.item.read(each))
            except BadValueError as error:
                found += error.within(f"[{place}]")
            if len(found) >= MOST_FIELDS_NAMED:
                break  # no more will be told
        if found:
            raise BadValueError(*found)
        return items

    def restore(self, value: object) -> list[object]:
        """Return the list, each item as far as it can be read."""
        if not isinstance(value, list):
            raise mistyped()
        return [self.item.restore(each) for each in value]


class Shape(Rule):
    """An object: the fields of a kind of Struct."""

    def __init__(
        self, kind: inspect.StructType, extra: Extra, unknown: str = wording.UNKNOWN
    ) -> None:
        self.kind = kind.cls
        self.unknown = unknown  # what is said of a field that there is not
        super().__init__(wording.OBJECT, extra)
        self.said = wording.OBJECT  # a description tells what the object is, not how to write it

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields in their order, looked at when needed: an object may hold its own kind."""
        return fields(self.kind)

    def read(self, value: object) -> Struct:
        """Return a new object; name every bad field."""
        if not isinstance(value, dict):
            raise self.bad()
        return self.made(value, lambda field, given: field.rule.read(given))

    def made(self, document: Mapping[str, object], reader: Reader) -> Struct:
        """Return a new object of what `reader` makes of the values in the document."""
        return self.kind(**self._values(document, reader, complete=True))

    def merged(self, current: object, patch: object, fixed: str | None = None) -> Struct:
        """Return `current`, or a new object if it is none, with a merge patch applied.

        It goes as deep as this kind of object, and no deeper: what a patch has below is an error.
        """
        if not isinstance(patch, dict):
            raise self.bad()

        def change(field: Field, given: object) -> object:
            if field.label == fixed:
                raise BadValueError(("", wording.FIXED))
            if given is None:
                return _reset(field)
            if isinstance(field.rule, Shape):
                return field.rule.merged(getattr(current, field.name, None), given)
            return field.rule.read(given)

        if not isinstance(current, Struct):
            return self.made(patch, change)
        return replace(current, **self._values(patch, change, complete=False))

    def restore(self, value: object) -> Struct:
        """Return a stored object, whatever it lacks and whatever else it has."""
        if not isinstance(value, Mapping):
            raise mistyped()
        values: dict[str, object] = {}
        for field in self.fields:
            stored = value.get(field.label)
            values[field.name] = field.missing if stored is None else field.rule.restore(stored)
        return self.kind(**values)

    def _values(
        self, document: Mapping[str, object], reader: Reader, *, complete: bool
    ) -> dict[str, object]:
        """Return the values by their names in Python; a `complete` document lacks none required."""
        values: dict[str, object] = {}
        found: list[tuple[str, str]] = []
        for field in self.fields:
            if field.label in document:
                try:
                    values[field.name] = _given(field, document[field.label], reader)
                except BadValueError as error:
                    found += error.within(f".{field.label}")
            elif field.required and complete:
                found.append((f".{field.label}", wording.REQUIRED))
        if len(values) < len(document):
            found += self._unknown(document)
        if found:
            raise BadValueError(*found)
        return values

    def _unknown(self, document: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        known = {field.label for field in self.fields}
        unknown = (name for name in document if name not in known)
        return ((f".{name}", self.unknown) for name in islice(unknown, MOST_FIELDS_NAMED))


@cache
def fields(kind: type[Struct]) -> tuple[Field, ...]:
    """Return the fields of a kind; raise TypeError if no client could send one of them."""
    described: Any = inspect.type_info(kind)
    return tuple(_field(each) for each in described.fields)


def _field(described: inspect.Field) -> Field:
    try:
        rule = rule_of(described.type)
    except TypeError as error:
        raise TypeError(f"`{described.encode_name}`: {error}") from None
    value, factory = described.default, described.default_factory
    constant = value if factory is NODEFAULT else [] if factory is list else UNSET
    return Field(
        name=described.name,
        label=described.encode_name,
        rule=rule,
        required=described.required,
        read_only=bool(rule.extra.get("readOnly")),
        default=(lambda: value) if factory is NODEFAULT else factory,
        missing=UNSET if described.required else constant,
    )


def _given(field: Field, value: object, reader: Reader) -> object:
    if field.read_only:
        raise BadValueError(("", wording.READ_ONLY))
    return reader(field, value)


def _reset(field: Field) -> object:
    """Return what a field is once it is removed."""
    if field.required:
        raise BadValueError(("", wording.REQUIRED))
    return field.default()


RULES: Mapping[type[inspect.Type], Callable[[Any, Extra], Rule]] = {
    inspect.StrType: Text,
    inspect.IntType: Whole,
    inspect.FloatType: Decimal,
    inspect.BoolType: Flag,
    inspect.DateType: Date,
    inspect.DateTimeType: DateTime,
    inspect.EnumType: Choice,
    inspect.LiteralType: Choice,
    inspect.ListType: Array,
    inspect.StructType: Shape,
}


SCALARS = (Text, Whole, Date, DateTime, Choice)


def rule_of(described: inspect.Type) -> Rule:
    """Return what a value of this type may be; raise TypeError if no field can be of it."""
    kind, extra = _plain(described)
    if type(kind) not in RULES:
        raise TypeError(f"a field cannot be of this type: {described}")
    return RULES[type(kind)](kind, extra)


def _plain(described: inspect.Type) -> tuple[inspect.Type, dict[str, Any]]:
    """Return the type without `| None`, and what is said about it in its Meta."""
    if isinstance(described, inspect.Metadata):
        kind, extra = _plain(described.type)
        return kind, {**extra, **(described.extra_json_schema or {})}
    if isinstance(described, inspect.UnionType):
        options = [each for each in described.types if not isinstance(each, inspect.NoneType)]
        if len(options) == 1:
            return _plain(options[0])
    return described, {}
