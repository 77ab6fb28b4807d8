"""Texts, booleans, dates, times and enumerations."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any

from msgspec import Meta, ValidationError, convert, inspect

from users_api.validation import wording
from users_api.validation.rules import Rule, mistyped
from users_api.validation.text import LONGEST_DECOMPOSITION, composed

LONGEST_TEXT = 1024  # code points, where a field says nothing: DynamoDB takes 400 KB an item
WITH_ZONE = Annotated[datetime, Meta(tz=True)]
LONGEST_DATE_TIME = 40  # characters: nine digits of a second, an offset, and some to spare
ZONE = re.compile("([Zz]|[+-][0-9]{2}:[0-9]{2})$")  # RFC 3339, section 5.6


class Text(Rule):
    """A text in NFC. Lengths count its code points."""

    def __init__(self, kind: inspect.StrType, extra: Mapping[str, Any]) -> None:
        self.shortest = kind.min_length or 0
        self.longest = LONGEST_TEXT if kind.max_length is None else kind.max_length
        self.pattern = kind.pattern
        # In Python, `$` also matches before a final line feed; in ECMA 262 only at the end.
        self._search = re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", kind.pattern or "")).search
        super().__init__(wording.text(self.shortest, self.longest, kind.pattern), extra)

    def read(self, value: object) -> str:
        """Return the text in NFC."""
        if not isinstance(value, str) or len(value) > LONGEST_DECOMPOSITION * self.longest:
            raise self.bad()
        text = composed(value)
        if not self.shortest <= len(text) <= self.longest:
            raise self.bad()
        if not (self._search(value) and self._search(text)):  # the NFC of the Kelvin sign is K
            raise self.bad()
        return text

    def restore(self, value: object) -> str:
        """Return the text as it is."""
        if not isinstance(value, str):
            raise mistyped()
        return value


class Flag(Rule):
    """True or false."""

    def __init__(self, _: inspect.BoolType, extra: Mapping[str, Any]) -> None:
        super().__init__(wording.FLAG, extra)

    def read(self, value: object) -> bool:
        """Return the boolean."""
        if not isinstance(value, bool):
            raise self.bad()
        return value

    def parse(self, text: str) -> bool:
        """Return the boolean that a text is."""
        return self.read({"true": True, "false": False}.get(text))

    def is_typed(self, value: object) -> bool:
        """Tell whether it is a boolean."""
        return isinstance(value, bool)


class Date(Rule):
    """A date (RFC 3339, full-date)."""

    def __init__(self, _: inspect.DateType, extra: Mapping[str, Any]) -> None:
        super().__init__(wording.DATE, extra)

    def read(self, value: object) -> date:
        """Return the date."""
        if not isinstance(value, str):
            raise self.bad()
        try:
            return convert(value, date)
        except ValidationError:
            raise self.bad() from None


class DateTime(Rule):
    """A date and time with time zone (RFC 3339, date-time), kept in UTC."""

    def __init__(self, _: inspect.DateTimeType, extra: Mapping[str, Any]) -> None:
        super().__init__(wording.DATE_TIME, extra)

    def read(self, value: object) -> datetime:
        """Return the time in UTC."""
        if not isinstance(value, str) or len(value) > LONGEST_DATE_TIME or " " in value:
            raise self.bad()
        if not ZONE.search(value):
            raise self.bad()
        try:
            time: datetime = convert(value, WITH_ZONE)
            return time.astimezone(UTC)
        except (ValidationError, OverflowError):  # the latter at both ends of the calendar
            raise self.bad() from None


class Choice(Rule):
    """One of the values of an enumeration, which are all texts or all whole numbers."""

    def __init__(self, kind: Any, extra: Mapping[str, Any]) -> None:  # noqa: ANN401 - Enum or Literal
        if isinstance(kind, inspect.EnumType):
            self.options = {each.value: each for each in kind.cls}
        else:
            self.options = {each: each for each in kind.values}
        super().__init__(wording.choice(self.options), extra)

    def read(self, value: object) -> object:
        """Return what the value stands for."""
        if not self.is_typed(value) or value not in self.options:
            raise self.bad()
        return self.options[value]

    def is_typed(self, value: object) -> bool:
        """Tell whether it is a text where texts are to choose from, or else a number."""
        texts = isinstance(next(iter(self.options)), str)
        return type(value) in ({str} if texts else {int, float})
