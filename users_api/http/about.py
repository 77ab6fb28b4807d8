"""The calls about the service itself: what it is, and whether it is well."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from flask import Flask, Response, url_for
from msgspec import Meta, Struct

from users_api.errors import InternalError, StoreUnavailableError
from users_api.http.answers import answer
from users_api.resource import Resource
from users_api.store.health import Tables


class Index(Struct, frozen=True):
    """What this service is, and where to go on: links by name."""

    service: Literal["users-api"]
    links: dict[str, Annotated[str, Meta(max_length=128, pattern="^/")]]


class Health(Struct, frozen=True):
    """That the service is well."""

    status: Literal["ok"]


def register(
    app: Flask, resources: Sequence[Resource[Any]], tables: Tables, *, docs_page: bool
) -> None:
    """Add the calls to `app`, which serves these resources, and a page of the contract or not."""
    names = [each.name for each in resources if "list" in each.calls]
    pages = [*names, "health", "openapi", *["docs"] * docs_page]

    def index() -> Response:
        """Tell what this is, and where to go on."""
        return answer(Index("users-api", {page: url_for(page) for page in pages}))

    def health() -> Response:
        """Tell whether the service can do its work."""
        try:
            tables.check()
        except InternalError as error:  # whatever is wrong, it cannot do its work now
            raise StoreUnavailableError(error.reason) from error
        return answer(Health("ok"))

    app.add_url_rule("/", view_func=index)
    app.add_url_rule("/health", view_func=health)
