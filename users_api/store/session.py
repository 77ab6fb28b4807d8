"""The requests that one call makes to DynamoDB: their time, their retries, and what is known.

Whether a write may be sent again depends on what it means. A transaction may, for its token. So
may a write whose condition names a revision, for no revision comes twice. A creation may not: its
condition, that there is nothing, can become true again, and the first attempt may still arrive.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import compress
from random import SystemRandom
from types import MappingProxyType
from typing import Any, Literal, TypeVar
from uuid import uuid4

from msgspec import Struct
from pydynox import DynamoDBClient
from pydynox.exceptions import ConditionalCheckFailedException
from pydynox.query import ScanResult

from users_api import tally
from users_api.errors import StoreUnavailableError
from users_api.store.client import (
    ConditionsNotMetError,
    ContentionError,
    ThrottledError,
    TroubleError,
    UnknownOutcomeError,
    understood,
)

# A request takes at most 2 s: one to connect, one to answer. None begins later than this after
# the first one, so that against a store that hangs a call ends within 5 s.
LATEST_REQUEST = 2.9  # seconds
ATTEMPTS = 2  # at a request, unless contention alone is in its way

FIRST_PAUSE = 0.01  # seconds, doubled each time
JITTER = SystemRandom()  # functions restored from one snapshot must not pause alike

Item = dict[str, Any]
R = TypeVar("R")


class Write(Struct, frozen=True, eq=False):
    """A write on a condition, or the check of a condition alone."""

    kind: Literal["put", "delete", "condition_check"]
    table: str
    subject: Item  # the item to put, or the key of the one in question
    condition: str
    values: Mapping[str, object] = MappingProxyType({})  # those that the condition names
    repeatable: bool = True  # whether it may be sent again when its outcome is not known

    def operation(self) -> dict[str, Any]:
        """Return it in the terms of pydynox."""
        values = {f":{name}": value for name, value in self.values.items()}
        return {
            "table": self.table,
            "item" if self.kind == "put" else "key": self.subject,
            "condition_expression": self.condition,
            **({"expression_attribute_values": values} if values else {}),
        }


class Refusal(Struct, frozen=True):
    """Why a write has not been applied, as far as is known."""

    writes: Sequence[Write] = ()  # those whose condition did not hold
    found: Item | None = None  # what stood in the way of a single one; None if that is not told
    doubt: str = ""  # the failure for which an earlier attempt may be applied nevertheless

    def of(self, *writes: Write) -> bool:
        """Tell whether the condition of any of these did not hold."""
        return any(write in self.writes for write in writes)


class Session:
    """The requests of one call.

    Each raises StoreUnavailableError when DynamoDB cannot answer in time, and InternalError when
    it never will, until we change something.
    """

    def __init__(self, client: DynamoDBClient) -> None:
        self._client = client
        self._tally = tally.current()
        self._latest = time.monotonic() + LATEST_REQUEST

    def get(self, table: str, key: Item) -> Item | None:
        """Return an item as it is now."""
        get = partial(self._client.sync_get_item, table, key, consistent_read=True)
        return self._send("GetItem", get)

    def scan(
        self,
        table: str,
        limit: int,
        after: Item | None,
        segment: int | None = None,
        total_segments: int | None = None,
    ) -> tuple[list[Item], bool]:
        """Return items that follow the key `after`, in no order, and whether more may follow.

        There are at most `limit`, or as many as DynamoDB reads at a time, which is 1 MB of them. A
        table can be read in parallel, by its segments.
        """
        scan = partial(self._client.sync_scan, table, limit=limit, last_evaluated_key=after)
        part = partial(scan, segment=segment, total_segments=total_segments)
        return self._send("Scan", lambda: _first_page(part(consistent_read=True)))

    def write(self, *writes: Write) -> Refusal | None:
        """Apply all writes or none, each once: one as it is, several in a transaction.

        Returns None if they were applied. A refusal of one write comes with the item in its way,
        an empty one if there is none.
        """
        writes = tuple(dict.fromkeys(writes))
        doubts: list[str] = []

        def may_repeat(trouble: TroubleError) -> bool:
            if isinstance(trouble, UnknownOutcomeError):
                doubts.append(str(trouble))
            return not doubts or len(writes) > 1 or writes[0].repeatable

        try:
            self._send(*self._request(writes), may_repeat)
        except ConditionalCheckFailedException as error:
            return Refusal(writes, getattr(error, "item", {}), "; ".join(doubts))
        except ConditionsNotMetError as error:
            return Refusal([*compress(writes, error.refused)], None, "; ".join(doubts))
        except UnknownOutcomeError:
            return Refusal(doubt="; ".join(doubts))
        return None

    def attempts(self) -> Iterator[int]:
        """Yield 1, 2, … while a request may begin, with longer and longer pauses in between."""
        number, pause, longest = 1, 0.0, FIRST_PAUSE
        while time.monotonic() + pause <= self._latest:
            if pause:  # to sleep for 0 s gives up the CPU all the same
                time.sleep(pause)
            yield number
            number, pause, longest = number + 1, longest * JITTER.uniform(0.5, 1), longest * 2

    @contextmanager
    def _counted(self, attempt: int) -> Iterator[None]:
        """Count the attempt inside, how long it takes, and what is in its way."""
        told, began = self._tally, time.perf_counter()
        told.requests += 1
        told.retries += attempt > 1
        try:
            yield
        except TroubleError as trouble:
            told.conflicts += isinstance(trouble, ContentionError)
            told.throttles += isinstance(trouble, ThrottledError)
            raise
        finally:
            told.seconds += time.perf_counter() - began

    def _request(self, writes: Sequence[Write]) -> tuple[str, Callable[[], object]]:
        """Return the operation of DynamoDB that applies the writes, and what sends it."""
        if len(writes) > 1:
            operations = [{"type": write.kind} | write.operation() for write in writes]
            token = str(uuid4())  # by which DynamoDB knows the same transaction, sent again
            send = partial(self._client.sync_transact_write, operations, client_request_token=token)
            return "TransactWriteItems", send
        [write], client = writes, self._client
        one: Any = client.sync_put_item if write.kind == "put" else client.sync_delete_item
        operation = "PutItem" if write.kind == "put" else "DeleteItem"
        told = {"return_values_on_condition_check_failure": True}  # the item in its way
        return operation, partial(one, **write.operation(), **told)

    def _send(
        self,
        operation: str,
        send: Callable[[], R],
        may_repeat: Callable[[TroubleError], bool] = lambda _: True,
    ) -> R:
        """Send a request, again while that may help; raise the trouble that forbids it."""
        failures, reason = 0, f"Out of time in {operation}, attempt 1"
        for number in self.attempts():
            try:
                with self._counted(number), understood(f"{operation}, attempt {number}"):
                    return send()
            except TroubleError as trouble:
                if not may_repeat(trouble):
                    raise
                failures += not isinstance(trouble, ContentionError)
                reason = str(trouble)
            if failures == ATTEMPTS:
                break
        raise StoreUnavailableError(reason)


def _first_page(found: ScanResult) -> tuple[list[Item], bool]:
    """Return what DynamoDB read at once, and whether it says where to go on."""
    items: list[Item] = []
    for item in found:  # which would go on by itself
        items.append(item)
        end = found.last_evaluated_key
        if end and end.items() <= item.items():
            break
    return items, bool(found.last_evaluated_key)
