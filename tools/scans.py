"""Reading a table from end to end, page by page."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from msgspec import json

from tools.patience import Pace
from tools.stages import READ_UNIT, Stage, Table
from users_api.store.session import Item

PAGE = 250  # items, so that memory stays small


class Page(NamedTuple):
    """Some items, and the position after which the next ones come; None after the last ones."""

    items: list[Item]
    position: Any


def pages(
    stage: Stage, table: Table, pace: Pace, after: object = None, segment: int | None = None
) -> Iterator[Page]:
    """Yield the pages of a table, or of one of its segments, that follow a position.

    Reads are strongly consistent: what was there throughout is told exactly once.
    """
    limit = max(1, min(PAGE, int(pace.rate or PAGE)))
    position, more = after, True
    while more:
        key = None if position is None else {table.key: position}
        items, more = pace.patiently(partial(_scan, stage, table, limit, key, segment))
        position = items[-1][table.key] if more else None
        yield Page(items, position)
        if pace.rate:
            pace.spend(sum(map(size, items)) / READ_UNIT)


def _scan(
    stage: Stage, table: Table, limit: int, after: Item | None, segment: int | None
) -> tuple[list[Item], bool]:
    if segment is None or stage.segments == 1:
        return stage.connection.session().scan(table.name, limit, after)
    return stage.connection.session().scan(table.name, limit, after, segment, stage.segments)


def size(item: Item) -> int:
    """Return about how many bytes an item takes."""
    return len(json.encode(item))
