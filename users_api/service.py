"""The calls about the service itself: what it is, and whether it is well."""

from collections.abc import Callable

from flask import Flask, Response, url_for

from users_api import web


def register(app: Flask, check: Callable[[], None]) -> None:
    """Add the calls to `app`; `check` raises an ApiError when the service cannot do its work."""

    def index() -> Response:
        """Tell what this is, and where to go on."""
        links = {"users": url_for("users"), "health": url_for("health")}
        return web.answer({"service": "users-api", "links": links})

    def health() -> Response:
        """Tell whether the service can do its work."""
        check()
        return web.answer({"status": "ok"})

    app.add_url_rule("/", view_func=index)
    app.add_url_rule("/health", view_func=health)
