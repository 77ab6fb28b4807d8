"""Runs a packaged function as AWS Lambda does: unpacked, under Lambda's own runtime client.

The runtime client (awslambdaric) asks the Lambda Runtime API for events and posts what the
function answers. This is a small one of these, for one function at a time.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from compileall import compile_dir
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from py_compile import PycInvalidationMode
from queue import Empty, SimpleQueue
from tempfile import NamedTemporaryFile, TemporaryDirectory
from threading import Thread
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs, parse_qsl
from uuid import uuid4
from zipfile import ZipFile, ZipInfo

from local.engine import end
from tests.support.senders import recorded
from tests.support.transports import Answer, answered

RUNTIME_CLIENT = ("awslambdaric", "simplejson", "snapshot-restore-py")
EXTENDED_TIMESTAMP = b"UT"  # what `zip` adds to an entry: its date in UTC, to the second
SECONDS_TO_ANSWER = 30


class FunctionError(Exception):
    """The function did not answer; the message is what its runtime client said, and the log."""


class RuntimeApi(ThreadingHTTPServer):
    """The Lambda Runtime API: `events` that wait for the function, and what it made of each."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _RequestHandler)
        self.events: SimpleQueue[bytes | None] = SimpleQueue()
        self.results: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self.asked: SimpleQueue[float] = SimpleQueue()  # when the function asked for an event


