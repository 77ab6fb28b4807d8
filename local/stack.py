"""The local stack: an embedded DynamoDB and the API in front of it, until Ctrl-C.

Three processes, none of which outlives the others: this one owns the engine, and through
werkzeug's reloader starts itself a second time to serve the API, again after each change.
"""

import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug.serving import is_running_from_reloader

from local import access, api
from local.access import AccessError
from local.address import Address
from local.engine import PORTS_CLOSED_TO_PAGES, answers, running_engine
from local.leash import tie_to
from local.programs import EngineError, find_engine
from local.tables import TableError, connection

STAGE = "local"
DATA = Path(__file__).parent.parent / ".local" / "data" / "dynamodb.sqlite"
ENDPOINT = "AWS_ENDPOINT_URL_DYNAMODB"
PARENT = "USERS_API_PARENT"  # tells the second process the id of the first

WELCOME = """\
The users API is at {url} and reloads when its code changes; Ctrl-C ends it.
Its data is in {data}.

"""


class UnusableSettingError(Exception):
    """An environment variable asks for something impossible; the message is for who set it."""


def main() -> None:
    """Run the part of the stack that this process is for; a failure is one sentence."""
    try:
        _serve() if is_running_from_reloader() else _supervise()
    except (EngineError, AccessError, TableError, UnusableSettingError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _supervise() -> None:
    """Keep the engine, and the process that serves, for as long as both live."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # its banner; ours is the welcome
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    address = _address()
    _check_free(address)
    with (
        _dynamodb() as (endpoint, data),
        access.provided(os.environ, address) as calls,
    ):
        os.environ.update(connection(endpoint) | {PARENT: str(os.getpid())})
        sys.stdout.write(WELCOME.format(url=address.url, data=data) + calls)
        sys.stdout.flush()
        api.serve(address, STAGE)


def _serve() -> None:
    tie_to(int(os.environ[PARENT]))
    api.serve(_address(), STAGE)


def _address() -> Address:
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "5000"
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):  # noqa: PLR2004
        raise UnusableSettingError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return Address(host, int(port))


def _check_free(address: Address) -> None:
    try:
        socket.create_server((address.host, address.port), family=address.family).close()
    except (OSError, UnicodeError) as error:  # the latter is what a name too long to be one gives
        said = getattr(error, "strerror", "no such name")
        reason, _, _ = said.partition(" (while")  # attempting to bind: the address, once more
        raise UnusableSettingError(
            f"The API cannot listen at {address.host}, port {address.port} ({reason}): "
            "choose another address, for example `make run PORT=5001`."
        ) from error


@contextmanager
def _dynamodb() -> Iterator[tuple[str, str]]:
    """Yield the URL of the DynamoDB to use, and where its data lies in words."""
    if endpoint := os.environ.get(ENDPOINT):
        _check_answers(endpoint)
        yield endpoint, f"the DynamoDB at {endpoint}"
    else:
        engine = find_engine()
        folder = f"{os.path.relpath(DATA.parent)} (`make reset` forgets it)"
        with running_engine(DATA, PORTS_CLOSED_TO_PAGES, engine, watched=True) as endpoint:
            yield endpoint, folder if engine.keeps_data else "memory, and gone with it"


def _check_answers(endpoint: str) -> None:
    try:
        url = urlsplit(endpoint)
        up = answers(url.hostname or "", url.port or {"http": 80, "https": 443}[url.scheme])
    except (KeyError, ValueError):
        raise UnusableSettingError(f"{ENDPOINT} is not a URL: {endpoint!r}.") from None
    if not up:
        raise UnusableSettingError(f"There is no DynamoDB at {ENDPOINT}={endpoint}.")
