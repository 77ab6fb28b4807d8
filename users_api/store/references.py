"""Fields that hold the id of another resource's record: it must exist when they are written."""

from collections.abc import Callable
from typing import Any

from users_api.resource import Resource
from users_api.store.session import Item, Write

NOBODY = "."  # no id; what no record can have as one is not asked for: it could be no key at all


class References:
    """The references of a resource to others; `table` tells the name of a table."""

    def __init__(self, resource: Resource[Any], table: Callable[[str], str]) -> None:
        self._targets = {
            field: (target, table(target.name)) for field, target in resource.references.items()
        }

    def checks(self, before: Item, after: Item) -> dict[str, tuple[Write, str]]:
        """Return what checks the references that an item gains, by field, and what is wrong then.

        A check is part of the write's transaction: nothing is removed in between.
        """
        checks: dict[tuple[str, str], Write] = {}  # one for each record, as a transaction takes it
        told: dict[str, tuple[Write, str]] = {}
        for field, (target, table) in self._targets.items():
            if field in after and after[field] != before.get(field):
                record_id = str(after[field]) if target.is_id(str(after[field])) else NOBODY
                check = checks.setdefault((table, record_id), _check(target, table, record_id))
                told[field] = check, f"is not the id of any {target.noun}"
        return told


def _check(target: Resource[Any], table: str, record_id: str) -> Write:
    condition = f"attribute_exists({target.key})"
    return Write("condition_check", table, {target.key: record_id}, condition)
