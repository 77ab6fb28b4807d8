"""The embedded DynamoDB engine (dynoxide), running for as long as it is needed.

It answers whoever asks, web pages of any origin too. So where its data matters it listens on a
port that browsers connect to for no page, whatever its name, its scheme or its redirects.

EngineError               (of local/programs.py)
└── EngineFailedError     it does not start, or ends by itself
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from local import leash
from local.data import locked
from local.programs import EngineError, Program, find_engine

# Ports above 1023 on the lists of Chromium, Firefox and WebKit (https://fetch.spec.whatwg.org,
# section "port blocking"), without those of X11 and NFS, which a laptop may well have running.
PORTS_CLOSED_TO_PAGES = (
    *(6665, 6666, 6667, 6668, 6669, 6697),  # IRC
    *(5060, 5061, 1719, 1720, 1723),  # telephony
    *(3659, 4045, 6566, 10080),  # Apple's SASL, lockd, scanners, Amanda
)

STAND_IN = (
    "The embedded DynamoDB is missing, so moto, an emulator for tests, takes its place, "
    "and forgets the data when it ends.\n"
)

_HOST = "127.0.0.1"
_SECONDS_TO_START = 10
_SECONDS_TO_END = 5
_TRIES = 10  # at a free port, which another program may take before the engine does
_LONGEST_OUTPUT = 4096  # bytes of what it says
_DAMAGED = ("database disk image is malformed", "not a valid SQLite database")  # what it says then


class EngineFailedError(EngineError):
    """The engine does not start, or ends by itself."""


@contextmanager
def running_engine(
    data: Path | None = None,
    ports: Sequence[int] = (),
    program: Program | None = None,
    *,
    moto: bool = True,
    watched: bool = False,
) -> Iterator[str]:
    """Run an engine on this machine, and end it afterwards.

    Args:
        data: The file in which it keeps its data; in memory when there is none.
        ports: Where it may listen, in this order; on any free port when there are none.
        program: Which engine; the one for this machine when there is none.
        moto: Whether that may be moto, which keeps no data.
        watched: Whether its end is an EngineFailedError in the main thread, which has to call this.

    Yields:
        The URL at which it answers.

    Raises:
        EngineNotFoundError: There is no engine for this machine.
        EngineFailedError: It does not start, every port is taken, or it is watched and ends.
        DataFolderError: There is no writing where the data should be.
        DataInUseError: Another engine has the same data open.

    """
    with ExitStack() as stack:
        lock = stack.enter_context(locked(data)) if data else None
        program = program or find_engine(moto=moto)
        if data and not program.keeps_data:
            sys.stderr.write(STAND_IN)
        inherited = (lock.fileno(),) if lock else ()
        for port in ports or _free_ports():
            command = program.at(port, data)
            if engine := stack.enter_context(_listening(command, port, inherited)):
                if watched:
                    stack.enter_context(_watched(engine))
                if lock:
                    print(_url(port), file=lock, flush=True)  # for local/sharing.py
                yield _url(port)
                return
    raise EngineFailedError(
        "The embedded DynamoDB engine did not start: other programs have every port that it may "
        f"use ({', '.join(map(str, ports or ()))})."
    )


def answers(host: str, port: int) -> bool:
    """Tell whether anything accepts connections at an address."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, gently if it lets itself be."""
    process.terminate()
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_ports() -> Iterator[int]:
    for _ in range(_TRIES):
        with socket.create_server((_HOST, 0)) as listener:
            port: int = listener.getsockname()[1]
        yield port


def _url(port: int) -> str:
    return f"http://{_HOST}:{port}"


@contextmanager
def _watched(engine: subprocess.Popen[bytes]) -> Iterator[None]:
    def look(*_: object) -> None:
        if engine.poll() is not None:
            signal.signal(signal.SIGCHLD, before)
            raise EngineFailedError(
                "The embedded DynamoDB engine has ended before its time: start `make run` again."
            )

    before = signal.signal(signal.SIGCHLD, look)
    try:
        look()  # it may have ended already
        yield
    finally:
        signal.signal(signal.SIGCHLD, before)


@contextmanager
def _listening(
    command: list[str], port: int, inherited: tuple[int, ...]
) -> Iterator[subprocess.Popen[bytes] | None]:
    """Yield an engine that listens at a port, unless another program does."""
    if answers(_HOST, port):
        yield None
        return
    with (
        tempfile.TemporaryFile() as output,
        _tied_process(command, output, inherited) as engine,
    ):
        yield engine if _is_up(engine, port, output) else None


@contextmanager
def _tied_process(
    command: list[str], output: IO[bytes], inherited: tuple[int, ...]
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603 - the arguments are our own
        [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        pass_fds=inherited,  # a lock is held for as long as the engine lives, not only its parent
        start_new_session=True,  # Ctrl-C is for the parent, which ends the engine last
    )
    try:
        yield process
    finally:
        end(process)


def _is_up(engine: subprocess.Popen[bytes], port: int, output: IO[bytes]) -> bool:
    """Wait for what the engine says: that another program may answer at its port proves nothing."""
    deadline = time.monotonic() + _SECONDS_TO_START
    while engine.poll() is None and time.monotonic() < deadline:
        if _url(port) in _said(output):
            return True
        time.sleep(0.01)
    if answers(_HOST, port):
        return False
    raise EngineFailedError(f"The embedded DynamoDB engine did not start: {_why(_said(output))}")


def _why(said: str) -> str:
    if any(words in said for words in _DAMAGED):
        return "its data is damaged, and `make reset` forgets it."
    return said.strip() or "it said nothing"


def _said(output: IO[bytes]) -> str:
    """Return what was written, without moving the position at which the engine writes."""
    return os.pread(output.fileno(), _LONGEST_OUTPUT, 0).decode(errors="replace")
