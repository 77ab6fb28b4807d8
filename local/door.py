"""What lets requests in: those for this machine, from whose form every reader takes the same."""

import io
import json
import re
from collections.abc import Iterable
from email import errors
from email.message import Message
from typing import TYPE_CHECKING
from uuid import uuid4

from werkzeug import Response

from local.address import Address

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADERS = "local.headers"  # the WSGI variable with the headers as they were sent
LARGEST_BODY = 10 * 1024 * 1024  # bytes; as API Gateway, which also takes chunks together

_LENGTH = re.compile(r"[0-9]+[ \t]*")
_CODING = re.compile(r"chunked[ \t]*", re.IGNORECASE)
_DEFECTS = (  # in header lines; the others are in bodies that are no concern of ours
    errors.FirstHeaderLineIsContinuationDefect,
    errors.InvalidHeaderDefect,
    errors.MissingHeaderBodySeparatorDefect,
)


class Door:
    """A WSGI application in front of another, as API Gateway is in front of it on AWS."""

    def __init__(self, application: "WSGIApplication", address: Address) -> None:
        self._application = application
        self._address = address

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Hand a request on, or refuse it."""
        refusal = self._host_refused(environ) or _form_refused(environ[HEADERS])
        if not refusal and environ.get("wsgi.input_terminated"):
            refusal = _chunks_refused(environ)
        return (refusal or self._application)(environ, start_response)

    def _host_refused(self, environ: "WSGIEnvironment") -> Response | None:
        sent = environ[HEADERS].get_all("Host", [])
        if len(sent) != 1:
            return failure(400, "Please send one Host")
        asked = {sent[0], environ["HTTP_HOST"]}  # the latter is that of an absolute target
        if all(map(self._address.is_asked_for, asked)):
            return None
        return failure(421, f"This host is not served here, please use {self._address.url}")


def failure(status: int, sentence: str) -> Response:
    """Return a failure in the service's own shape, which the service does not get to see."""
    headers = {
        "X-Request-Id": str(uuid4()),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    body = json.dumps({"error": sentence}, separators=(",", ":"))
    return Response(body, status, headers, content_type="application/json")


def _form_refused(headers: Message) -> Response | None:
    """Refuse what readers of HTTP/1.1 do not agree on (RFC 9112, sections 5 and 6)."""
    lengths = headers.get_all("Content-Length", [])
    codings = headers.get_all("Transfer-Encoding", [])
    if any(isinstance(defect, _DEFECTS) for defect in headers.defects):
        return failure(400, "The headers are not valid HTTP")
    if len(lengths) + len(codings) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        return failure(400, "Please send one Content-Length, or Transfer-Encoding: chunked")
    if not all(map(_CODING.fullmatch, codings)):
        return failure(400, "Please use no Transfer-Encoding but chunked")
    return None


def _chunks_refused(environ: "WSGIEnvironment") -> Response | None:
    """Make of a body in chunks one of a known length, for the service to judge as any other."""
    try:
        body = environ["wsgi.input"].read(LARGEST_BODY + 1)
    except OSError:
        return failure(400, "The chunks of the body are not valid HTTP")
    if len(body) > LARGEST_BODY:
        return failure(413, f"The body is larger than {LARGEST_BODY} bytes")
    del environ["HTTP_TRANSFER_ENCODING"], environ["wsgi.input_terminated"]
    environ.update({"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})
    return None
