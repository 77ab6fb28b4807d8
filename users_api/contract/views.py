"""`/openapi.json` and `/docs`: files, read when they are asked for."""

from pathlib import Path

from flask import Flask, Response, request, url_for
from msgspec import json
from werkzeug.exceptions import NotFound

from users_api import web

HERE = Path(__file__).parent
CONTRACT = HERE / "openapi.json"

PAGE_TYPES = {
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


def register(app: Flask, *, page: bool) -> None:
    """Add the calls to `app`, with the page or without it."""
    app.add_url_rule("/openapi.json", "openapi", _contract)
    if page:
        app.add_url_rule("/docs", "docs", _page)
        app.add_url_rule("/docs/", "docs", _page)
        app.add_url_rule("/docs/<name>", "docs_file", _file)


def _contract() -> Response:
    """Return the contract, with the address at which it was asked for."""
    contract = json.decode(CONTRACT.read_bytes())
    return web.answer(contract | {"servers": [{"url": request.script_root or "/"}]})


def _page() -> Response:
    """Return the page; what it loads is addressed from here, so that any prefix will do."""
    addresses = {"docs": url_for("docs"), "contract": url_for("openapi")}
    content = (HERE / "page.html").read_text("utf-8").format_map(addresses)
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return Response(content, headers=headers, content_type="text/html; charset=utf-8")


def _file(name: str) -> Response:
    if name not in PAGE_TYPES:
        raise NotFound
    folder = HERE if (HERE / name).is_file() else _assets()
    headers = {"Cache-Control": "public, max-age=3600"}
    content_type = f"{PAGE_TYPES[name]}; charset=utf-8"
    return Response((folder / name).read_bytes(), headers=headers, content_type=content_type)


def _assets() -> Path:
    """Return the folder of Swagger UI."""
    import flask_swagger_ui  # noqa: PLC0415 - who does not open the page need not wait for it

    return Path(flask_swagger_ui.__file__).parent / "dist"
