"""The calls about the service itself: what it is, and whether it is well."""

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import Annotated, Any, Literal

from flask import Flask, Response, url_for
from msgspec import Meta, Struct

from users_api.errors import InternalError, StoreUnavailableError
from users_api.http.answers import answer
from users_api.http.requests import prefers
from users_api.resource import Resource
from users_api.store.health import Tables


class Index(Struct, frozen=True):
    """What this service is, and where to go on: links by name."""

    service: Literal["users-api"]
    links: dict[str, Annotated[str, Meta(max_length=128, pattern="^/")]]


class Health(Struct, frozen=True):
    """That the service is well."""

    status: Literal["ok"]


PAGE = "text/html"
ABOUT = {
    "docs": "Read the documentation and try every call",
    "openapi": "Get the contract for programs (OpenAPI)",
    "health": "See whether the service is well",
}
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def register(
    app: Flask, resources: Sequence[Resource[Any]], tables: Tables, *, docs_page: bool
) -> None:
    """Add the calls to `app`, which serves these resources, and a page of the contract or not."""
    names = [each.name for each in resources if "list" in each.calls]
    pages = [*names, "health", "openapi", *["docs"] * docs_page]

    app.add_url_rule("/", "index", partial(_index, pages))
    app.add_url_rule("/health", "health", partial(_health, tables))


def _index(pages: Sequence[str]) -> Response:
    """Tell what this is, and where to go on: a browser as a page, a program in JSON."""
    links = {page: url_for(page) for page in pages}
    told = _page(links) if prefers(PAGE) else answer(Index("users-api", links))
    told.vary.add("Accept")
    return told


def _health(tables: Tables) -> Response:
    """Tell whether the service can do its work."""
    try:
        tables.check()
    except InternalError as error:  # whatever is wrong, it cannot do its work now
        raise StoreUnavailableError(error.reason) from error
    return answer(Health("ok"))


def _told(page: str) -> str:
    return ABOUT.get(page, f"List {page.replace('-', ' ')}")


def _page(links: Mapping[str, str]) -> Response:
    """Return a page with these links, the documentation first."""
    listed = sorted(links, key=lambda each: (each != "docs", each not in ABOUT))
    items = [f'      <li><a href="{escape(links[each])}">{_told(each)}</a></li>' for each in listed]
    content = Path(__file__).with_name("index.html").read_text("utf-8")
    page = content.replace("{links}", "\n".join(items))
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return Response(page, headers=headers, content_type=f"{PAGE}; charset=utf-8")
