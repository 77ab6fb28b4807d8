"""Asking before something is written that cannot be taken back."""

import sys

import click

from tools.errors import ToolError
from tools.stages import keeps_its_data


def ask(stage: str, given: str | None) -> None:
    """Ask for the name of a stage that keeps its data; raise ToolError unless it is given."""
    if not keeps_its_data(stage):
        return
    if given is None and sys.stdin.isatty():
        given = click.prompt(f"Stage {stage} keeps its data. Its name, to write to it", err=True)
    if given != stage:
        raise ToolError(f"Stage {stage} keeps its data: say --confirm {stage} to write to it.")
