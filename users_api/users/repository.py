"""Users in DynamoDB. Knows no HTTP.

Three tables: the users; a marker for each e-mail address in use, which is what makes an address
unique; and a record for each idempotency key. What belongs together is written in one
transaction, on conditions, so that no two requests can both believe they were first.

Every item of the users table carries the id of the write that made it (`writeId`) and of the one
that created the user (`creationId`). When an answer is lost and a write sent again, they tell our
own write from somebody else's.
"""

import logging
from collections.abc import Callable, Container, Iterator
from datetime import UTC, datetime
from time import time
from uuid import uuid4

from msgspec import Struct, ValidationError
from msgspec.structs import replace
from pydynox import DynamoDBClient
from pydynox.exceptions import PydynoxException

from users_api import validation
from users_api.dynamodb import Exchange, Item, Operation, delete, put
from users_api.errors import (
    ConflictError,
    NotFoundError,
    PreconditionFailedError,
    StoreUnavailableError,
)
from users_api.idempotency import IdempotentRequest
from users_api.users.model import FIELDS, User, folded, is_user_id, restored_user

logger = logging.getLogger(__name__)

NO_USER = 'Could not find user with provided "userId"'
FREE_OR_OWN = "attribute_not_exists(email) OR userId = :owner"


class StoredUser(Struct, frozen=True):
    """A user, and what the store keeps about it."""

    user: User
    item: Item

    @property
    def revision(self) -> str:
        """What is another after every write; older items, written elsewhere, have only one."""
        return str(self.item.get("writeId", "0"))

    @property
    def updated_at(self) -> datetime | None:
        """When it was last written; None for older items."""
        written = self.item.get("updatedAt")
        return datetime.fromisoformat(written) if written else None


class UserRepository:
    """The collection of all users, in the tables with these names."""

    def __init__(
        self, client: DynamoDBClient, *, users: str, emails: str, idempotency: str
    ) -> None:
        self._client = client
        self._users = users
        self._emails = emails
        self._idempotency = idempotency

    def add(self, user: User, request: IdempotentRequest | None = None) -> tuple[StoredUser, bool]:
        """Store a new user; return it, and whether an earlier `request` had stored it already.

        Raises ConflictError if its id or e-mail address is taken, and KeyReusedError if another
        request came with the same key.
        """
        item = _item(user)
        writes = {"user": put(self._users, item, "attribute_not_exists(userId)")}
        if user.email is not None:
            writes["email"] = self._claim(user.email, user.user_id)
        if request:
            writes["request"] = self._remember(request, item)
        exchange = Exchange(self._client)
        refused = exchange.write(**writes)
        if request and "request" in refused:
            return self._replayed(exchange, user, request), True
        if refused and not _is_ours(refused.get("user"), item):
            raise _taken("userId" if "user" in refused else "email")
        return StoredUser(user, item), False

    def get(self, user_id: str) -> StoredUser:
        """Return the user as it is now; raise NotFoundError if there is none.

        An id that no user can have is not asked for.
        """
        return self._get(Exchange(self._client), user_id)

    def find(self, email: str) -> list[StoredUser]:
        """Return the one user with this e-mail address, or none, as it is now."""
        exchange = Exchange(self._client)
        marker = exchange.get(self._emails, {"email": folded(email)})
        item = exchange.get(self._users, {"userId": marker["userId"]}) if marker else None
        found = [_stored(item)] if item else []
        return [each for each in found if folded(each.user.email or "") == folded(email)]

    def list(self, limit: int, after: str | None) -> tuple[list[StoredUser], str | None]:
        """Return up to `limit` users that follow the position `after`, in no particular order.

        The second value is the position of the last one if there are more. An item that is no
        user is left out, and logged.
        """
        key = {"userId": after} if after else None
        items = Exchange(self._client).scan(self._users, limit + 1, key)
        position = items[limit - 1]["userId"] if len(items) > limit else None
        return list(_readable(items[:limit])), position

    def change(
        self, user_id: str, change: Callable[[User], User], accepts: Callable[[str], bool]
    ) -> StoredUser:
        """Apply `change` to the user as it is now, and return what became of it.

        `accepts` is asked about the revision that would be changed. Raises NotFoundError,
        PreconditionFailedError, and ConflictError if the new e-mail address is taken.
        """
        exchange = Exchange(self._client)
        for _ in exchange.attempts():  # again if others write in between
            current = self._get(exchange, user_id)
            user = change(current.user)
            _require(current, accepts)
            if user == current.user:
                return current
            item = _item(user, current.item)
            refused = exchange.write(**self._replacement(current, user, item))
            if not refused or _is_ours(refused.get("user"), item):
                return StoredUser(user, item)
            _require_email(refused)
        raise StoreUnavailableError

    def remove(self, user_id: str, accepts: Callable[[str], bool]) -> None:
        """Remove the user as it is now; its e-mail address is free at once.

        Raises NotFoundError and PreconditionFailedError, as `change` does.
        """
        exchange = Exchange(self._client)
        for _ in exchange.attempts():  # again if others write in between
            current = self._get(exchange, user_id)
            _require(current, accepts)
            condition, values = _unchanged(current)
            writes = {"user": delete(self._users, {"userId": user_id}, condition, **values)}
            if current.user.email is not None:
                writes["former_email"] = self._release(current.user.email, user_id)
            refused = exchange.write(**writes)
            if not refused or _is_gone(refused.get("user"), current.item):
                return
            _require_email(refused)
        raise StoreUnavailableError

    def check(self) -> None:
        """Raise StoreUnavailableError unless the table of users answers."""
        try:
            Exchange(self._client).get(self._users, {"userId": "."})  # nobody's id
        except PydynoxException as error:
            raise StoreUnavailableError from error

    def _get(self, exchange: Exchange, user_id: str) -> StoredUser:
        key = {"userId": user_id}
        item = exchange.get(self._users, key) if is_user_id(user_id) else None
        if item is None:
            raise NotFoundError(NO_USER)
        return _stored(item)

    def _replacement(self, current: StoredUser, user: User, item: Item) -> dict[str, Operation]:
        condition, values = _unchanged(current)
        writes = {"user": put(self._users, item, condition, **values)}
        before, after = current.user.email, user.email
        if (before and folded(before)) != (after and folded(after)):
            if before:
                writes["former_email"] = self._release(before, user.user_id)
            if after:
                writes["email"] = self._claim(after, user.user_id)
        return writes

    def _claim(self, email: str, owner: str) -> Operation:
        marker = {"email": folded(email), "userId": owner}
        return put(self._emails, marker, FREE_OR_OWN, owner=owner)

    def _release(self, email: str, owner: str) -> Operation:
        return delete(self._emails, {"email": folded(email)}, FREE_OR_OWN, owner=owner)

    def _remember(self, request: IdempotentRequest, item: Item) -> Operation:
        result = {name: item[name] for name in ("userId", "updatedAt", "writeId")}
        condition = "attribute_not_exists(fingerprint) OR expiresAt <= :now"
        return put(self._idempotency, request.record(result), condition, now=int(time()))

    def _replayed(self, exchange: Exchange, user: User, request: IdempotentRequest) -> StoredUser:
        """Return the user that the first such request made, as it was then."""
        record = exchange.get(self._idempotency, {"key": request.key})
        if record is None:  # it expired this very moment
            raise StoreUnavailableError
        request.check(record)
        return StoredUser(replace(user, user_id=record["userId"]), record)


