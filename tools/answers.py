"""What `verify` and `export --who` tell: as a table for people, as JSON for programs."""

import sys
from collections import Counter
from typing import Any

from msgspec import ValidationError, to_builtins
from rich.console import Console
from rich.table import Column, Table

from tools.people import Person, Traces
from tools.problems import Findings
from users_api import validation

WIDE = 10_000  # characters


def findings_table(findings: Findings, *, show_keys: bool) -> Table:
    """Return what was found as a table; with the keys of items only if that is asked for."""
    keys = [Column("keys", overflow="fold")] if show_keys else []  # none is cut off
    table = Table("what", "table", "found", "mended", *keys)
    for each in findings_json(findings, show_keys=show_keys)["problems"]:
        row = [each["what"], each["table"], f"{each['found']:,}", f"{each['mended']:,}"]
        table.add_row(*row, *(["\n".join(each["keys"])] if show_keys else []))
    return table


def findings_json(findings: Findings, *, show_keys: bool) -> dict[str, Any]:
    """Return what was found as JSON has it."""
    found = Counter((each.kind, each.table) for each in findings.problems)
    mended = Counter((each.kind, each.table) for each in findings.problems if each.mended)
    problems: list[dict[str, Any]] = []
    for (kind, table), number in found.items():
        keys = [
            f"{each.key} ({each.owner})" if each.owner else each.key
            for each in findings.problems
            if (each.kind, each.table) == (kind, table)
        ]
        problem = {"what": kind.value, "table": table, "found": number}
        problem["mended"] = mended[kind, table]
        problems.append(problem | ({"keys": keys} if show_keys else {}))
    return {"checked": findings.checked, "left": findings.left, "problems": problems}


def print_table(table: Table) -> None:
    """Print a table to standard output; only a terminal says how wide it may be."""
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)


def everything(who: Person, found: Traces) -> dict[str, Any]:
    """Return all that is kept about a person: as the API tells it, and as it is stored.

    Of records of others that mention them, it has the number only.
    """
    stored: dict[str, list[dict[str, Any]]] = {}
    for each in found.theirs:
        stored.setdefault(each.table.purpose, []).append(to_builtins(each.item, order="sorted"))
    return {
        "resource": who.resource.name,
        "record": _record(who),
        "stored": stored,
        "mentions": found.mentions,
    }


def _record(who: Person) -> dict[str, Any] | None:
    try:
        record = validation.restore(who.resource.model, who.record or {})
    except ValidationError:
        return None
    return validation.document(record) if who.record else None
