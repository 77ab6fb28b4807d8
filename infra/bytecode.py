#!/usr/bin/env python3.13
"""Finish zips for Lambda: every module compiled ahead, the same bytes at every packaging.

Lambda's code folder is read-only, so Python cannot keep the bytecode of a module that comes
without it and compiles that module again at every cold start. Bytecode that is matched by date
does not help, for the dates in a zip are not those of the files: what is made here is loaded
without a look at the source.
"""

import marshal
import sys
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

UNCHECKED_HASH = (1).to_bytes(4, "little")
TASK_ROOT = "/var/task"  # where Lambda unpacks the zip


def main(runtime: str, *zips: str) -> None:
    """Finish zips in place, or end with a sentence when this is not the `runtime`.

    `zips` are pairs: a zip, and the package whose files the packaging plugin has put at the top
    of the zip; `.` if there is none.
    """
    this = "python{}.{}".format(*sys.version_info)
    if this != runtime:
        sys.exit(f"Packaging needs {runtime}, the function's runtime, not {this}.")
    for name, package in zip(zips[::2], zips[1::2], strict=True):
        finish(Path(name), Path(package))


def finish(path: Path, package: Path) -> None:
    """Rewrite the zip at `path` with bytecode, in a fixed order, with fixed dates and modes.

    The files of `package` get back into the folder of that name.
    """
    with ZipFile(path) as old:
        entries = {
            put_back(entry.filename, package): (
                old.read(entry),
                bool(entry.external_attr >> 16 & 0o100),
            )
            for entry in old.infolist()
            if not entry.is_dir() and not entry.filename.endswith(".pyc")
        }
    for name, (content, _) in list(entries.items()):
        if name.endswith(".py"):
            entries[cache_from_source(name)] = (compiled(content, name), False)
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=9) as new:
        for name, (content, executable) in sorted(entries.items()):
            new.writestr(entry_of(name, executable=executable), content)


def put_back(name: str, package: Path) -> str:
    """Return the name in the zip for a file that may be one of `package`, moved to the top."""
    return (package / name).as_posix() if (package / name).is_file() else name


def compiled(source: bytes, name: str) -> bytes:
    """Return the content of the .pyc file for the module `source`, called `name` in the zip.

    Modules of libraries go without their docstrings and assertions (`python -OO`), a fiftieth of
    the function's memory. Ours keep them: the contract is made of docstrings.
    """
    level = 0 if Path(name).is_file() else 2
    code = compile(source, f"{TASK_ROOT}/{name}", "exec", dont_inherit=True, optimize=level)
    return MAGIC_NUMBER + UNCHECKED_HASH + source_hash(source) + marshal.dumps(code)


def entry_of(name: str, *, executable: bool) -> ZipInfo:
    """Return a zip entry that depends on nothing but its arguments."""
    entry = ZipInfo(name)  # dated 1980-01-01
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = 3  # Unix, on any machine: the modes below are its
    entry.external_attr = (0o100755 if executable else 0o100644) << 16
    return entry


if __name__ == "__main__":
    main(*sys.argv[1:])
