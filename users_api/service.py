"""The calls about the service itself: what it is, and whether it is well."""

from collections.abc import Callable
from typing import Annotated, Literal

from flask import Flask, Response, url_for
from msgspec import Meta, Struct

from users_api import web


class Index(Struct, frozen=True):
    """What this service is, and where to go on: links by name."""

    service: Literal["users-api"]
    links: dict[str, Annotated[str, Meta(max_length=128, pattern="^/")]]


class Health(Struct, frozen=True):
    """That the service is well."""

    status: Literal["ok"]


def register(app: Flask, check: Callable[[], None], *pages: str) -> None:
    """Add the calls to `app`.

    `check` raises an ApiError when the service cannot do its work; `pages` are the endpoints that
    the index leads to.
    """

    def index() -> Response:
        """Tell what this is, and where to go on."""
        return web.answer(Index("users-api", {page: url_for(page) for page in pages}))

    def health() -> Response:
        """Tell whether the service can do its work."""
        check()
        return web.answer(Health("ok"))

    app.add_url_rule("/", view_func=index)
    app.add_url_rule("/health", view_func=health)
