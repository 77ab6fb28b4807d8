"""What `verify` finds."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct


class Kind(StrEnum):
    """What does not agree."""

    UNREADABLE = "record that no model reads"
    UNMARKED = "value without marker"
    UNOWNED = "marker without owner"
    SHARED = "value of several records"
    UNKNOWN = "marker of no field"
    EXPIRED = "expired idempotency record"
    FOREIGN = "idempotency record that nobody reads"


MENDABLE = frozenset({Kind.UNMARKED, Kind.UNOWNED, Kind.EXPIRED})


class Problem(Struct, kw_only=True):
    """Something that does not agree, and whether it has been mended."""

    kind: Kind
    table: str
    key: str
    owner: str = ""  # the id of the record that a marker is, or should be, of
    resource: str = ""
    unchanged: Mapping[str, Any] | None = None  # the condition that the record is as it was found
    mended: bool = False


class Findings(Struct):
    """What was checked, and all that was found."""

    checked: dict[str, int] = {}
    problems: list[Problem] = []

    @property
    def left(self) -> int:
        """How many problems are left."""
        return sum(not each.mended for each in self.problems)
