"""Local development the Serverless way: `osls dynamodb start`, then `osls wsgi serve`.

It runs Amazon's DynamoDB Local, which listens on all interfaces and offers no way to say otherwise.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from local.engine import answers
from tests.dynamodb_local.server import INSTALLED
from tests.support.osls import copy_of_the_project, environment

DYNAMODB_PORT = 8000  # the application looks for it there when `osls wsgi serve` runs it
SECONDS = 60


class ServerlessLocalTest(TestCase):
    """The flow as the documents describe it, on an unedited copy of the project."""

    def setUp(self) -> None:
        self.assertTrue(shutil.which("java"), "DynamoDB Local needs a Java runtime")
        in_use = answers("127.0.0.1", DYNAMODB_PORT)
        self.assertFalse(in_use, f"DynamoDB Local needs port {DYNAMODB_PORT}")
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.project = copy_of_the_project(self.folder / "project")
        # where `osls dynamodb install` would unpack it
        (self.project / ".dynamodb").symlink_to(INSTALLED)

    @contextmanager
    def running(self, *arguments: str) -> Iterator[Path]:
        """Run osls until the end of the context, and yield the file with what it prints."""
        output = self.folder / f"{arguments[0]}.log"
        with output.open("wb") as log:
            process = subprocess.Popen(
                ["osls", *arguments],
                cwd=self.project,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # ending osls alone would leave its servers running
            )
        try:
            yield output
        finally:
            self.end(process)

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """End a process and all that it started."""
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(SECONDS)
        with suppress(ProcessLookupError):  # which says that the last of them is gone
            self.wait_until(lambda: os.killpg(process.pid, 0))

    def wait_until(self, condition: Callable[[], object], output: Path | None = None) -> None:
        """Wait until a condition holds; `output` tells why it does not."""
        deadline = time.monotonic() + SECONDS
        while not condition():
            said = output.read_text("utf-8") if output else ""
            self.assertLess(time.monotonic(), deadline, said)
            time.sleep(0.1)

    def call(self, port: int, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        """Send one request to the API."""
        connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        self.addCleanup(connection.close)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()

    def test_a_user_is_created_and_read(self) -> None:
        """The tables are created from their one definition, and the API serves from them."""
        tables = self.enterContext(self.running("dynamodb", "start"))
        created = "created table users-table-dev"
        self.wait_until(lambda: created in tables.read_text("utf-8"), tables)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        address = ("--host", "127.0.0.1", "--port", str(port))
        api = self.enterContext(self.running("wsgi", "serve", *address))
        self.wait_until(lambda: answers("127.0.0.1", port), api)

        user = b'{"userId":"someUserId","name":"John"}'
        sent = '{"name": "John", "userId": "someUserId"}'
        self.assertEqual(self.call(port, "POST", "/users", sent), (201, user))
        self.assertEqual(self.call(port, "GET", "/users/someUserId"), (200, user))