class _RequestHandler(BaseHTTPRequestHandler):
    """GET …/invocation/next or …/restore/next, POST …/invocation/ID/response or …/error."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: RuntimeApi

    def handle(self) -> None:
        with suppress(ConnectionError):  # the function is ended while it waits for a reply
            super().handle()

    def do_GET(self) -> None:
        if self.path.endswith("/restore/next"):  # the snapshot was taken, and is restored
            self.send_response(200)
            self._end_with(b"")
            return
        self.server.asked.put(perf_counter())
        event = self.server.events.get()
        if event is None:
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", str(uuid4()))
        self.send_header("Lambda-Runtime-Deadline-Ms", "4102444800000")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:::function:api")
        self.send_header("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000")
        self._end_with(event)

    def do_POST(self) -> None:
        posted = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.results.put((self.path.rpartition("/")[2], json.loads(posted)))
        self.send_response(202)
        self._end_with(b'{"status":"OK"}')

    def _end_with(self, body: bytes) -> None:
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Function:
    """A function that runs; its code lies in `root`, and its process began at `started`."""

    def __init__(
        self, root: Path, process: int, started: float, log: Path, api: RuntimeApi
    ) -> None:
        self.root = root
        self.process = process
        self.started = started
        self._log = log
        self._api = api

    def initialized(self) -> float:
        """Wait until the function first asks for an event; return how long that took, in seconds.

        Raises:
            FunctionError: It did not in time.

        """
        try:
            return self._api.asked.get(timeout=SECONDS_TO_ANSWER) - self.started
        except Empty:
            raise FunctionError(f"It did not start\n{self.log()}") from None

    def invoke(self, event: object) -> dict[str, Any]:
        """Return what the function answers to `event`.

        Raises:
            FunctionError: It failed, or did not answer in time.

        """
        self._api.events.put(json.dumps(event).encode())
        try:
            kind, result = self._api.results.get(timeout=SECONDS_TO_ANSWER)
        except Empty:
            kind, result = "nothing", None
        if kind != "response":
            raise FunctionError(f"{kind}: {result}\n{self.log()}")
        answer: dict[str, Any] = result
        return answer

    def request(self, method: str, path: str, body: str | None = None) -> Answer:
        """Send an HTTP request as a REST API of API Gateway does."""
        return answered(self.invoke(rest_event(method, path, body)))

    def log(self) -> str:
        """Return what the function and its runtime client have printed so far."""
        return self._log.read_text("utf-8")


def rest_event(method: str, path: str, body: str | None = None) -> dict[str, Any]:
    """Return the event in which a REST API of API Gateway hands over an HTTP request."""
    event = recorded("rest-v1")
    path, _, query = path.partition("?")
    event |= {"httpMethod": method, "path": path, "body": body}
    if query:
        event["queryStringParameters"] = dict(parse_qsl(query))
        event["multiValueQueryStringParameters"] = parse_qs(query)
    event["requestContext"]["path"] = f"/{event['requestContext']['stage']}{path}"
    event["headers"]["Content-Type"] = "application/json"
    event["multiValueHeaders"]["Content-Type"] = ["application/json"]
    return event


@contextmanager
def running_function(
    package: Path, configuration: Mapping[str, Any], dynamodb: str
) -> Iterator[Function]:
    """Run a packaged function in a process of its own.

    Args:
        package: The zip that would go to Lambda, or did.
        configuration: Its properties, named as in CloudFormation and in Lambda's own API.
        dynamodb: The URL of the DynamoDB that it is to use.

    """
    with TemporaryDirectory() as folder:
        root, runtime = Path(folder, "task"), Path(folder, "runtime")
        unpack(package, root)
        make_runtime(runtime, *RUNTIME_CLIENT)
        with started(root, runtime, configuration, dynamodb) as function:
            yield function


@contextmanager
def started(
    root: Path, runtime: Path, configuration: Mapping[str, Any], dynamodb: str
) -> Iterator[Function]:
    """Run the function that lies unpacked in `root`, with the packages of the folder `runtime`."""
    with ExitStack() as stack:
        log = stack.enter_context(NamedTemporaryFile())
        api = stack.enter_context(_serving(RuntimeApi()))
        environment = _environment(configuration, root) | {
            "AWS_ENDPOINT_URL_DYNAMODB": dynamodb,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
            "PYTHONPATH": f"{root}:{runtime}",
        }
        # the interpreter beneath the virtual environment, without any packages of its own
        python = Path(sys.base_prefix, "bin", configuration["Runtime"])
        command = [python, "-S", "-m", "awslambdaric", configuration["Handler"]]
        begin = perf_counter()
        process = subprocess.Popen(
            command, cwd=root, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        stack.callback(end, process)
        yield Function(root, process.pid, begin, Path(log.name), api)


def unpack(package: Path, root: Path) -> None:
    """Unpack a zip as Lambda does: read-only, with the dates of its entries."""
    with ZipFile(package) as archive:
        archive.extractall(root)
        for entry in archive.infolist():
            date = _date(entry)
            os.utime(root / entry.filename, (date, date))
    for path in (root, *root.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


def _date(entry: ZipInfo) -> float:
    """Return when the file was last changed: to the second if the zip has it, else to two."""
    if entry.extra[:2] == EXTENDED_TIMESTAMP:
        return float(int.from_bytes(entry.extra[5:9], "little"))
    return datetime(*entry.date_time, tzinfo=UTC).timestamp()


def make_runtime(folder: Path, *distributions: str) -> None:
    """Make a folder of installed distributions, compiled ahead, as Lambda's runtime has it."""
    for installed in map(distribution, distributions):
        for file in installed.files or ():
            if file.parts[0] != ".." and file.suffix != ".pyc":
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(installed.locate_file(file)), folder / file)
    compile_dir(folder, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


def _environment(configuration: Mapping[str, Any], root: Path) -> dict[str, str]:
    """Return what the configuration says and what Lambda adds to it, and nothing else."""
    variables: dict[str, str] = configuration["Environment"]["Variables"]
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{configuration['Runtime']}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration["MemorySize"]),
        "AWS_LAMBDA_FUNCTION_NAME": configuration["FunctionName"],
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": configuration.get("LoggingConfig", {}).get("LogFormat", "Text"),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{configuration['FunctionName']}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/21/[$LATEST]0123456789abcdef",
        "AWS_REGION": "eu-west-1",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": "test",
        "LAMBDA_TASK_ROOT": str(root),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TZ": ":UTC",
        "_HANDLER": configuration["Handler"],
        **variables,
    }


@contextmanager
def _serving(api: RuntimeApi) -> Iterator[RuntimeApi]:
    with api:
        thread = Thread(target=api.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield api
        finally:
            api.events.put(None)  # for the function's last question
            api.shutdown()
            thread.join()
