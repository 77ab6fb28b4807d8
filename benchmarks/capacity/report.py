"""Writes docs/scale.md and its plots from what was simulated."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from benchmarks import markdown, plots
from benchmarks.capacity import limits
from benchmarks.capacity.queueing import Outcome
from benchmarks.capacity.scenarios import DEFAULT, MIX, MOST_SHIPPED, Report, Service, ceilings
from benchmarks.prices import READ_UNITS_MILLION

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "scale.md"
PAGE = 25  # users, in the page that was measured
BYTES_OF_USER = 300  # as stored, with an e-mail address
USERS = 1_000_000_000
BYTES_OF_READ_UNIT = 4096
TICKS = (10, 20, 50, 100, 200, 500)  # ms
OTHERS = (
    "For a load that is not here, AWS's defaults are enough, or nothing that can be asked for "
    "helps. A new account may have less than the defaults."
)
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
        table_line(),
        _outcomes(reports),
        "![What is refused, and how long the rest takes](scale.svg)",
        "### What to ask AWS for before that day",
        _needs(reports),
        OTHERS,
        "### A table of a billion users, and a list that reads them all",
        _billion(service),
        "### The limits",
        limits_table(),
    )
    return "\n\n".join(parts)


def service_line(service: Service) -> str:
    """Return what a call and a cold start take, as it was measured."""
    mix = "; ".join(f"{share:.0%} {name}" for name, share in MIX.items())
    warm, cold = service.time() * 1000, service.cold_start * 1000
    return (
        f"The mix of calls is assumed: {mix}. At {service.memory} MB a call takes "
        f"{warm:.0f} ms on average, and {cold:.0f} ms more after a cold start."
    )


def table_line() -> str:
    """Return what a reader of the table has to know."""
    own = ceilings()
    named = ("rate", "burst", "maxReads", "maxWrites", "reservedConcurrency")
    values = ", ".join(f"`{each}` {str(own[each]) or 'unset'}" for each in named)
    return (
        f"As shipped, a stage has ceilings of its own ({values}). The other rows are without them: "
        "with AWS's defaults, or with what the table below asks for. Loads of more than "
        f"{MOST_SHIPPED:,} a second have only those, as a stage would let hardly a request through."
        "\n\nAPI Gateway refuses with 429, Lambda with 429 or a 5xx; where DynamoDB refuses, the "
        "service answers 503. The dollars are those of [cost.md](cost.md), operation included, for "
        "all that API Gateway lets in. What it refuses costs a line in its access log."
    )


def _outcomes(reports: Sequence[Report]) -> str:
    rows = [
        (each.scenario.name, limits, *_row(trial.outcome), f"{trial.dollars:,.0f}")
        for each in reports
        for limits, trial in each.trials.items()
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
    return markdown.table(("before", "ask for", "default", "needed"), rows)


def _billion(service: Service) -> str:
    gigabytes = USERS * BYTES_OF_USER / 1e9
    units = USERS * BYTES_OF_USER / BYTES_OF_READ_UNIT
    calls = USERS / PAGE
    page = service.calls["GET, a page of 25"]
    rows = (
        ("storage", f"{gigabytes:,.0f} GB, {gigabytes * GIGABYTE_MONTH:,.0f} dollars a month"),
        ("read units for the whole list", f"{units / 1e6:,.0f} million"),
        ("dollars for these units", f"{units / 1e6 * READ_UNITS_MILLION:,.0f}"),
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
            each.name + f" ({each.note})" * bool(each.note),
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
    outcomes = [each.trials[DEFAULT].outcome for each in reports]
    lefts = [0.0] * len(reports)
    for place, gate in enumerate(("API Gateway", "Lambda", "DynamoDB")):
        shares = [100 * each.refused[gate] / each.offered for each in outcomes]
        refused.barh(names, shares, left=lefts, color=plots.COLOURS[place], label=gate, height=0.6)
        lefts = [left + share for left, share in zip(lefts, shares, strict=True)]
    for name, each in zip(names, outcomes, strict=True):
        low, high = (each.latency(percent) * 1000 for percent in (50, 99))
        latency.plot([low, high], [name] * 2, color=plots.INK, linewidth=3, alpha=0.5)
        latency.plot([low], [name], "o", color=plots.ACCENT, markersize=5)
    refused.invert_yaxis()
    refused.set(title="refused with AWS's defaults (%)", xlim=(0, 100))
    latency.set(title="p50 (dot) to p99, ms", xscale="log")
    latency.set_xticks(TICKS, [str(each) for each in TICKS])
    latency.minorticks_off()
    figure.legend(*refused.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    plots.save(figure, path)
