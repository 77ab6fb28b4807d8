"""The calls of `/users`: HTTP in and out. Knows no DynamoDB."""

from flask import Flask, Response, url_for
from flask.views import MethodView

from users_api import web
from users_api.users.model import new_user
from users_api.users.repository import UserRepository


class UsersView(MethodView):
    """`/users`, the collection."""

    init_every_request = False

    def __init__(self, users: UserRepository) -> None:
        self._users = users

    def post(self) -> Response:
        """Create a user: 201 and where it is."""
        user = new_user(web.json_object("application/json"))
        self._users.add(user)
        return web.answer(user, 201, {"Location": url_for("user", user_id=user.user_id)})


class UserView(MethodView):
    """`/users/{userId}`, one of them."""

    init_every_request = False

    def __init__(self, users: UserRepository) -> None:
        self._users = users

    def get(self, user_id: str) -> Response:
        """Read a user."""
        return web.answer(self._users.get(user_id))


def register(app: Flask, users: UserRepository) -> None:
    """Add the calls to `app`, on these users."""
    app.add_url_rule("/users", view_func=UsersView.as_view("users", users))
    app.add_url_rule("/users/<user_id>", view_func=UserView.as_view("user", users))
