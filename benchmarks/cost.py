"""What a million calls cost, from measured CPU and published prices: writes docs/cost.md."""

from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from benchmarks import markdown, operating, results
from benchmarks.packages import VARIANTS
from benchmarks.prices import (
    HTTP_API_MILLION,
    LAMBDA_GB_SECOND,
    LAMBDA_MILLION,
    READ_UNITS_MILLION,
    REST_API_MILLION,
    WRITE_UNITS_MILLION,
)
from benchmarks.results import Results

PROJECT = Path(__file__).parent.parent
DOCUMENT = PROJECT / "docs" / "cost.md"

FULL_CPU = 1769  # MB at which Lambda gives a function one CPU; with less memory, less of it
MEMORY_SIZES = (128, 256, 512, 1024)  # MB
WAIT = 0.004  # seconds, assumed, for an answer of DynamoDB: "single-digit milliseconds"


class Call(NamedTuple):
    """A kind of call: how often it asks DynamoDB, for how many units, and its CPU in seconds."""

    name: str
    requests: int
    reads: int
    writes: int
    cpu: float

    def milliseconds(self, memory: int) -> int:
        """Return what Lambda bills: the CPU at its share, and the wait, rounded up."""
        busy = self.cpu * max(1, FULL_CPU / memory)
        return ceil(1000 * (busy + self.requests * WAIT))

    def function(self, memory: int) -> float:
        """Return what Lambda asks for a million of these."""
        gb_seconds = 1e6 * self.milliseconds(memory) / 1000 * memory / 1024
        return LAMBDA_MILLION + gb_seconds * LAMBDA_GB_SECOND

    def database(self) -> float:
        """Return what DynamoDB asks for a million of these."""
        return self.reads * READ_UNITS_MILLION + self.writes * WRITE_UNITS_MILLION

    def total(self, memory: int, gateway: float = REST_API_MILLION) -> float:
        """Return what a million of these cost in all."""
        return gateway + self.function(memory) + self.database()


class Lever(NamedTuple):
    """Something to decide, and what a million calls cost before and after."""

    name: str
    call: Call
    now: float
    then: float


def document(measured: Results) -> str:
    """Return the whole document, computed anew."""
    calls, memory = calls_of(measured), memory_of_function()
    parts = (
        f"The CPU was measured on {measured.date}. The function has {memory} MB.",
        _prices(calls, memory),
        _sizes(calls["GET"], calls["POST"]),
        _contenders(calls["GET"], measured, memory),
        _levers(calls, memory),
        operating.table(),
    )
    return markdown.filled(DOCUMENT.read_text("utf-8"), "\n\n".join(parts))


def write(measured: Results) -> None:
    """Write the document anew."""
    DOCUMENT.write_text(document(measured), "utf-8")


def calls_of(measured: Results) -> dict[str, Call]:
    """Return the calls, by name, as they were measured."""
    ours = measured.contenders["ours"]
    large = {call: sizes[max(sizes)].cpu.median for call, sizes in measured.scale.items()}
    with_email = large["POST"]
    calls = (
        Call("GET", 1, 1, 0, ours.median("GET CPU")),
        Call("GET, by e-mail address", 2, 2, 0, large["GET ?email="]),
        Call("GET, a page of 25", 1, 2, 0, large["GET ?limit=25"]),
        Call("POST", 1, 0, 1, ours.median("POST CPU")),
        Call("POST, with an e-mail address", 1, 0, 4, with_email),
        Call("PATCH, the name", 2, 1, 1, large["PATCH"]),
        Call("DELETE, with an e-mail address", 2, 1, 4, large["DELETE"]),
    )
    return {call.name: call for call in calls}


def _prices(calls: dict[str, Call], memory: int) -> str:
    rows = (
        (
            each.name,
            f"{each.database():.3f}",
            *(f"{each.function(size):.2f}" for size in MEMORY_SIZES),
            f"{REST_API_MILLION:.2f}",
            f"**{each.total(memory):.2f}**",
        )
        for each in calls.values()
    )
    functions = (f"Lambda, {size} MB" for size in MEMORY_SIZES)
    return markdown.table(
        ("a million times", "DynamoDB", *functions, "REST API", f"all, {memory} MB"), rows
    )


def _sizes(*calls: Call) -> str:
    rows = (
        (
            f"{size} MB",
            f"{min(1, size / FULL_CPU):.2f}",
            *(f"{each.milliseconds(size)} ms" for each in calls),
        )
        for size in MEMORY_SIZES
    )
    return markdown.table(("memory", "CPU", *(f"{each.name} takes" for each in calls)), rows)


def _contenders(get: Call, measured: Results, memory: int) -> str:
    gets = {
        name: get._replace(cpu=figures.median("GET CPU"))
        for name, figures in measured.contenders.items()
        if name not in {"floor", *VARIANTS}
    }
    rows = (
        (name, f"{each.milliseconds(memory)} ms", f"{each.function(memory):.2f}")
        for name, each in gets.items()
    )
    return markdown.table((f"GET at {memory} MB", "takes", "Lambda, a million times"), rows)


def _levers(calls: dict[str, Call], memory: int) -> str:
    get, post, with_email = (
        calls[each] for each in ("GET", "POST", "POST, with an e-mail address")
    )
    low, high = MEMORY_SIZES[0], MEMORY_SIZES[-1]
    levers = (
        Lever(
            "1. from a REST API to an HTTP API",
            get,
            get.total(memory),
            get.total(memory, HTTP_API_MILLION),
        ),
        Lever(
            "2. from an e-mail address to none", post, with_email.total(memory), post.total(memory)
        ),
        Lever(f"3. from {high} to {low} MB", get, get.total(high), get.total(low)),
    )
    rows = ((each.name, each.call.name, f"{each.now:.2f}", f"{each.then:.2f}") for each in levers)
    return markdown.table(("lever", "a million times", "from", "to"), rows)


def memory_of_function() -> int:
    """Return the memory that the function is given."""
    return int(configuration()["provider"]["memorySize"])


def configuration() -> dict[str, Any]:
    """Return serverless.yml, with its variables as they stand there."""
    found: dict[str, Any] = yaml.safe_load((PROJECT / "serverless.yml").read_text("utf-8"))
    return found


if __name__ == "__main__":
    write(results.load())
