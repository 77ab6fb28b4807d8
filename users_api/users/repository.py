"""Users in DynamoDB. Knows no HTTP."""

from typing import Any

from msgspec import to_builtins
from pydynox import DynamoDBClient
from pydynox.exceptions import ConditionalCheckFailedException

from users_api.dynamodb import store_errors
from users_api.errors import ConflictError, NotFoundError
from users_api.users.model import User, is_user_id, restored_user


class UserRepository:
    """The collection of all users."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, user: User) -> None:
        """Store a new user in one request; raise ConflictError if its id is taken."""
        try:
            with store_errors():
                self._client.sync_put_item(
                    self._table, to_builtins(user), "attribute_not_exists(userId)"
                )
        except ConditionalCheckFailedException as error:
            raise ConflictError('The "userId" is already taken') from error

    def get(self, user_id: str) -> User:
        """Return the user, as of now, in one request; raise NotFoundError if there is none.

        An id that no user can have is not asked for.
        """
        item = self._item(user_id) if is_user_id(user_id) else None
        if item is None:
            raise NotFoundError('Could not find user with provided "userId"')
        return restored_user(item)

    def _item(self, user_id: str) -> dict[str, Any] | None:
        with store_errors():
            return self._client.sync_get_item(
                self._table, {"userId": user_id}, consistent_read=True
            )
