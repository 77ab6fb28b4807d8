"""How werkzeug's server reads a request, and shows it in the terminal."""

import os
import string
import sys
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from werkzeug.serving import WSGIRequestHandler

from local.door import HEADERS, failure

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_LONGEST_SHOWN = 100
_COLOURS = {2: 32, 3: 36, 4: 33, 5: 31}  # green, cyan, yellow and red, by the class of a status


class RequestHandler(WSGIRequestHandler):
    """Reads a request as it was sent, and logs it as one short line without its query."""

    default_request_version = "HTTP/1.0"  # a request too broken to tell gets a whole answer
    path = ""
    _began = 0.0

    def parse_request(self) -> bool:
        """Read all but the body; refuse a target over which werkzeug would stumble."""
        self._began = time.perf_counter()
        if not super().parse_request():
            return False
        self.path = self.requestline.split()[1]  # http.server takes `//users` for `/users`
        try:
            urlsplit(self.path)
        except ValueError:
            self.path = ""
            self.send_error(HTTPStatus.BAD_REQUEST)
            return False
        return True

    def make_environ(self) -> "WSGIEnvironment":
        """Add what werkzeug leaves out: each of several equal headers, slashes, bad UTF-8."""
        path = unquote(self._path() or "/", "latin-1")
        return super().make_environ() | {HEADERS: self.headers, "PATH_INFO": path}

    def send_error(
        self,
        code: int,
        message: str | None = None,  # noqa: ARG002 - http.server repeats what was sent in it
        explain: str | None = None,  # noqa: ARG002
    ) -> None:
        """Refuse what is not HTTP."""
        response = failure(code, HTTPStatus(code).description or HTTPStatus(code).phrase)
        self.send_response(code)
        for name, value in (*response.headers, ("Connection", "close")):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.get_data())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002
        """Log a line that no request can break or colour, when the answer begins."""
        method, path = _shown(self.command or "-"), _shown(self._path() or "-")
        took = f" {(time.perf_counter() - self._began) * 1000:.0f} ms" if self._began else ""
        status = coloured(int(code)) if shows_colour(sys.stderr, os.environ) else str(int(code))
        self.server.log("info", f"{method} {path} {status}{took}")

    def _path(self) -> str:
        target = self.path.partition("?")[0]
        return target if target.startswith("/") else urlsplit(target).path


def shows_colour(terminal: IO[str], environment: Mapping[str, str]) -> bool:
    """Tell whether to write in colour (https://no-color.org)."""
    wanted = not environment.get("NO_COLOR") and environment.get("TERM", "dumb") != "dumb"
    return wanted and terminal.isatty()


def coloured(status: int) -> str:
    """Return a status in the colour of its class, for a terminal."""
    return f"\x1b[{_COLOURS.get(status // 100, 0)}m{status}\x1b[0m"


def _shown(text: str) -> str:
    safe = quote(text, safe=string.punctuation, encoding="latin-1")
    return safe if len(safe) <= _LONGEST_SHOWN else f"{safe[:_LONGEST_SHOWN]}..."
