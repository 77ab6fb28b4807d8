"""The API on a laptop: served by werkzeug, and loaded again whenever a file of it changes."""

import os
import string
import traceback
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.serving import WSGIRequestHandler, is_running_from_reloader, run_simple

from local.tables import DEFINITIONS, create_missing, environment

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_TESTS = Path(__file__).parent.parent / "tests"


class _RequestHandler(WSGIRequestHandler):
    """Logs a request as one short line that no request can break or colour."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002
        line = quote(self.requestline, safe=string.punctuation + " ")
        self.server.log("info", f"{line.removesuffix(' HTTP/1.1')} {code}")


def serve(host: str, port: int, stage: str) -> None:
    """Serve the API until a signal ends it; called in both processes of werkzeug's reloader.

    Args:
        host: The name or IP address to listen at.
        port: The port to listen at.
        stage: Whose tables it uses, in the DynamoDB that the environment names.

    """
    # Werkzeug's parent process only starts and restarts the one that serves: it needs no Flask.
    application = _load(stage) if is_running_from_reloader() else _not_loaded
    run_simple(
        host,
        port,
        application,
        use_reloader=True,
        extra_files=[str(file) for file in DEFINITIONS.glob("*.yml")],
        exclude_patterns=[f"{_TESTS}/*"],
        threaded=True,
        request_handler=_RequestHandler,
    )


def _load(stage: str) -> "WSGIApplication":
    """Return the application; when it does not load, one that says so until a file changes."""
    try:
        create_missing(os.environ["AWS_ENDPOINT_URL_DYNAMODB"], stage)
        os.environ.update(environment(stage))
        application: WSGIApplication = import_module("users_api.wsgi").app
    except Exception:  # noqa: BLE001 - unfinished code may raise anything
        traceback.print_exc()
        return _not_loaded
    return application


def _not_loaded(
    environ: "WSGIEnvironment",  # noqa: ARG001
    start_response: "StartResponse",
) -> Iterable[bytes]:
    start_response("500 Internal Server Error", [("Content-Type", "application/json")])
    return [b'{"error":"The application does not load: the terminal of `make run` says why"}']
