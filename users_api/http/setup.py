"""What holds for every request and every answer."""

from flask import Flask, Response, request

from users_api.errors import NotFoundError
from users_api.http import failures
from users_api.http.requests import LARGEST_BODY


def install(app: Flask) -> None:
    """Make `app` take and answer requests as this package says."""
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.url_map.merge_slashes = False
    app.before_request(_refuse_empty_segment)
    app.after_request(_with_common_headers)
    failures.install(app)


def _refuse_empty_segment() -> None:
    """Refuse `//users`, which Werkzeug takes for `/users`."""
    if request.environ["PATH_INFO"].startswith("//"):
        raise NotFoundError


def _with_common_headers(response: Response) -> Response:
    response.headers["X-Request-Id"] = failures.request_id()
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Cache-Control", "no-store")
    return response
