"""What a client is told: sentences in plain English, made from what a field may be."""

from collections.abc import Iterable
from typing import Any

REQUIRED = "is required"
UNKNOWN = "is not a known field"
UNKNOWN_PARAMETER = "is not a parameter of this call"
FIXED = "cannot be changed"
READ_ONLY = "cannot be set"

FLAG = "must be true or false"
DATE = "must be a date such as 2026-11-24"
DATE_TIME = "must be a date and time with time zone such as 2026-11-24T10:38:02Z"
OBJECT = "must be an object"

LONGEST_CHOICE = 200  # characters


def text(shortest: int, longest: int, pattern: str | None) -> str:
    """Say what a text must be."""
    form = " in the required format" if pattern else ""
    return f"must be a string of {_size(shortest, longest, 'character')}{form}"


def array(shortest: int, longest: int) -> str:
    """Say what a list must be."""
    return f"must be a list of {_size(shortest, longest, 'item')}"


def number(name: str, limits: Any) -> str:  # noqa: ANN401 - msgspec's IntType or FloatType
    """Say what a number must be."""
    if limits.ge is not None and limits.le is not None:
        return f"must be {name} from {limits.ge} to {limits.le}{_multiple(limits)}"
    bounds = {
        "of at least": limits.ge,
        "greater than": limits.gt,
        "of at most" if limits.gt is None else "at most": limits.le,
        "less than": limits.lt,
    }
    said = [f" {words} {bound}" for words, bound in bounds.items() if bound is not None]
    return f"must be {name}{' and'.join(said)}{_multiple(limits)}"


def choice(options: Iterable[object]) -> str:
    """Say which values there are."""
    listed = ", ".join(map(str, options))
    fits = len(listed) <= LONGEST_CHOICE
    return f"must be one of: {listed}" if fits else "must be one of the values of this field"


def _multiple(limits: Any) -> str:  # noqa: ANN401 - likewise
    return "" if limits.multiple_of is None else f" that is a multiple of {limits.multiple_of}"


def _size(shortest: int, longest: int, unit: str) -> str:
    counted = f"{longest} {unit}" if longest == 1 else f"{longest} {unit}s"
    if shortest == longest:
        return f"exactly {counted}"
    return f"{shortest} to {counted}" if shortest else f"at most {counted}"
