"""`make rename NAME=orders`: gives the service a name of its own, wherever the old one stands.

What is named after the resource `users` keeps its name. A table gets the service's name before
its own, so that two services can share an account.
"""

import keyword
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

LONGEST = 16  # with "-staging" 24: what CloudFormation keeps of a stack's name in those it makes up
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TABLE = re.compile(r"^ +TableName: ([\w-]+)-\$", re.MULTILINE)
_KEPT = {"LICENSE"}  # it names those who wrote what the service began as


class RenameError(Exception):
    """The service cannot have this name; the message is one sentence for who asked."""


def rename(new: str) -> None:
    """Give the service a new name, in every file that git knows.

    Args:
        new: The name, such as `orders` or `order-desk`.

    Raises:
        RenameError: The name will not do, or the change could not be undone; nothing was changed.

    """
    _check(new)
    files = _files()
    old: str = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]["name"]
    if "-" not in old:
        raise RenameError(
            f"`{old}` is a plain word, which cannot be told from others: undo that renaming first."
        )
    names = dict(zip(_forms(old), _forms(new), strict=True))
    for table in _tables():
        if not table.startswith(f"{old}-"):
            names[table] = f"{new}-{table}"
    for file in files:
        _replace(file, names)
    _git("mv", _package(old), _package(new))


def _check(name: str) -> None:
    if not _NAME.fullmatch(name) or not 1 < len(name) <= LONGEST:
        raise RenameError(
            f"Say what the service is called, with 2 to {LONGEST} lower-case letters, digits and "
            "hyphens, a letter first: make rename NAME=orders"
        )
    package = _package(name)
    modules = {*sys.stdlib_module_names, *packages_distributions()}
    if keyword.iskeyword(package) or package in modules or Path(package).exists():
        raise RenameError(f"Python or this project has a `{package}` already: choose another name.")


def _files() -> list[Path]:
    try:
        if _git("status", "--porcelain"):
            raise RenameError("Commit what you have changed first, so that this can be undone.")
        tracked = _git("ls-files", "-z").split("\0")
    except (OSError, subprocess.CalledProcessError):
        raise RenameError("This is no clone made by git, so it could not be undone.") from None
    return [Path(name) for name in tracked if name and name not in _KEPT]


def _tables() -> set[str]:
    definitions = (file.read_text("utf-8") for file in Path("infra").glob("*.yml"))
    return {table for text in definitions for table in _TABLE.findall(text)}


def _forms(name: str) -> list[str]:
    """Return how a service's name is written: here, in Python, in HTTP headers, in sentences."""
    package, words = _package(name), name.removesuffix("-api").replace("-", " ")
    return [
        *(name, name.title()),
        *(package, package.upper(), package.capitalize(), package.title()),
        *(f"{words} API", f"{words.capitalize()} API", f"{_package(words)}_client"),
    ]


def _package(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _replace(file: Path, names: dict[str, str]) -> None:
    try:
        text = file.read_bytes().decode()
    except (IsADirectoryError, UnicodeDecodeError):  # a submodule or a link; no text
        return
    wanted = rf"(?<![A-Za-z0-9])({'|'.join(map(re.escape, names))})(?![A-Za-z0-9])"
    if (new := re.sub(wanted, lambda match: names[match[0]], text)) != text:
        file.write_bytes(new.encode())


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603


if __name__ == "__main__":
    try:
        rename(sys.argv[1])
    except RenameError as error:
        sys.exit(str(error))
