"""Whether DynamoDB answers for every table that the service needs."""

from collections.abc import Callable, Sequence
from typing import Any

from users_api.resource import Resource
from users_api.store import unique
from users_api.store.connection import Connection

NOBODY = "."  # the id of no record


class Tables:
    """The tables of resources and those that all share; `table` tells the name of each."""

    def __init__(
        self,
        connection: Connection,
        resources: Sequence[Resource[Any]],
        table: Callable[[str], str],
    ) -> None:
        self._connection = connection
        keys = {each.name: each.key for each in resources}
        keys |= {"unique-values": unique.KEY, "idempotency": "key"}
        self._keys = {table(name): key for name, key in keys.items()}

    def check(self) -> None:
        """Raise an ApiError unless each of them answers."""
        session = self._connection.session()
        for table, key in self._keys.items():
            session.get(table, {key: NOBODY})
