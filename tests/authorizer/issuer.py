"""An issuer at an address of this machine, which can fail in every way."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Event, Thread
from typing import Any

DISCOVERY = "/.well-known/openid-configuration"
JWKS = "/jwks"

# What goes over the line in place of the answer.
Fault = Callable[[bytes, Event], Iterator[bytes]]


class Issuer(ThreadingHTTPServer):
    """Serves `documents` by path; `asked` are the paths that were asked for."""

    daemon_threads = True

    def __init__(self, tls: SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _RequestHandler)
        scheme = "https" if tls else "http"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.url = f"{scheme}://127.0.0.1:{self.server_port}"
        self.documents: dict[str, object] = {}
        self.faults: dict[str, Fault] = {}
        self.asked: list[str] = []
        self.left = Event()  # set when a client goes before it has the answer
        self.ended = Event()
        self.publish()

    def publish(self, *jwks: Mapping[str, Any], **changes: object) -> None:
        """Publish these keys, and a configuration with these changes."""
        configuration = {"issuer": self.url, "jwks_uri": self.url + JWKS} | changes
        self.documents = {DISCOVERY: configuration, JWKS: {"keys": list(jwks)}}

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about clients that go."""


class _RequestHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Issuer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        document = self.server.documents.get(self.path)
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        whole = answer(200 if document is not None else 404, content)
        fault = self.server.faults.get(self.path, _no_fault)
        try:
            for part in fault(whole, self.server.ended):
                self.wfile.write(part)
        except ConnectionError:
            self.server.left.set()
            self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do not log requests."""


def answer(status: int, content: bytes, *headers: str) -> bytes:
    """Return an answer as it goes over the line."""
    head = [f"HTTP/1.1 {status} ", f"Content-Length: {len(content)}", *headers, "", ""]
    return "\r\n".join(head).encode() + content


def _no_fault(whole: bytes, _ended: Event) -> Iterator[bytes]:
    yield whole


def hangs(_whole: bytes, ended: Event) -> Iterator[bytes]:
    """Answer nothing."""
    ended.wait()
    yield b""


def hangs_midway(whole: bytes, ended: Event) -> Iterator[bytes]:
    """Answer all but the last byte."""
    yield whole[:-1]
    ended.wait()


def drips(whole: bytes, ended: Event) -> Iterator[bytes]:
    """Answer a byte at a time, and all of it in the end."""
    for byte in whole:
        yield bytes([byte])
        ended.wait(0.02)


def drips_content(whole: bytes, ended: Event) -> Iterator[bytes]:
    """Answer the headers at once, and then a byte at a time."""
    head, _, content = whole.partition(b"\r\n\r\n")
    yield head + b"\r\n\r\n"
    yield from drips(content, ended)


def closes(_whole: bytes, _ended: Event) -> Iterator[bytes]:
    """Close the connection."""
    yield b""
    raise ConnectionResetError


def sends(content: bytes) -> Fault:
    """Send these bytes instead."""

    def send(_whole: bytes, _ended: Event) -> Iterator[bytes]:
        yield content
        raise ConnectionResetError

    return send


@contextmanager
def running_issuer(tls: SSLContext | None = None) -> Iterator[Issuer]:
    """Run an issuer."""
    with Issuer(tls) as issuer:
        thread = Thread(target=issuer.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield issuer
        finally:
            issuer.ended.set()
            issuer.shutdown()
            thread.join()
