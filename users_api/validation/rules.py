"""What is common to the rules of all values: how they are read, and how they fail."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from msgspec import ValidationError


class BadValueError(Exception):
    """A value breaks its rule: what is wrong, by paths that begin at the value."""

    def __init__(self, *found: tuple[str, str]) -> None:
        super().__init__("A value breaks its rule")
        self.found = found

    def within(self, step: str) -> list[tuple[str, str]]:
        """Return what is wrong, by paths that begin one step further out."""
        return [(step + path, message) for path, message in self.found]


class Rule(ABC):
    """What a value may be. `extra` is what its type says beyond that, its description say."""

    def __init__(self, said: str, extra: Mapping[str, Any]) -> None:
        self.extra = extra
        self.said = f"must be {extra['description']}" if "description" in extra else said

    @abstractmethod
    def read(self, value: object) -> object:
        """Return what a client's value stands for; raise BadValueError for a bad one."""

    def parse(self, text: str) -> object:
        """Do the same for a text of a query."""
        return self.read(text)

    def restore(self, value: object) -> object:
        """Return what a stored value stands for, or the value itself if today's rule refuses it.

        Raises msgspec.ValidationError for a value of another JSON type.
        """
        try:
            return self.read(value)
        except BadValueError:
            if self.is_typed(value):
                return value
            raise mistyped() from None

    def is_typed(self, value: object) -> bool:
        """Tell whether the value is of the JSON type that this rule is about."""
        return isinstance(value, str)

    def bad(self) -> BadValueError:
        """Return the error of a value that breaks this rule."""
        return BadValueError(("", self.said))


def mistyped() -> ValidationError:
    """Return the error of a stored value that cannot be read."""
    return ValidationError("A stored value is of another type than its field")
