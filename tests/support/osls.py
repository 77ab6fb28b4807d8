"""Runs osls, the Serverless Framework, on copies of the project: the original stays as it is."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent.parent
TOOLS = PROJECT / "node_modules"
NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "node_modules")
SECONDS = 900


def copy_of_the_project(folder: Path) -> Path:
    """Copy the project to `folder` and return it."""
    shutil.copytree(PROJECT, folder, ignore=NOT_COPIED)
    (folder / "node_modules").symlink_to(TOOLS)
    return folder


def environment(**variables: str) -> dict[str, str]:
    """Return the environment in which osls finds the tools of the project, and no AWS account."""
    inherited = {name: each for name, each in os.environ.items() if not name.startswith("AWS_")}
    path = os.pathsep.join([f"{sys.prefix}/bin", f"{TOOLS}/.bin", os.environ["PATH"]])
    return inherited | {"PATH": path, "NODE_NO_WARNINGS": "1"} | variables


def osls(project: Path, *arguments: str, **variables: str) -> str:
    """Run osls in `project`, with more environment variables, and return what it prints.

    Raises:
        AssertionError: It failed.

    """
    return _run(project, ["osls", *arguments], variables)


def make(project: Path, *arguments: str, **variables: str) -> str:
    """Run `make` in `project` likewise, with the virtual environment of the original."""
    with suppress(FileExistsError):
        (project / ".venv").symlink_to(PROJECT / ".venv")
    return _run(project, ["make", *arguments], {"MAKEFLAGS": "", "MAKELEVEL": "0", **variables})


def _run(project: Path, command: list[str], variables: dict[str, str]) -> str:
    finished = subprocess.run(
        command,
        cwd=project,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if finished.returncode != 0:
        raise AssertionError(f"{' '.join(command)}\n{finished.stdout}")
    return finished.stdout


def compiled(project: Path) -> tuple[Path, dict[str, Any]]:
    """Return what `osls package` made in `project`: the zip and the template's resources."""
    output = project / ".serverless"
    template = json.loads((output / "cloudformation-template-update-stack.json").read_text("utf-8"))
    return output / "api.zip", template["Resources"]
