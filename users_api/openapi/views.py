"""`/openapi.json` and `/docs`: made when they are asked for."""

from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, url_for

from users_api.config import Settings
from users_api.errors import NotFoundError
from users_api.http.answers import answer
from users_api.resource import Resource

HERE = Path(__file__).parent

PAGE_TYPES = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
}
# Swagger UI sets styles from its script and draws its icons from data: URLs; it needs no more.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def register(app: Flask, resources: Sequence[Resource[Any]], settings: Settings) -> None:
    """Add the calls to `app`, which serves these resources, with the page or without it."""

    @cache
    def document() -> dict[str, Any]:
        from users_api.openapi.document import contract  # noqa: PLC0415 - few ask for it

        return contract(resources, token=settings.access == "token")

    def openapi() -> Response:
        """Return the contract, with the address at which it was asked for."""
        return answer(document() | {"servers": [{"url": request.script_root or "/"}]})

    app.add_url_rule("/openapi.json", view_func=openapi)
    if settings.docs_page:
        app.add_url_rule("/docs", "docs", _page)
        app.add_url_rule("/docs/", "docs", _page)
        app.add_url_rule("/docs/<path:name>", "docs_file", _file)


def _page() -> Response:
    """Return the page; what it loads is addressed from here, so that any prefix will do."""
    addresses = {"docs": escape(url_for("docs")), "contract": escape(url_for("openapi"))}
    content = (HERE / "page.html").read_text("utf-8").format_map(addresses)
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return Response(content, headers=headers, content_type="text/html; charset=utf-8")


def _file(name: str) -> Response:
    if name not in PAGE_TYPES:
        raise NotFoundError
    folder = HERE if (HERE / name).is_file() else _assets()
    headers = {"Cache-Control": "public, max-age=3600"}
    content_type = f"{PAGE_TYPES[name]}; charset=utf-8"
    return Response((folder / name).read_bytes(), headers=headers, content_type=content_type)


def _assets() -> Path:
    """Return the folder of Swagger UI."""
    import flask_swagger_ui  # noqa: PLC0415 - who does not open the page need not wait for it

    return Path(flask_swagger_ui.__file__).parent / "dist"