def _item(user: User, previous: Item | None = None) -> Item:
    """Return what a user is stored as; what others keep in the previous item is kept."""
    now, write_id = datetime.now(UTC).isoformat(timespec="milliseconds"), str(uuid4())
    kept = previous or {"createdAt": now, "creationId": write_id}
    return {
        **{name: kept[name] for name in kept.keys() - FIELDS},
        **validation.document(user),
        "version": kept.get("version", 0) + 1,
        "updatedAt": now,
        "writeId": write_id,
    }


def _stored(item: Item) -> StoredUser:
    return StoredUser(restored_user(item), item)


def _readable(items: list[Item]) -> Iterator[StoredUser]:
    for item in items:
        try:
            yield _stored(item)
        except ValidationError:
            logger.exception("An item is no user and was left out of a list")


def _unchanged(current: StoredUser) -> tuple[str, dict[str, str]]:
    if "writeId" in current.item:
        return "writeId = :revision", {"revision": current.revision}
    return "attribute_exists(userId) AND attribute_not_exists(writeId)", {}


def _is_ours(found: Item | None, item: Item) -> bool:
    """Tell whether the item that stood in the way of `item` is what we ourselves wrote.

    That happens when the answer to a write is lost and it is sent again.
    """
    return found is not None and item["writeId"] in (found.get("writeId"), found.get("creationId"))


def _is_gone(found: Item | None, removed: Item) -> bool:
    """Tell whether there is no such user any more, or a later one with the same id."""
    if found is None:
        return False
    return not found or found.get("creationId") != removed.get("creationId")


def _require(current: StoredUser, accepts: Callable[[str], bool]) -> None:
    if not accepts(current.revision):
        raise PreconditionFailedError("The user has changed since")


def _require_email(refused: Container[str]) -> None:
    """Raise what stands in the way if it is not a change of the user itself."""
    if "user" not in refused:
        if "email" in refused:
            raise _taken("email")
        raise RuntimeError("The e-mail address of a user is marked as somebody else's")


def _taken(field: str) -> ConflictError:
    return ConflictError(f'The "{field}" is already taken')
