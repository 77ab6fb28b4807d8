"""What an event tells of a request, and the same as WSGI has it (PEP 3333)."""

import re
import sys
from base64 import b64decode
from collections.abc import Iterable, Mapping
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from users_api.errors import InvalidRequestError
from users_api.http.access import CLAIMS
from users_api.http.log import GATEWAY_REQUEST_ID

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# What a stage or a base path may be named: harmless in a path, a header and a page.
BASE = re.compile(r"(/[A-Za-z0-9$_.+!*()~-]+)*")
PLACEHOLDER = re.compile(r"\{([^{}+]+)\+?\}")
IGNORED = ("CONTENT_LENGTH", "TRANSFER_ENCODING")  # the body is what the event holds

Claims = Mapping[str, Any]

SERVER: Mapping[str, object] = {
    "SERVER_NAME": "lambda",
    "SERVER_PORT": "443",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "https",
    "wsgi.multithread": False,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


class Part(Struct, rename="camel"):
    """A part of an event, as far as it is read; what is null counts as missing."""


class Request(Struct, frozen=True):
    """What an event tells of a request."""

    method: str
    base: str  # the path under which the service is mounted, as `/dev` or nothing
    path: str  # below the base
    query: str = ""
    headers: Iterable[tuple[str, str]] = ()
    body: bytes = b""
    source: str = ""  # an IP address
    claims: Claims | None = None  # of the token that the gateway has verified
    request_id: str = ""  # that of the gateway

    def environ(self) -> "WSGIEnvironment":
        """Return it as a WSGI request."""
        return {
            "REQUEST_METHOD": _native(self.method),
            "SCRIPT_NAME": self.base,
            "PATH_INFO": _native(self.path),
            "QUERY_STRING": _native(self.query),
            "CONTENT_LENGTH": str(len(self.body)),
            "REMOTE_ADDR": _native(self.source),
            "wsgi.input": BytesIO(self.body),
            "wsgi.errors": sys.stderr,
            CLAIMS: self.claims,
            GATEWAY_REQUEST_ID: self.request_id,
            **SERVER,
            **_variables(self.headers),
        }


def content(body: str | None, *, encoded: bool | None) -> bytes:
    """Return the body of a request; raise InvalidRequestError if it is not the base64 it claims."""
    if not encoded:
        return (body or "").encode("utf-8", "surrogatepass")
    try:
        return b64decode(body or "", validate=True)
    except ValueError as error:
        raise InvalidRequestError("The body is not valid base64") from error


def matched(pattern: str, parameters: Mapping[str, str | None] | None) -> str:
    """Return the path that a route of a gateway, such as `/docs/{proxy+}`, has matched."""
    found = parameters or {}
    return PLACEHOLDER.sub(lambda name: found.get(name[1]) or name[0], pattern)


def mounted(whole: str, *served: str) -> tuple[str, str]:
    """Split a path into the base under which the service is mounted and the path below it.

    `served` is what the gateway tells of the latter, each in its way: the first that fits counts,
    and without one the last is the path, and there is no base.
    """
    for path in served:
        base = f"{whole.rstrip('/')}/".removesuffix(f"{path.rstrip('/')}/")
        if BASE.fullmatch(base):
            return base, whole[len(base) :] or "/"
    return "", served[-1]


def _variables(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers as WSGI variables; of several of one name, the values, with commas."""
    variables: dict[str, str] = {}
    for name, value in headers:
        variable = _variable(name)
        if variable:
            text = _native(value)
            known = variables.get(variable)
            variables[variable] = text if known is None else f"{known},{text}"
    return variables


@lru_cache
def _variable(name: str) -> str | None:
    """Return the WSGI variable of a header; a name with an underscore would pass for another."""
    variable = name.upper().replace("-", "_")
    if "_" in name or not name.isascii() or variable in IGNORED:
        return None
    return variable if variable == "CONTENT_TYPE" else f"HTTP_{variable}"


def _native(text: str) -> str:
    """Return a text as WSGI has it: a character for each byte of its UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")
