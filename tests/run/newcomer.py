"""A newcomer's machine: a copy of the project, and `make run` in it."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple

from werkzeug.datastructures import Headers

from tests.support.transports import Answer

PROJECT = Path(__file__).parent.parent.parent
NEEDED = [
    *("Makefile", "package.json", "package-lock.json"),
    *("authorizer", "infra", "local", "users_api"),
]
SECONDS = 30  # the longest wait for anything


def copy_of_the_project(folder: Path, *tools: str) -> Path:
    """Copy to `folder` what `make run` needs, with the installed `tools` of the original."""
    for name in NEEDED:
        original = PROJECT / name
        copy = shutil.copytree if original.is_dir() else shutil.copy2
        copy(original, folder / name)
    for name in tools:
        (folder / name).symlink_to(PROJECT / name)
    return folder


def make(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `make` in a copy of the project, to its end."""
    return subprocess.run(
        [shutil.which("make") or "make", *arguments],
        cwd=project,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def free_port() -> int:
    """Return a port of this machine at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def until(condition: Callable[[], bool], *, otherwise: str) -> None:
    """Wait until a condition holds; raise an AssertionError when it never does.

    A server that is replaced while it answers drops the connection: the condition does not hold.
    """
    deadline = time.monotonic() + SECONDS
    while not _holds(condition):
        if time.monotonic() > deadline:
            raise AssertionError(otherwise)
        time.sleep(0.02)


def _holds(condition: Callable[[], bool]) -> bool:
    try:
        return condition()
    except ConnectionError:
        return False


class Process(NamedTuple):
    """A running program."""

    pid: int
    parent: int
    command: str


def processes() -> dict[int, Process]:
    """Return every process of this machine that has not ended, by its id."""
    columns = ["ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "stat=", "-o", "args="]
    table = subprocess.run(columns, capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=3) for line in table.splitlines()]
    return {
        int(pid): Process(int(pid), int(parent), command[0] if command else "")
        for pid, parent, state, *command in rows
        if not state.startswith("Z")  # ended, and its parent has not asked how yet
    }


class MakeRun:
    """`make run` in a copy of the project, in a session of its own, as in a terminal."""

    def __init__(self, project: Path, output: IO[bytes], *arguments: str, **variables: str) -> None:
        self.port = free_port()
        self._output = output
        self._make = subprocess.Popen(
            [shutil.which("make") or "make", "run", *arguments],
            cwd=project,
            env=_environment() | {"PORT": str(self.port)} | variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def call(
        self, method: str, path: str, body: bytes | None = None, token: str = ""
    ) -> tuple[int, bytes]:
        """Return the status and the body of an answer of the API."""
        headers = {"Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def send(self, request: bytes) -> Answer:
        """Return the answer to a request, sent as these bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS) as connection:
            connection.sendall(request)
            response = http.client.HTTPResponse(connection, method=request.split()[0].decode())
            response.begin()
            return Answer(response.status, Headers(response.getheaders()), response.read())

    def until_up(self) -> None:
        until(lambda: self._ended() or bool(self.call("GET", "/")), otherwise=self.said())
        if self._ended():
            raise AssertionError(self.said())

    def family(self) -> list[Process]:
        """Return the supervisor, the engine unless there is none, and the API, in this order."""
        running = processes()
        supervisor = next(each for each in running.values() if each.parent == self._make.pid)
        children = [each for each in running.values() if each.parent == supervisor.pid]
        return [supervisor, *sorted(children, key=lambda each: "-m local" in each.command)]

    def said(self) -> str:
        """Return what the terminal shows."""
        self._output.seek(0)
        return self._output.read().decode()

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal as a terminal does: Ctrl-C is SIGINT, closing its window is SIGHUP."""
        os.killpg(self._make.pid, number)

    def signal_make(self, number: signal.Signals) -> None:
        self._make.send_signal(number)

    def exit_code(self) -> int:
        """Wait for the end."""
        return self._make.wait(SECONDS)

    def clean_up(self) -> None:
        """End it, whatever has become of it."""
        if not self._ended():
            self.signal_make(signal.SIGTERM)
            self.exit_code()

    def _ended(self) -> bool:
        return self._make.poll() is not None


def _environment() -> dict[str, str]:
    """Return this process's environment without what was meant for this process only."""
    ours = (
        *("AWS_", "COVERAGE_", "MAKE", "MFLAGS", "HOST", "PORT", "PYTHON"),
        *("ACCESS", "AUDIENCE", "ISSUER", "ORIGINS", "TOKEN_TYPES", "USER_CLAIM"),
    )
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
