"""Erase: everything that is kept about one person, and the proof that it is gone."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import suppress
from functools import partial

from tools.patience import Pace
from tools.people import Found, Person
from tools.stages import UNIQUE_VALUES, Stage
from users_api.errors import NotFoundError
from users_api.store.collection import Collection
from users_api.store.session import Write


def told(found: Iterable[Found]) -> str:
    """Say how many items there are, and of what."""
    numbers = Counter(each.table.purpose for each in found)
    return ", ".join(f"{number:,} of {name}" for name, number in numbers.items()) or "nothing"


def erase(stage: Stage, who: Person, found: Iterable[Found], pace: Pace) -> None:
    """Remove the record with its unique values, and whatever else was found to be theirs."""
    collection = Collection(stage.connection, who.resource, stage.settings.table)
    if who.record:
        with suppress(NotFoundError):
            pace.patiently(partial(collection.remove, who.record_id, lambda _: True))
    for each in found:
        if each.link == "theirs" and each.table.purpose != who.resource.name:
            pace.patiently(partial(_remove, stage, each))


def remains(stage: Stage) -> list[str]:
    """Say what will last, and until when."""
    if stage.is_local:
        return ["What an engine on this machine has removed is gone."]
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


def _remove(stage: Stage, found: Found) -> None:
    stage.connection.session().write(_removal(found))  # if it is refused, the search after it tells


def _removal(found: Found) -> Write:
    table, key = found.table, {found.table.key: found.item[found.table.key]}
    if table.purpose == UNIQUE_VALUES:
        owner = {"owner": found.item["recordId"]}
        return Write("delete", table.name, key, "recordId = :owner", owner)
    written = {"written": found.item.get("writeId")}
    return Write("delete", table.name, key, "writeId = :written", written)
