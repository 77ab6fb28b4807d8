"""What is measured: the service and its peers, each packaged as its users package it."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from benchmarks.tls import Endpoint
from local.tables import environment
from tests.support.osls import TOOLS, compiled, copy_of_the_project, osls
from tests.support.runtime_api import EXTENDED_TIMESTAMP, Function, started, unpack

PACKAGES = ("ours", "bare", "original", "powertools", "fastapi", "floor")
VARIANTS = {  # of ours, by the environment variables that make the difference
    "without the log": {"METRICS_NAMESPACE": ""},
    "with tokens": {"ACCESS": "token"},
}
PEERS = Path(__file__).parent / "peers"
STAGE = "dev"
CONFIGURATION = {"FunctionName": "peer", "MemorySize": 512, "Runtime": "python3.13"}

# Bytecode is not kept where the code is read-only. Nothing is read-only to root, so Python is told.
READ_ONLY = {"PYTHONDONTWRITEBYTECODE": "1"}


class Package(NamedTuple):
    """A zip for Lambda, and the function's properties, named as in CloudFormation."""

    zip: Path
    configuration: Mapping[str, Any]


class Contender(NamedTuple):
    """A packaged function, unpacked in `root`, to be run with the packages of `runtime`."""

    size: int
    root: Path
    runtime: Path
    configuration: Mapping[str, Any]

    def having(self, **variables: str) -> "Contender":
        """Return the same function with other environment variables."""
        told = self.configuration.get("Environment", {"Variables": {}})["Variables"] | variables
        return self._replace(
            configuration={**self.configuration, "Environment": {"Variables": told}}
        )

    @contextmanager
    def running(self, dynamodb: Endpoint, stage: str = STAGE) -> Iterator[Function]:
        """Run it on the tables of a stage, in a process of its own."""
        own = self.having().configuration["Environment"]["Variables"]
        variables = own | environment(stage) | READ_ONLY | dynamodb.environment()
        configuration = {**self.configuration, "Environment": {"Variables": variables}}
        with started(self.root, self.runtime, configuration, dynamodb.url) as function:
            yield function


def contender(name: str, runtime: Path, folder: Path) -> Contender:
    """Package the contender of this name in `folder`, and unpack what comes of it."""
    project, root = folder / name, folder / f"{name}-task"
    package = PACKAGED.get(name, _peer)(project)
    unpack(package.zip, root)
    return Contender(package.zip.stat().st_size, root, runtime, package.configuration)


def _ours(project: Path) -> Package:
    """Package this project as `make package ARCH=x86_64` does."""
    copy_of_the_project(project)
    osls(project, "package", "--param=architecture=x86_64")
    package, resources = compiled(project)
    return Package(package, resources["ApiLambdaFunction"]["Properties"])


def _original(project: Path) -> Package:
    """Package the Serverless example with its plugins as they come."""
    shutil.copytree(PEERS / "original", project)
    (project / "node_modules").symlink_to(TOOLS)
    osls(project, "package", XDG_CACHE_HOME=str(project.with_suffix(".cache")))
    _, resources = compiled(project)
    return Package(
        project / ".serverless" / "original.zip", resources["ApiLambdaFunction"]["Properties"]
    )


def _peer(project: Path) -> Package:
    """Package a peer with `pip install --target` and `zip -r`."""
    shutil.copytree(PEERS / project.name, project)
    requirements = project / "requirements.txt"
    if requirements.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--quiet"]
        pip += [
            "--disable-pip-version-check",
            "--target",
            str(project),
            "--requirement",
            str(requirements),
        ]
        subprocess.run(pip, check=True)
    package = project.with_suffix(".zip")
    _zip(project, package)
    return Package(package, {**CONFIGURATION, "Handler": "main.handler"})


def _zip(folder: Path, package: Path) -> None:
    """Do what `zip -r` does: each file with its date, to the second."""
    with ZipFile(package, "w") as archive:
        for path in sorted(folder.rglob("*")):
            entry = ZipInfo.from_file(path, path.relative_to(folder))
            entry.compress_type = ZIP_DEFLATED
            date = int(path.stat().st_mtime).to_bytes(4, "little")
            entry.extra = EXTENDED_TIMESTAMP + b"\x05\x00\x01" + date
            archive.writestr(entry, b"" if path.is_dir() else path.read_bytes())


PACKAGED: Mapping[str, Callable[[Path], Package]] = {"ours": _ours, "original": _original}
