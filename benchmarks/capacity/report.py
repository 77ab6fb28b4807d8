"""Writes docs/scale.md and its plots from what was simulated."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from benchmarks import markdown, plots
from benchmarks.capacity import limits
from benchmarks.capacity.queueing import Outcome
from benchmarks.capacity.scenarios import MIX, Report, Service
from benchmarks.prices import READ_UNITS_MILLION

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "scale.md"
PAGE = 100  # users, the largest page of a list
BYTES_OF_USER = 300  # as stored, with an e-mail address
USERS = 1_000_000_000
BYTES_OF_READ_UNIT = 4096
GIGABYTE_MONTH = 0.25  # dollars, after the first 25 GB: the pricing page of DynamoDB, 2026-11


def write(service: Service, reports: Sequence[Report]) -> None:
    """Write the plots and the computed part of the document."""
    _draw(reports, DOCUMENT.with_name("scale.svg"))
    text = markdown.filled(DOCUMENT.read_text("utf-8"), tables(service, reports))
    DOCUMENT.write_text(text, "utf-8")


def tables(service: Service, reports: Sequence[Report]) -> str:
    """Return all that was simulated, as Markdown."""
    parts = (
        service_line(service),
        "### What becomes of each load",
        _outcomes(reports),
        "![What is refused, and how long the rest takes](scale.svg)",
        "### What to ask AWS for before that day",
        _needs(reports),
        "### A table of a billion users, and a list that reads them all",
        _billion(service),
        "### The limits",
        limits_table(),
    )
    return "\n\n".join(parts)


def service_line(service: Service) -> str:
    """Return what a call and a cold start take, as it was measured."""
    mix = ", ".join(f"{share:.0%} {name}" for name, share in MIX.items())
    warm, cold = service.time() * 1000, service.cold_start * 1000
    return (
        f"The mix of calls, an assumption: {mix}. At {service.memory} MB a call takes "
        f"{warm:.0f} ms on average, and {cold:.0f} ms more after a cold start."
    )


def _outcomes(reports: Sequence[Report]) -> str:
    rows = [
        (each.scenario.name, limits, *_row(outcome), dollars)
        for each in reports
        for limits, outcome, dollars in (
            ("as they are", each.today, f"{each.dollars:,.0f}"),
            ("as asked for", each.prepared, ""),
        )
        if limits == "as they are" or each.needs
    ]
    head = ("load", "limits", "refused", "by", "p50", "p99", "cold", "environments", "$ a month")
    return markdown.table(head, rows)


def _row(outcome: Outcome) -> tuple[str, ...]:
    worst = max(outcome.refused, key=lambda each: outcome.refused[each])
    return (
        f"{outcome.share_refused:.1%}",
        worst if outcome.refused[worst] else "",
        f"{outcome.latency(50) * 1000:.0f} ms",
        f"{outcome.latency(99) * 1000:.0f} ms",
        f"{outcome.cold / max(1, outcome.offered):.2%}",
        f"{outcome.most_environments:,}",
    )


def _needs(reports: Sequence[Report]) -> str:
    rows = [
        (each.scenario.name, need.name, f"{need.default:,}", f"{need.needed:,}")
        for each in reports
        for need in each.needs
    ]
    return markdown.table(("before", "ask for", "there is", "needed"), rows)


def _billion(service: Service) -> str:
    gigabytes = USERS * BYTES_OF_USER / 1e9
    units = USERS * BYTES_OF_USER / BYTES_OF_READ_UNIT
    calls = USERS / PAGE
    page = service.calls["GET, a page of 25"]
    rows = (
        ("storage", f"{gigabytes:,.0f} GB, {gigabytes * GIGABYTE_MONTH:,.0f} dollars a month"),
        ("read units for the whole list", f"{units / 1e6:,.0f} million"),
        ("the same in dollars", f"{units / 1e6 * READ_UNITS_MILLION:,.2f}"),
        (f"calls, {PAGE} users each", f"{calls / 1e6:,.0f} million"),
        (
            "days, one call after the other",
            f"{calls * page.milliseconds(service.memory) / 1000 / 86400:,.1f}",
        ),
        ("dollars for these calls", f"{calls / 1e6 * page.total(service.memory):,.0f}"),
    )
    return markdown.table(("", "a billion users"), rows)


def limits_table() -> str:
    """Return every limit with its source."""
    rows = [
        (
            each.name,
            f"{each.value:,} {each.unit}",
            "yes" if each.raised else "no",
            f"{each.source}, {each.date}",
        )
        for each in limits.ALL
    ]
    return markdown.table(("", "limit", "AWS raises it", "docs.aws.amazon.com/"), rows)


def _draw(reports: Sequence[Report], path: Path) -> None:
    """Draw what is refused by whom on the left, and p50 to p99 on the right."""
    figure = Figure(figsize=(10, 3.4), layout="constrained")
    refused, latency = figure.subplots(1, 2, sharey=True)
    names = [each.scenario.name for each in reports]
    lefts = [0.0] * len(reports)
    for place, gate in enumerate(("API Gateway", "Lambda", "DynamoDB")):
        shares = [100 * each.today.refused[gate] / each.today.offered for each in reports]
        refused.barh(names, shares, left=lefts, color=plots.COLOURS[place], label=gate, height=0.6)
        lefts = [left + share for left, share in zip(lefts, shares, strict=True)]
    for each in reports:
        low, high = (each.today.latency(percent) * 1000 for percent in (50, 99))
        latency.plot([low, high], [each.scenario.name] * 2, color=plots.INK, linewidth=3, alpha=0.5)
        latency.plot([low], [each.scenario.name], "o", color=plots.ACCENT, markersize=5)
    refused.invert_yaxis()
    refused.set(title="refused, with the limits of a new account (%)", xlim=(0, 100))
    latency.set(title="p50 (dot) to p99, ms", xscale="log")
    figure.legend(*refused.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    plots.save(figure, path)
