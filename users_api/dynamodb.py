"""Talking to DynamoDB: the client with its limits, and what its failures mean to a caller."""

import logging
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from random import SystemRandom
from typing import Any
from uuid import uuid4

from pydynox import DynamoDBClient
from pydynox.exceptions import (
    AccessDeniedException,
    ConditionalCheckFailedException,
    CredentialsException,
    PydynoxException,
    ResourceNotFoundException,
    SerializationException,
    TransactionCanceledException,
    ValidationException,
)

from users_api.config import Settings
from users_api.errors import StoreUnavailableError

# One request takes less than 3 s: two attempts of 1 s each and a pause between them. No request
# begins later than 1.9 s into an exchange, so that against a store that hangs it ends within 5 s.
CONNECT_TIMEOUT = 1.0  # seconds
READ_TIMEOUT = 1.0  # seconds
ATTEMPTS = 2
LATEST_REQUEST = 1.9  # seconds

FIRST_PAUSE = 0.01  # seconds, doubled each time
JITTER = SystemRandom()  # functions restored from one snapshot must not pause alike

# How another transaction in the way is told: by a reason, and in words where pydynox has no type.
CONTENTION = ("TransactionConflict", "Transaction is ongoing")
REFUSED = "ConditionalCheckFailed"

OFFLINE_ENDPOINT = "http://localhost:8000"  # where `osls dynamodb start` listens

# Who asks again gets these again: they are for us to mend, not for the client to wait out.
OUR_FAULT = (
    AccessDeniedException,
    CredentialsException,
    ResourceNotFoundException,
    SerializationException,
    ValidationException,
)

Item = dict[str, Any]
Operation = dict[str, Any]


def connect(settings: Settings) -> DynamoDBClient:
    """Return a client for the DynamoDB that the settings name. It connects when first used."""
    logging.getLogger("pydynox").setLevel(logging.WARNING)  # at INFO it tells of every request
    credentials = "offline" if settings.offline else None
    return DynamoDBClient(
        region=settings.region,
        endpoint_url=settings.endpoint_url or (OFFLINE_ENDPOINT if settings.offline else None),
        access_key=credentials,
        secret_key=credentials,
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        max_retries=ATTEMPTS,
    )


def put(table: str, item: Item, condition: str, **values: object) -> Operation:
    """Return a conditional put: `values` are those that the condition names, such as `:now`."""
    return {"type": "put", "table": table, "item": item} | _conditional(condition, values)


def delete(table: str, key: Item, condition: str, **values: object) -> Operation:
    """Return a conditional delete."""
    return {"type": "delete", "table": table, "key": key} | _conditional(condition, values)


def _conditional(condition: str, values: Mapping[str, object]) -> Operation:
    operation: Operation = {"condition_expression": condition}
    if values:
        operation["expression_attribute_values"] = {f":{name}": values[name] for name in values}
    return operation


class _ContendedError(StoreUnavailableError):
    """Another transaction is in the way."""


class Exchange:
    """The requests that one call of the service makes to DynamoDB.

    Each raises StoreUnavailableError when the store cannot answer in time. What is wrong on our
    side, such as a table that is missing, is raised as it comes.
    """

    def __init__(self, client: DynamoDBClient) -> None:
        self._client = client
        self._latest = time.monotonic() + LATEST_REQUEST

    def get(self, table: str, key: Item) -> Item | None:
        """Return an item as it is now."""
        with self._request():
            return self._client.sync_get_item(table, key, consistent_read=True)

    def scan(self, table: str, limit: int, after: Item | None) -> list[Item]:
        """Return up to `limit` items that follow the key `after`, in no particular order."""
        with self._request():
            return list(
                self._client.sync_scan(
                    table, limit=limit, last_evaluated_key=after, consistent_read=True
                )
            )

    def write(self, **operations: Operation) -> dict[str, Item | None]:
        """Apply all operations or none: one as it is, several in a transaction.

        Returns the operations whose condition did not hold; nothing if all was written. A single
        operation comes with the item that stood in its way, an empty one if there is none; in a
        transaction that is not known. While another transaction is in the way, the same is sent
        again.
        """
        token = str(uuid4())
        for _ in self.attempts():
            with suppress(_ContendedError), self._request():
                if len(operations) > 1:
                    return self._transact(operations, token)
                [(name, operation)] = operations.items()
                return self._apply(name, operation)
        raise StoreUnavailableError

    def attempts(self) -> Iterator[None]:
        """Yield for as long as a request may begin, with longer and longer pauses in between."""
        pause, longest = 0.0, FIRST_PAUSE
        while time.monotonic() + pause < self._latest:
            time.sleep(pause)
            yield
            pause, longest = longest * JITTER.uniform(0.5, 1), longest * 2

    def _apply(self, name: str, operation: Operation) -> dict[str, Item | None]:
        client = self._client
        send: Any = client.sync_put_item if operation["type"] == "put" else client.sync_delete_item
        arguments = {part: operation[part] for part in operation if part != "type"}
        try:
            send(**arguments, return_values_on_condition_check_failure=True)
        except ConditionalCheckFailedException as error:
            return {name: getattr(error, "item", {})}
        return {}

    def _transact(self, operations: Mapping[str, Operation], token: str) -> dict[str, Item | None]:
        try:
            self._client.sync_transact_write(list(operations.values()), client_request_token=token)
        except TransactionCanceledException as error:
            reasons = re.findall(r"\w+", str(error).rpartition("[")[2])  # one for each operation
            if not {REFUSED, "None"}.issuperset(reasons):  # not the last word: others are at it
                raise
            told = zip(operations, reasons, strict=True)
            return {name: None for name, reason in told if reason == REFUSED}
        return {}

    @contextmanager
    def _request(self) -> Iterator[None]:
        if time.monotonic() > self._latest:
            raise StoreUnavailableError
        try:
            yield
        except OUR_FAULT:
            raise
        except PydynoxException as error:
            if any(sign in str(error) for sign in CONTENTION):
                raise _ContendedError from error
            raise StoreUnavailableError from error
