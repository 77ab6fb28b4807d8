"""Values that no two records share: a marker item for each is what makes it unique.

A marker is written and removed in one transaction with the record that has the value. All
resources keep theirs in one table.
"""

from hashlib import sha256
from typing import Any, Literal

from users_api.resource import Resource
from users_api.store.session import Item, Session, Write

KEY = "uniqueValue"  # resource, field and value in one text, such as users#email#ada@example.com
LONGEST_KEY = 2048  # bytes, of a key of DynamoDB
FREE_OR_OWN = f"attribute_not_exists({KEY}) OR recordId = :owner"


class UniqueValues:
    """The unique values of a resource, in the table of all of them."""

    def __init__(self, resource: Resource[Any], table: str) -> None:
        self._resource = resource
        self._table = table

    def owner(self, session: Session, field: str, value: object) -> str | None:
        """Return the id of the record that has this value, if there is one."""
        marker = session.get(self._table, {KEY: self._marked(field, value)})
        return str(marker["recordId"]) if marker else None

    def is_same(self, field: str, one: object, other: object) -> bool:
        """Tell whether two values of a field count as one."""
        return self._marked(field, one) == self._marked(field, other)

    def claims(self, owner: str, before: Item, after: Item) -> dict[str, Write]:
        """Return what claims the values that an item gains, by their fields."""
        return {
            field: self._write("put", owner, {KEY: marked, "recordId": owner})
            for field, marked in self._gained(before, after)
        }

    def releases(self, owner: str, before: Item, after: Item) -> list[Write]:
        """Return what releases the values that an item loses."""
        return [
            self._write("delete", owner, {KEY: marked}) for _, marked in self._gained(after, before)
        ]

    def _gained(self, before: Item, after: Item) -> list[tuple[str, str]]:
        had, has = self._held(before), self._held(after)
        return [(field, has[field]) for field in has if has[field] != had.get(field)]

    def _held(self, item: Item) -> dict[str, str]:
        fields = self._resource.unique
        return {field: self._marked(field, item[field]) for field in fields if field in item}

    def _marked(self, field: str, value: object) -> str:
        compared = self._resource.unique[field](value)
        marked = f"{self._resource.name}#{field}#{compared}"
        if len(marked.encode()) <= LONGEST_KEY:
            return marked
        return f"{self._resource.name}#{field}#sha256:{sha256(compared.encode()).hexdigest()}"

    def _write(self, kind: Literal["put", "delete"], owner: str, subject: Item) -> Write:
        return Write(kind, self._table, subject, FREE_OR_OWN, {"owner": owner})
