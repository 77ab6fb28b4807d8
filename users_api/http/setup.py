"""What holds for every request and every answer."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request, Response, request
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter

from users_api.http import failures
from users_api.http.requests import LARGEST_BODY

COMMON = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class Service(Flask):
    """Flask, for views that are all plain functions."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function: to look whether it is asynchronous costs 3 % of a request."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the route of a request; the host, which a client names, has no say."""
        if request is None:
            return super().create_url_adapter(None)
        return self.url_map.bind(
            self.name,
            request.root_path,
            path_info=request.path,
            default_method=request.method,
        )


def install(app: Flask) -> None:
    """Make `app` take and answer requests as this package says."""
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.url_map.merge_slashes = False
    app.before_request(_refuse_unreadable)
    app.after_request(_with_common_headers)
    failures.install(app)


def _refuse_unreadable() -> None:
    """Refuse what a gateway handed over in a way that cannot be read, or can be read in two.

    Werkzeug takes `//users` and `delete` for `/users` and `DELETE`. An empty path it would redirect
    to the host that the client names.
    """
    environ = request.environ
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    if failures.REFUSAL in environ:
        raise environ[failures.REFUSAL]
    if not path or path.startswith("//"):
        request.routing_exception = NotFound()
    elif method != method.upper() and request.url_rule:
        request.routing_exception = MethodNotAllowed(request.url_rule.methods)


def _with_common_headers(response: Response) -> Response:
    """Add what an answer does not say by itself."""
    headers = response.headers
    said = {name.lower() for name, _ in headers}
    for name, value in {**COMMON, "X-Request-Id": failures.request_id()}.items():
        if name.lower() not in said:
            headers.add(name, value)
    return response
