"""Options of several commands, or long ones."""

from datetime import UTC, datetime
from math import isfinite

import click
from click import Choice, option

from local.stack import STAGE as LOCAL
from users_api.app import RESOURCES

MOMENT = "2026-11-26T02:55:00Z"  # an example


def _moment(_context: object, _option: object, text: str | None) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if text else None
    except ValueError:
        raise click.BadParameter(f"{text} is not a moment such as {MOMENT}.") from None


def _rate(_context: object, _option: object, rate: float | None) -> float | None:
    if rate is not None and not isfinite(rate):
        raise click.BadParameter(f"{rate} is not a number of units.")
    return rate


def _delimiter(_context: object, _option: object, text: str | None) -> str | None:
    if text is not None and (len(text) != 1 or text in '"\r\n'):
        raise click.BadParameter("It is one character, but no quote and no end of a line.")
    return text


on_stage = option(
    "--stage", default=LOCAL, help="A stage on AWS; without it, the data of `make run`."
)
of_resource = option(
    "--resource", type=Choice([each.name for each in RESOURCES]), help="One of the resources."
)
of_moment = option(
    "--moment",
    callback=_moment,
    metavar=MOMENT,
    help="A second of the last 35 days.",
)
between_cells = option(
    "--delimiter",
    callback=_delimiter,
    help="Between the cells of CSV; without it, a comma, or in .tsv a tab.",
)
confirmed = option(
    "--confirm", metavar="STAGE", help="The name of a stage that keeps its data, for scripts."
)
at_rate = option(
    "--rate",
    type=click.FloatRange(0.1),
    callback=_rate,
    help="Capacity units in a second, at most.",
)
