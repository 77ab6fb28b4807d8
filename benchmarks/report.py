"""The report: writes benchmarks/README.md and its plots from the results of a run."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks import markdown, plots, results
from benchmarks.cost import FULL_CPU
from benchmarks.results import Figures, Results, Spread

FOLDER = Path(__file__).parent
DOCUMENT = FOLDER / "README.md"

TITLES = {
    "ours": "**this service**",
    "bare": "bare handler, boto3",
    "original": "original example",
    "powertools": "Powertools, boto3",
    "fastapi": "FastAPI, Mangum, boto3",
    "floor": "floor: a constant",
    "without the log": "this service without its log line",
    "with tokens": "this service, asking for tokens",
}
MEASURES = {
    "cold": "cold start",
    "init": "init",
    "first": "first request",
    "GET CPU": "CPU per GET",
    "POST CPU": "CPU per POST",
    "memory": "peak memory",
    "GET p50": "GET p50",
    "GET p99": "GET p99",
    "POST p50": "POST p50",
    "POST p99": "POST p99",
}


class Target(NamedTuple):
    """A ratio of this service to a peer that must be reached, and one to aim for."""

    text: str
    measure: str
    peer: str
    must: float
    aim: float


TARGETS = (
    Target("cold start, against the bare handler", "cold", "bare", 0.75, 0.65),
    Target("cold start, against the original example", "cold", "original", 0.34, 0.3),
    Target("first request after init, against the bare handler", "first", "bare", 0.5, 0.25),
    Target("CPU per warm GET, against the bare handler", "GET CPU", "bare", 0.6, 0.5),
    Target("CPU per warm POST, against the bare handler", "POST CPU", "bare", 0.7, 0.6),
    Target("peak memory, against the bare handler", "memory", "bare", 1.0, 0.9),
)
TOOLS = {
    "import": "import, against as many plain writers",
    "import CPU": "import for each second of CPU, against boto3's batch writer",
    "export CPU": "export for each second of CPU, against boto3's scan",
}
LEAST = {"import": 0.5}
CPU = ("GET CPU", "POST CPU")
PLOTTED = ("cold", "GET CPU", "POST CPU", "memory")
LARGEST_ZIP, SMALL_ZIP = 9.5, 8  # MB
MEMORY_SIZES = (256, 512, 1024, 1769)  # MB
SMALLEST_SIZE = 100_000  # bytes, that is told as a number


def write(measured: Results) -> None:
    """Write the plots, and what was measured into the document."""
    plots.draw_peers(measured, [(each, MEASURES[each]) for each in PLOTTED], FOLDER / "peers.svg")
    plots.draw_scale(measured, FOLDER / "scale.svg")
    text = markdown.filled(DOCUMENT.read_text("utf-8"), tables(measured))
    DOCUMENT.write_text(text, "utf-8")


def tables(measured: Results) -> str:
    """Return all that was measured, as Markdown."""
    versions = ", ".join(f"{name} {version}" for name, version in measured.versions.items())
    amount = f"{measured.runs} cold starts and {measured.requests:,} warm requests of each call"
    parts = (
        f"{measured.date}: {amount}, for each contender; {versions}.",
        "### The targets",
        _targets(measured),
        "### Against the bare handler",
        "![Each contender in units of the bare handler](peers.svg)",
        _ratios(measured, "bare"),
        "### Against the floor",
        _ratios(measured, "floor"),
        "### What a user waits for at a cold start",
        _waits(measured),
        "### What the log line and the rules of access cost",
        _extras(measured),
        "### As the tables grow",
        "![What each call costs on small and on large tables](scale.svg)",
        _scale(measured),
        "### How fast `make import` and `make export` are",
        of_tools(measured.tools),
    )
    return "\n\n".join(parts)


def of_tools(rates: Mapping[str, Spread]) -> str:
    """Return the rates of import and export, as Markdown."""
    rows = [(TOOLS[name], *_judged_rate(rate, LEAST.get(name))) for name, rate in rates.items()]
    return markdown.table(("", "must", "measured", "reached"), rows)


def _targets(measured: Results) -> str:
    megabytes = measured.contenders["ours"].zip / 1e6
    rows = [
        (
            each.text,
            f"≤ {each.must}",
            f"{each.aim}",
            *_judged(_reached(measured, each), each.must, each.aim),
        )
        for each in TARGETS
    ]
    size = _judged(megabytes, LARGEST_ZIP, SMALL_ZIP)
    rows.append(("zip", f"≤ {LARGEST_ZIP} MB", f"{SMALL_ZIP} MB", f"{size[0]} MB", size[1]))
    return markdown.table(("", "must", "aim", "measured", "reached"), rows)


def _reached(measured: Results, target: Target) -> float:
    ours, peer = (measured.contenders[name] for name in ("ours", target.peer))
    return ours.relative_to(peer, target.measure).median


def _judged(value: float, must: float, aim: float) -> tuple[str, str]:
    reached = "aim" if value <= aim else "must" if value <= must else "**missed**"
    return f"{value:.2f}", reached


def _judged_rate(rate: Spread, must: float | None) -> tuple[str, str, str]:
    if must is None:
        return "", _ratio(rate), ""
    return f"≥ {must}", _ratio(rate), "must" if rate.median >= must else "**missed**"


def _ratios(measured: Results, peer: str) -> str:
    base = measured.contenders[peer]
    rows = [
        (
            TITLES[name],
            _megabytes(figures.zip),
            *(_ratio(figures.relative_to(base, each)) for each in MEASURES),
        )
        for name, figures in measured.contenders.items()
    ]
    return markdown.table(("", "zip", *MEASURES.values()), rows)


def _extras(measured: Results) -> str:
    """Return the CPU of warm calls with each, in units of the same without."""
    ours, unlogged, asking = (
        measured.contenders[name] for name in ("ours", "without the log", "with tokens")
    )
    rows = [
        (said, *(_ratio(one.relative_to(other, each)) for each in CPU))
        for said, one, other in (
            ("the line for each request", ours, unlogged),
            ("`access: token`, the service's part", asking, ours),
        )
    ]
    return markdown.table(("", *(MEASURES[each] for each in CPU)), rows)


def _waits(measured: Results) -> str:
    """Return the time to the first answer for some sizes of memory, as calculated from CPU time.

    Lambda gives the init phase a whole CPU, and a request the share that the memory buys.
    """
    rows = [
        (
            TITLES[name],
            *(f"{_wait(figures, size) * 1000:.0f} ms" for size in MEMORY_SIZES),
        )
        for name, figures in measured.contenders.items()
    ]
    return markdown.table(("", *(f"{size} MB" for size in MEMORY_SIZES)), rows)


def _wait(figures: Figures, memory: int) -> float:
    init, first, cpu = (figures.median(each) for each in ("init", "first", "first CPU"))
    return init + max(first - cpu, 0) + cpu * FULL_CPU / memory


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size > SMALLEST_SIZE else "< 0.1 MB"


def _ratio(spread: Spread) -> str:
    return f"{spread.median:.2f} <sub>{spread.low:.2f}..{spread.high:.2f}</sub>"


def _scale(measured: Results) -> str:
    sizes = next(iter(measured.scale.values()))
    rows = [
        (
            f"`{call}`",
            *(f"{point.requests:g}" for point in points.values()),
            *(_ratio(point.cpu.relative_to(points[min(points)].cpu)) for point in points.values()),
        )
        for call, points in measured.scale.items()
    ]
    heads = (*(f"requests, {size:,}" for size in sizes), *(f"CPU, {size:,}" for size in sizes))
    return markdown.table(("", *heads), rows)


if __name__ == "__main__":
    write(results.load())
