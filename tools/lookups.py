"""Reading single items, several at once."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

from tools.patience import Pace
from tools.stages import Stage, Table
from users_api.errors import StoreUnavailableError
from users_api.store.client import TroubleError, understood
from users_api.store.session import Item

R = TypeVar("R")

MOST_KEYS = 100  # of a request


def many(stage: Stage, table: Table, keys: Iterable[str], pace: Pace) -> dict[str, Item]:
    """Return the items of a table that have these keys, by their keys."""
    wanted = [{table.key: key} for key in dict.fromkeys(keys)]
    found: list[Item] = []
    for start in range(0, len(wanted), MOST_KEYS):
        part = wanted[start : start + MOST_KEYS]
        get = partial(stage.client.sync_batch_get, table.name, part, consistent_read=True)
        found += pace.patiently(partial(_sent, "BatchGetItem", get))
        pace.spend(len(part))
    return {item[table.key]: item for item in found}


def together(stage: Stage, keys: Sequence[tuple[Table, str]], pace: Pace) -> list[Item | None]:
    """Return items of several tables as they are at one moment; None for each that is not there."""
    wanted = [{"table": table.name, "key": {table.key: key}} for table, key in keys]
    get = partial(stage.client.sync_transact_get, wanted)
    pace.spend(2 * len(wanted))
    return pace.patiently(partial(_sent, "TransactGetItems", get))


def _sent(operation: str, send: Callable[[], R]) -> R:
    try:
        with understood(operation):
            return send()
    except TroubleError as error:
        raise StoreUnavailableError(str(error)) from error
