"""Erase: everything that is kept about one person, and the proof that it is gone."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from math import ceil

from tools.patience import Pace
from tools.people import MOST_NAMED, Found, Person, Traces
from tools.scans import size
from tools.stages import IDEMPOTENCY, UNIQUE_VALUES, Stage, Table
from tools.writing import WRITE_UNIT
from users_api.app import RESOURCES
from users_api.errors import NotFoundError
from users_api.store.collection import Collection
from users_api.store.session import Write
from users_api.store.unique import KEY


def told(numbers: Mapping[str, int]) -> str:
    """Say how many items there are, and of what."""
    return ", ".join(f"{number:,} of {name}" for name, number in numbers.items()) or "nothing"


def others(found: Traces, *, show_keys: bool) -> Iterator[str]:
    """Say what mentions a person and belongs to others; name it only if that is asked for."""
    if not found.mentions:
        return
    yield f"Others mention them: {told(found.mentions)}. These stay."
    if not show_keys:
        yield "Add --show-keys to see which they are (make: OPTIONS=--show-keys)."
        return
    yield from (f"  {each}" for each in found.named)
    more = found.mentions.total() - MOST_NAMED
    if more > 0:
        yield f"  and {more:,} more"


def erase(stage: Stage, who: Person, found: list[Found], pace: Pace) -> None:
    """Remove what was found to be theirs.

    What leads to other items goes after them, so that an ended command, given again, finds them:
    records after their idempotency records, the person's own after all that belongs to it. Last
    come the markers that no record has taken along.
    """
    turns = {IDEMPOTENCY: 0, who.resource.name: 2, UNIQUE_VALUES: 3}
    for each in sorted(found, key=lambda each: turns.get(each.table.purpose, 1)):
        pace.spend(2 * ceil(size(each.item) / WRITE_UNIT))
        pace.patiently(partial(_remove, stage, who, each))


def remains(stage: Stage) -> list[str]:
    """Say what will last, and until when."""
    if stage.is_local:
        return ["It is gone for good: this DynamoDB keeps no backups."]
    recovery: dict[int, list[str]] = defaultdict(list)
    for each in stage.tables:
        recovery[stage.recovery_days(each.purpose)].append(each.purpose)
    restorable = [
        f"Point-in-time recovery of {', '.join(purposes)} can bring it back for {days} days."
        for days, purposes in recovery.items()
        if days
    ]
    return [
        *restorable,
        "Logs have no personal data; they end after logDays of serverless.yml.",
        "Backups and exports that you made yourself have not been searched.",
    ]


def _remove(stage: Stage, who: Person, found: Found) -> None:
    table, key = found.table, found.item[found.table.key]
    resource = next((each for each in RESOURCES if each.name == table.purpose), None)
    if resource is None:  # if it is refused, the search after it tells
        stage.connection.session().write(*_removal(stage, who, found))
        return
    owner = None if resource.name == who.resource.name else who.record_id
    records = Collection(stage.connection, resource, stage.settings.table)
    with suppress(NotFoundError):  # or it is somebody else's by now
        records.belonging_to(owner).remove(key, lambda _: True)


def _removal(stage: Stage, who: Person, found: Found) -> Iterator[Write]:
    table, item = found.table, found.item
    key = {table.key: item[table.key]}
    if table.purpose != UNIQUE_VALUES:
        written = {"written": item.get("writeId")}
        yield Write("delete", table.name, key, "writeId = :written", written)
        return
    yield Write("delete", table.name, key, "recordId = :owner", {"owner": item["recordId"]})
    name = str(item[KEY]).partition("#")[0]
    if name != who.resource.name:
        yield _absence(stage.table(name), item["recordId"])


def _absence(table: Table, key: str) -> Write:
    condition = f"attribute_not_exists({table.key})"
    return Write("condition_check", table.name, {table.key: key}, condition)
