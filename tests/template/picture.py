"""Draws the dashboard as it stands in the template, with made-up figures: `docs/dashboard.svg`."""

import io
import json
import math
import random
import re
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter

from benchmarks.plots import COLOURS, INK
from tests.support.osls import PROJECT
from tests.support.templates import template

PICTURE = PROJECT / "docs" / "dashboard.svg"
COMBINATION = "prod"
COLUMNS, ROW = 24, 0.5  # of CloudWatch's grid; the height of one of its rows, in inches
HOURS = [step / 4 for step in range(49)]

# What a quiet evening of a small service could look like: the height of each line.
FIGURES = {
    "answered": 620.0,
    "concurrent": 3.0,
    "cold starts": 1.5,
    "conflicts": 2.0,
    "crashes": 0.0,
    "GB-seconds": 205.0,
    "idempotency-table-prod, reads": 900.0,
    "idempotency-table-prod, writes": 1900.0,
    "p50": 11.0,
    "p90": 19.0,
    "p99": 240.0,
    "requests": 640.0,
    "the function": 21e6,
    "the gateway": 14e6,
    "throttles": 0.0,
    "throttled": 0.4,
    "unique-values-table-prod, reads": 2300.0,
    "unique-values-table-prod, writes": 1500.0,
    "4xx": 14.0,
    "5xx": 0.6,
}
OF_A_RESOURCE = {"reads": 31000.0, "writes": 5200.0}  # of its table
PER_TITLE = {
    "Errors, %": 0.15,
    "Failures in the service": 0.3,
    "Latency of DynamoDB, ms": 0.2,
    "Requests per hour": 60.0,
    "Throttled by DynamoDB": 0.0,
}
ROUTES = {  # which the service tells by itself, so the template does not list them
    "/users/{userId} 2xx": 430.0,
    "/users/{userId} 4xx": 24.0,
    "/users 2xx": 160.0,
    "/health 2xx": 12.0,
}


def document() -> str:
    """Return the picture as SVG, the same for the same template."""
    text: dict[str, Any] = template(COMBINATION)["Resources"]["Dashboard"]["Properties"]
    widgets = json.loads(text["DashboardBody"]["Fn::Sub"])["widgets"]
    rows = max(each["y"] + each["height"] for each in widgets)
    figure = Figure(figsize=(14, rows * ROW))
    for widget in widgets:
        _draw(figure, widget, rows)
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return re.sub(r"[ \t]+$", "", file.getvalue(), flags=re.MULTILINE)


def _draw(figure: Figure, widget: dict[str, Any], rows: int) -> None:
    left, bottom = widget["x"] / COLUMNS, 1 - (widget["y"] + widget["height"]) / rows
    width, height = widget["width"] / COLUMNS, widget["height"] / rows
    legend = 0.07 if widget["type"] == "metric" else 0.03
    panel = figure.add_axes((left + 0.03, bottom + legend, width - 0.045, height - legend - 0.025))
    panel.set_title(widget["properties"]["title"], loc="left", fontsize=10, color=INK)
    if widget["type"] == "alarm":
        _alarms(panel, widget["properties"])
    else:
        _lines(panel, widget["properties"], columns=widget["width"] // 4)


def _alarms(panel: Axes, properties: dict[str, Any]) -> None:
    panel.set_axis_off()
    names = [each.partition(":alarm:users-api-prod-")[2] for each in properties["alarms"]]
    for place, name in enumerate(names):
        across, down = place % 5, place // 5
        panel.text(
            across / 5, 0.8 - down * 0.4, f"✓ {name}", color="#3fa34d", fontsize=9, va="center"
        )


def _lines(panel: Axes, properties: dict[str, Any], columns: int) -> None:
    title, lines = properties["title"], _shown(properties["metrics"])
    series = {
        label: _made_up(f"{title} {label}", height * PER_TITLE.get(title, 1))
        for label, (height, _) in lines.items()
    }
    colours = [
        colour or COLOURS[place % len(COLOURS)] for place, (_, colour) in enumerate(lines.values())
    ]
    if properties["stacked"]:
        panel.stackplot(HOURS, *series.values(), labels=list(series), colors=colours, alpha=0.8)
    else:
        for (label, points), colour in zip(series.items(), colours, strict=True):
            panel.plot(HOURS, points, label=label, color=colour, linewidth=1.1)
    for line in properties.get("annotations", {}).get("horizontal", []):
        panel.axhline(line["value"], color=line["color"], linewidth=1, linestyle="--")
    panel.set_ylim(bottom=0)
    panel.set_xlim(0, 12)
    panel.set_xticks([0, 3, 6, 9, 12], ["12:00", "15:00", "18:00", "21:00", "0:00"])
    panel.tick_params(labelsize=7)
    panel.yaxis.set_major_formatter(EngFormatter(sep=""))
    panel.legend(
        fontsize=6.5,
        loc="upper left",
        bbox_to_anchor=(-0.02, -0.1),
        ncols=columns,
        handlelength=1,
        labelspacing=0.2,
    )


def _shown(metrics: list[list[Any]]) -> dict[str, tuple[float, str | None]]:
    """Return the height and the colour of each line that a graph shows, by its label."""
    options = [row[-1] for row in metrics if row[-1].get("visible", True)]
    shown: dict[str, tuple[float, str | None]] = {}
    for each in options:
        if "SEARCH" in each.get("expression", ""):
            shown |= {route: (height, None) for route, height in ROUTES.items()}
        else:
            shown[each["label"]] = _height(each["label"]), each.get("color")
    return shown


def _height(label: str) -> float:
    return FIGURES[label] if label in FIGURES else OF_A_RESOURCE[label.rpartition(", ")[2]]


def _made_up(seed: str, height: float) -> list[float]:
    """Return an evening's values around `height`, always the same."""
    chance = random.Random(seed)
    swing = [0.75 + 0.25 * math.sin(hour / 12 * math.tau - 1) for hour in HOURS]
    return [height * level * chance.uniform(0.9, 1.1) for level in swing]


def write(path: Path = PICTURE) -> None:
    """Draw the picture anew."""
    path.write_text(document(), "utf-8")


if __name__ == "__main__":
    write()
