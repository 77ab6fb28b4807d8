"""The API on a laptop: served by werkzeug, and loaded again whenever a file of it changes."""

import logging
import os
import sys
import traceback
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.serving import is_running_from_reloader, run_simple

from local import definitions
from local.address import Address
from local.door import Door, failure
from local.requests import RequestHandler
from local.tables import TableError, create_missing, environment

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask
    from flask.typing import ResponseReturnValue

_TESTS = Path(__file__).parent.parent / "tests"


def serve(address: Address, stage: str) -> None:
    """Serve the API until a signal ends it; called in both processes of werkzeug's reloader.

    Args:
        address: Where it listens.
        stage: Whose tables it uses, in the DynamoDB that the environment names.

    Raises:
        TableError: A table has another key than its resource.

    """
    # Werkzeug's parent process only starts and restarts the one that serves: it needs no Flask.
    application = _load(stage) if is_running_from_reloader() else _not_loaded
    run_simple(
        address.host,
        address.port,
        Door(application, address),
        use_reloader=True,
        extra_files=[str(file) for file in definitions.FOLDER.glob("*.yml")],
        exclude_patterns=[f"{_TESTS}/*"],
        threaded=True,
        request_handler=RequestHandler,
    )


def _load(stage: str) -> "WSGIApplication":
    """Return the application; when it does not load, one that says so until a file changes.

    Raises TableError, which no change of a file mends alone.
    """
    logging.getLogger("pydynox").addHandler(logging.NullHandler())  # it warns of slow requests
    try:
        keys = {each.name: each.key for each in import_module("users_api.app").RESOURCES}
        create_missing(os.environ["AWS_ENDPOINT_URL_DYNAMODB"], stage, keys)
        os.environ.update(environment(stage))
        app: Flask = import_module("users_api.wsgi").app
        _show_errors(app)
        application: WSGIApplication = app
        if os.environ["ACCESS"] == "token":
            authorize = import_module("authorizer.handler").handler
            application = import_module("local.gateway").Gateway(application, authorize)
    except TableError:
        raise
    except Exception:  # noqa: BLE001 - unfinished code may raise anything
        traceback.print_exc()
        return _not_loaded
    return application


def _show_errors(app: "Flask") -> None:
    """Show an unforeseen error whole; the log of the service hides its text, for Lambda's sake."""
    answer = app.ensure_sync(app.error_handler_spec[None][None][Exception])

    def show(error: Exception) -> "ResponseReturnValue":
        text = "".join(traceback.format_exception(error))
        safe = (each if each.isprintable() or each == "\n" else "?" for each in text)
        sys.stderr.write("".join(safe))  # a client may have sent some of it
        answered: ResponseReturnValue = answer(error)
        return answered

    app.register_error_handler(Exception, show)


def _not_loaded(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    sentence = "The application does not load: the terminal of `make run` says why"
    return failure(500, sentence)(environ, start_response)
