"""Asking before something is written that cannot be taken back."""

import sys

import click

from tools.errors import ToolError
from tools.stages import keeps_its_data


def agree(question: str) -> None:
    """Ask for a yes; raise ToolError where there is nobody to ask, click.Abort without a yes."""
    if not sys.stdin.isatty():
        raise ToolError("There is no terminal to ask on: add --yes (make: OPTIONS=--yes).")
    click.confirm(question, abort=True, err=True)


def ask(stage: str, given: str | None) -> None:
    """Ask for the name of a stage that keeps its data; raise ToolError unless it is given."""
    if not keeps_its_data(stage):
        return
    if given is None and sys.stdin.isatty():
        given = click.prompt(f"Stage {stage} keeps its data. Its name, to write to it", err=True)
    if given != stage:
        raise ToolError(f"Stage {stage} keeps its data: say --confirm {stage} to write to it.")
