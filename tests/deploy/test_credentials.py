"""AWS credentials that are missing or not accepted: one sentence, before anything is packaged."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from unittest import TestCase

from tests.support.aws import CREDENTIALS
from tests.support.osls import copy_of_the_project, make

EXPIRED = (
    b'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
    b"<Code>ExpiredToken</Code><Message>The security token included in the request is expired"
    b"</Message></Error><RequestId>1</RequestId></ErrorResponse>"
)


class Sts(BaseHTTPRequestHandler):
    """Answers as STS does to credentials that were good once."""

    def do_POST(self) -> None:
        self.send_response(403)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(EXPIRED)))
        self.end_headers()
        self.wfile.write(EXPIRED)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running_sts() -> Iterator[str]:
    """Run it, and yield its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Sts) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class CredentialsTest(TestCase):
    """Commands that are refused, on a copy of the project that stays as it is."""

    project: Path
    home: str

    @classmethod
    def setUpClass(cls) -> None:
        folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.project = copy_of_the_project(folder / "project")
        cls.home = str(folder)

    def assert_refused(self, command: str, sentence: str, **variables: str) -> None:
        with self.assertRaisesRegex(AssertionError, f"(?m)^{re.escape(sentence)}"):
            make(self.project, command, HOME=self.home, **variables)
        self.assertFalse((self.project / ".serverless").exists())

    def test_none(self) -> None:
        """Without credentials they ask for some, also where a machine's own are waited for."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            metadata = f"http://127.0.0.1:{silent.getsockname()[1]}"
            self.assert_refused(
                "deploy",
                "There are no AWS credentials: set AWS_PROFILE, or ",
                AWS_EC2_METADATA_SERVICE_ENDPOINT=metadata,
            )

    def test_no_such_profile(self) -> None:
        """A profile that is not there is named."""
        self.assert_refused("info", 'AWS profile "nobody" ', AWS_PROFILE="nobody")

    def test_expired(self) -> None:
        """Of expired credentials they say what AWS says."""
        with running_sts() as url:
            self.assert_refused(
                "info",
                "AWS does not accept the credentials (The security token included in the request "
                "is expired).",
                AWS_ENDPOINT_URL=url,
                **CREDENTIALS,
            )

    def test_no_answer(self) -> None:
        """Where there is no AWS, they say so."""
        self.assert_refused(
            "deploy",
            "AWS does not answer (connect ECONNREFUSED 127.0.0.1:9).",
            AWS_ENDPOINT_URL="http://127.0.0.1:9",
            **CREDENTIALS,
        )
