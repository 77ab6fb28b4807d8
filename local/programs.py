"""The programs that answer as DynamoDB does: the engine for this platform, or moto in its place.

EngineError
└── EngineNotFoundError   there is neither on this machine
"""

import platform
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_PROJECT = Path(__file__).parent.parent
_HOST = "127.0.0.1"
_CPUS = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}  # in the words of Node.js


class EngineError(Exception):
    """The engine cannot be used; the message is one sentence for whoever started it."""


class EngineNotFoundError(EngineError):
    """There is no engine for this machine."""


@dataclass(frozen=True)
class Program:
    """How to start an engine at a port of this machine, and what becomes of its data."""

    command: Sequence[str]
    option_for_data: str = ""  # without one, its data is gone when it ends

    @property
    def keeps_data(self) -> bool:
        """Whether its data is there again when it is started again."""
        return bool(self.option_for_data)

    def at(self, port: int, data: Path | None) -> list[str]:
        """Return the command that starts it, with its data in a file if it can and shall be."""
        kept = [self.option_for_data, str(data)] if data and self.keeps_data else []
        return [*self.command, *kept, "--port", str(port)]


def find_engine(
    system: str = sys.platform, machine: str = platform.machine(), *, moto: bool = True
) -> Program:
    """Return the engine: from the npm package of the platform, else from the PATH, else moto.

    Args:
        system: The operating system, as `sys.platform` names it.
        machine: Its kind of CPU, as `platform.machine()` names it.
        moto: Whether moto may stand in.

    Raises:
        EngineNotFoundError: There is none; the message tells how to get one.

    """
    package = f"{system}-{_CPUS.get(machine.lower(), machine.lower())}"
    packaged = _PROJECT / "node_modules" / "@dynoxide" / package / "dynoxide"
    if packaged.is_file():
        return _dynoxide(packaged)
    if on_path := shutil.which("dynoxide"):
        return _dynoxide(Path(on_path).absolute())
    if moto and find_spec("moto"):
        return Program([sys.executable, "-m", "moto.server", "--host", _HOST])
    raise EngineNotFoundError(
        f"The embedded DynamoDB engine for {package} is not installed: {_remedy(moto=moto)}."
    )


def _dynoxide(path: Path) -> Program:
    return Program([str(path), "serve", "--host", _HOST], "--db-path")


def _remedy(*, moto: bool) -> str:
    elsewhere = "put `dynoxide` on the PATH, or set AWS_ENDPOINT_URL_DYNAMODB to another DynamoDB"
    if not shutil.which("npm"):
        return f"install Node.js 20 or newer with npm and run `make engine`, {elsewhere}"
    instead = "or `make .venv/tests` for moto in its place, " * moto
    return f"run `make engine`, {instead}{elsewhere}"
