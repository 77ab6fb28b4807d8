"""The calls of `/users`: HTTP in and out. Knows no DynamoDB."""

from typing import Annotated

from flask import Flask, Response, url_for
from flask.views import MethodView
from msgspec import UNSET, Meta, Struct, UnsetType
from werkzeug.http import http_date, quote_etag

from users_api import cursor, web
from users_api.cursor import Cursor
from users_api.errors import FieldError, InvalidFieldsError
from users_api.idempotency import IdempotentRequest
from users_api.users.model import Email, User, new_user, patched_user
from users_api.users.repository import StoredUser, UserRepository

LARGEST_PAGE = 100

Limit = Annotated[
    int,
    Meta(
        ge=1,
        le=LARGEST_PAGE,
        description=f"a number from 1 to {LARGEST_PAGE}",
        extra_json_schema={"format": "int32"},
    ),
]


class UserQuery(Struct, frozen=True):
    """What a list of users can be asked for."""

    limit: Limit = 25
    cursor: Cursor | None = None
    email: Email | None = None


class UserPage(Struct, frozen=True, omit_defaults=True):
    """A page of a list; `next` is the cursor of the following one, if there is one."""

    users: Annotated[list[User], Meta(max_length=LARGEST_PAGE)]
    next: Cursor | UnsetType = UNSET


class UsersView(MethodView):
    """`/users`, the collection."""

    init_every_request = False

    def __init__(self, users: UserRepository) -> None:
        self._users = users

    def post(self) -> Response:
        """Create a user."""
        document = web.json_object(web.JSON)
        user = new_user(document)
        key = web.idempotency_key()
        request = IdempotentRequest.of(key, document) if key else None
        stored, replayed = self._users.add(user, request)
        headers = {"Location": url_for("user", user_id=stored.user.user_id)} | _validators(stored)
        if replayed:
            headers["Idempotent-Replayed"] = "true"
        return web.answer(stored.user, 201, headers)

    def get(self) -> Response:
        """List users, page by page, or look one up by e-mail address."""
        query = web.query(UserQuery)
        if query.email is not None:
            return self._found(query.email, query.cursor)
        after = None if query.cursor is None else cursor.decode("users", query.cursor)
        users, position = self._users.list(query.limit, after)
        page = [each.user for each in users]
        if position is None:
            return web.answer(UserPage(page))
        following = cursor.encode("users", position)
        link = url_for("users", limit=query.limit, cursor=following)
        return web.answer(UserPage(page, following), headers={"Link": f'<{link}>; rel="next"'})

    def _found(self, email: str, page: str | None) -> Response:
        if page is not None:
            raise InvalidFieldsError(FieldError("cursor", "does not go with `email`"))
        return web.answer(UserPage([each.user for each in self._users.find(email)]))


class UserView(MethodView):
    """`/users/{userId}`, one of them."""

    init_every_request = False

    def __init__(self, users: UserRepository) -> None:
        self._users = users

    def get(self, user_id: str) -> Response:
        """Read a user."""
        stored = self._users.get(user_id)
        if web.is_known(stored.revision):
            return web.empty(304, _validators(stored))
        return web.answer(stored.user, headers=_validators(stored))

    def patch(self, user_id: str) -> Response:
        """Change a user, by JSON Merge Patch."""
        patch = web.json_object(web.MERGE_PATCH, web.JSON)
        stored = self._users.change(user_id, lambda user: patched_user(user, patch), web.if_match())
        return web.answer(stored.user, headers=_validators(stored))

    def delete(self, user_id: str) -> Response:
        """Remove a user."""
        self._users.remove(user_id, web.if_match())
        return web.empty(204)


def register(app: Flask, users: UserRepository) -> None:
    """Add the calls to `app`, on these users."""
    app.add_url_rule("/users", view_func=UsersView.as_view("users", users))
    app.add_url_rule("/users/<user_id>", view_func=UserView.as_view("user", users))


def _validators(stored: StoredUser) -> dict[str, str]:
    """Return the headers that tell one revision of a user from another."""
    headers = {"ETag": quote_etag(stored.revision)}
    if stored.updated_at:
        headers["Last-Modified"] = http_date(stored.updated_at)
    return headers
