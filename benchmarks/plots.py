"""The plots of the report: SVG without a background, in colours for light and dark pages."""

from collections.abc import Iterable
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.results import Results

INK, ACCENT = "#808890", "#2f81f7"
COLOURS = (ACCENT, "#3fa34d", "#d1742f", "#a371f7", "#c2517f", "#1c9e9e")

mpl.rcParams.update(
    {
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlecolor": INK,
        "axes.titlesize": "medium",
        "font.sans-serif": ["DejaVu Sans"],  # which comes with matplotlib
        "legend.frameon": False,
        "legend.labelcolor": INK,
        "svg.fonttype": "none",  # text stays text
        "svg.hashsalt": "users-api",  # the same names in each file
        "xtick.color": INK,
        "ytick.color": INK,
    }
)


def draw_peers(measured: Results, measures: Iterable[tuple[str, str]], path: Path) -> None:
    """Draw bars: each contender in units of the bare handler, with the quartiles."""
    figure = Figure(figsize=(10, 2.6), layout="constrained")
    panels = figure.subplots(1, 4, sharey=True)
    for panel, (measure, title) in zip(panels, measures, strict=True):
        _bars(panel, measured, measure)
        panel.set_title(title)
        panel.axvline(1, color=INK, linewidth=0.8, linestyle=":")
    panels[0].invert_yaxis()
    save(figure, path)


def draw_scale(measured: Results, path: Path) -> None:
    """Draw lines: each call on tables of all sizes, CPU on the left and requests on the right."""
    figure = Figure(figsize=(10, 3.4), layout="constrained")
    cpu, requests = figure.subplots(1, 2)
    unit = next(iter(next(iter(measured.scale.values())).values())).cpu
    for place, (call, points) in enumerate(measured.scale.items()):
        style = {"color": COLOURS[place], "label": call, "marker": "o", "markersize": 4}
        spreads = [point.cpu.relative_to(unit) for point in points.values()]
        cpu.plot(list(points), [each.median for each in spreads], **style)
        # side by side, where they would lie on each other
        requests.plot(
            list(points), [each.requests + place * 0.04 for each in points.values()], **style
        )
    for panel, title in ((cpu, "CPU, in units of a GET"), (requests, "requests to DynamoDB")):
        panel.set(xscale="log", ylim=(0, None), xlabel="users", title=title)
        panel.set_xticks(list(points), [f"{size:,}" for size in points])
        panel.minorticks_off()
    requests.set_yticks([0, 1, 2])
    figure.legend(*cpu.get_legend_handles_labels(), loc="outside right center")
    save(figure, path)


def _bars(panel: Axes, measured: Results, measure: str) -> None:
    base = measured.contenders["bare"]
    panel.set_yticks(range(len(measured.contenders)), list(measured.contenders))
    for place, (name, figures) in enumerate(measured.contenders.items()):
        spread = figures.relative_to(base, measure)
        panel.barh(place, spread.median, color=ACCENT if name == "ours" else INK, height=0.6)
        panel.plot([spread.low, spread.high], [place, place], color=INK, linewidth=3, alpha=0.5)
        panel.text(
            spread.high, place, f"  {spread.median:.2f}", color=INK, va="center", size="small"
        )
    panel.margins(x=0.2)


def save(figure: Figure, path: Path) -> None:
    """Write a plot that is the same each time."""
    figure.savefig(path, transparent=True, metadata={"Date": None, "Creator": None})
