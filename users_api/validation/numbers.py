"""Numbers: what JSON and DynamoDB both keep as they are."""

import math
import re
from collections.abc import Mapping
from typing import Any

from msgspec import inspect

from users_api.validation import wording
from users_api.validation.rules import Rule

LARGEST_WHOLE = 2**53 - 1  # the largest that all parsers read exactly (RFC 8259, section 6)
SMALLEST_DECIMAL = 1e-130  # and 0; the limits of DynamoDB
LARGEST_DECIMAL = math.nextafter(1e126, 0)

WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?")


class Number(Rule):
    """A number within limits. A boolean is none."""

    def __init__(self, name: str, kind: Any, extra: Mapping[str, Any]) -> None:  # noqa: ANN401 - IntType or FloatType
        self.limits = kind
        super().__init__(wording.number(name, kind), extra)

    def is_typed(self, value: object) -> bool:
        """Tell whether it is a number."""
        return type(value) in {int, float}

    def _fits(self, number: float) -> bool:
        limits = self.limits
        return (
            (limits.ge is None or number >= limits.ge)
            and (limits.gt is None or number > limits.gt)
            and (limits.le is None or number <= limits.le)
            and (limits.lt is None or number < limits.lt)
        )


class Whole(Number):
    """A whole number; 128.0 is one, for JSON has one kind of number only."""

    def __init__(self, kind: inspect.IntType, extra: Mapping[str, Any]) -> None:
        super().__init__("a whole number", kind, extra)

    def read(self, value: object) -> int:
        """Return the number."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is not int or abs(value) > LARGEST_WHOLE:
            raise self.bad()
        if not self._fits(value) or value % (self.limits.multiple_of or 1):
            raise self.bad()
        return value

    def parse(self, text: str) -> int:
        """Return the number that a text is."""
        return self.read(int(text) if WHOLE.fullmatch(text) else text)


class Decimal(Number):
    """A number that DynamoDB can store."""

    def __init__(self, kind: inspect.FloatType, extra: Mapping[str, Any]) -> None:
        if kind.multiple_of is not None:
            raise TypeError("multiple_of is for int: as floats, 0.07 is no multiple of 0.01")
        super().__init__("a number", kind, extra)

    def read(self, value: object) -> float:
        """Return the number."""
        if type(value) is not float and type(value) is not int:
            raise self.bad()
        if value and not SMALLEST_DECIMAL <= abs(value) <= LARGEST_DECIMAL:
            raise self.bad()
        if not self._fits(value):
            raise self.bad()
        return float(value) + 0.0  # which makes a 0 of -0.0, as DynamoDB does

    def parse(self, text: str) -> float:
        """Return the number that a text is."""
        return self.read(float(text) if DECIMAL.fullmatch(text) else text)
