"""The application at an address of this machine: under a WSGI server, and behind an API Gateway."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.transports import RestApi

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

STAGE = "/dev"


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do not log requests."""


@contextmanager
def wsgi_server(app: "WSGIApplication", port: int = 0) -> Iterator[str]:
    """Serve `app` at a port, or at a free one; yield its URL."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def gateway_server(app: Flask) -> Iterator[str]:
    """Serve `app` as a function behind a REST API; yield the URL of its stage."""
    send = RestApi(app)

    @Request.application
    def gateway(request: Request) -> Response:
        target: str = request.environ["REQUEST_URI"]
        if not target.startswith(f"{STAGE}/"):
            return Response('{"message":"Forbidden"}', 403, content_type="application/json")
        headers, body = dict(request.headers), request.get_data()
        answer = send(request.method, target.removeprefix(STAGE), headers, body)
        return Response(answer.body, answer.status, answer.headers)

    with wsgi_server(gateway) as url:
        yield url + STAGE
