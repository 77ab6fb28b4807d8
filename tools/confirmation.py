"""Asking before something is written that cannot be taken back."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from tools.errors import ToolError
from tools.stages import keeps_its_data


def agree(question: str, otherwise: str) -> None:
    """Ask for a yes; raise ToolError without one (`otherwise`), or where nobody can be asked."""
    if not sys.stdin.isatty():
        raise ToolError("There is no terminal to ask on: add --yes (make: OPTIONS=--yes).")
    with _on_a_line():
        agreed = click.confirm(question, err=True)
    if not agreed:
        raise ToolError(otherwise)


def ask(stage: str, given: str | None) -> None:
    """Ask for the name of a stage that keeps its data; raise ToolError unless it is given."""
    if not keeps_its_data(stage):
        return
    if given is None and sys.stdin.isatty():
        with _on_a_line():
            typed = click.prompt(
                f"Stage {stage} keeps its data. Its name, to write to it", err=True
            )
        if typed != stage:
            raise ToolError(f"You typed {typed}, and not {stage}: nothing was written.")
    elif given != stage:
        confirm = f"--confirm {stage}"
        raise ToolError(
            f"Stage {stage} keeps its data: to write to it, add {confirm} "
            f"(make: OPTIONS='{confirm}')."
        )


@contextmanager
def _on_a_line() -> Iterator[None]:
    """End the line of a question that Ctrl-C answers."""
    try:
        yield
    except click.Abort:
        click.echo(err=True)
        raise
