"""What it costs to operate a stage: alarms, dashboard, metrics, logs, the authorizer."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from benchmarks import markdown
from benchmarks.prices import (
    ALARM_METRIC,
    DASHBOARD,
    KEY,
    LAMBDA_GB_SECOND,
    LAMBDA_MILLION,
    LOG_GB,
    METRIC,
    TRACES_MILLION,
)
from local import definitions

TABLES = ("users", "unique-values", "idempotency")  # those of a service with one resource
SERVICE_METRICS = 8  # without dimensions: those of docs/operation.md
ROUTES, CLASSES = 7, 2  # of which Latency has one metric each: assumed, for few routes see three
LINE, REPORT, ACCESS = 750, 550, 450  # bytes of the service, of Lambda itself, of the gateway
UNKNOWN_TOKENS = 0.1  # of the requests: a token is checked once in 300 seconds
CHECK = 0.03  # seconds to check one, with 512 MB: half of it is the CPU of RS256 at 0.29
TRACED = 0.05  # of the requests, by the default rule of X-Ray


class Part(NamedTuple):
    """Something that is billed: by the month, and for a million requests."""

    name: str
    month: float
    million: float


def table() -> str:
    """Return the table of what it costs."""
    parts = (*_parts(), total())
    rows = ((each.name, f"{each.month:.2f}", f"{each.million:.2f}") for each in parts)
    return markdown.table(("to operate a stage", "a month", "for a million requests"), rows)


def total() -> Part:
    """Return what it costs in all, as a stage is shipped: without tracing."""
    usual = tuple(_parts())[:-1]
    month, million = sum(each.month for each in usual), sum(each.million for each in usual)
    return Part("**all but tracing**", month, million)


def access_log() -> float:
    """Return what a million lines of the gateway cost: those too of requests that it refuses."""
    return _logged(ACCESS)


def _logged(length: int) -> float:
    """Return what a million lines of so many bytes cost."""
    return length * 1e6 / 1e9 * LOG_GB


def _parts() -> Iterator[Part]:
    alarms, metrics = _alarms()
    own = SERVICE_METRICS + ROUTES * CLASSES
    check = LAMBDA_MILLION + 1e6 * CHECK * 0.5 * LAMBDA_GB_SECOND
    yield Part(f"{alarms} alarms, on {metrics} metrics", metrics * ALARM_METRIC, 0)
    yield Part("the key of their topic", KEY, 0)
    yield Part("the dashboard (an account's first three are free)", DASHBOARD, 0)
    yield Part(f"{own} metrics of our own", own * METRIC, 0)
    yield Part("the log of the function", 0, _logged(LINE + REPORT))
    yield Part("the access log", 0, access_log())
    yield Part("the authorizer, for one request in ten", 0, UNKNOWN_TOKENS * check)
    yield Part("tracing, if asked for", 0, TRACED * TRACES_MILLION)


def _alarms() -> tuple[int, int]:
    """Return how many alarms a stage with an authorizer has, and how many metrics they look at.

    It has the tables of one resource; each other one adds its own.
    """
    parts = definitions.read("alarms")
    single = [parts[name] for name in ("alarms", "sharedLimit", "authorizer")]
    alarms = [each for part in single for each in part.values() if "Alarm" in each["Type"]]
    tables = [definitions.read(name) for name in TABLES]
    of_tables = [(alarm, table) for table in tables for alarm in parts["eachTable"].values()]
    looked_at = sum(_metrics(alarm, 1) for alarm in alarms)
    looked_at += sum(_metrics(alarm, _operations(table)) for alarm, table in of_tables)
    return len(alarms) + len(of_tables), looked_at


def _metrics(alarm: dict[str, Any], matched: int) -> int:
    """Return how many metrics an alarm looks at, of which a SELECT looks at all that match."""
    listed = alarm["Properties"].get("Metrics", [])
    named = sum("MetricStat" in each for each in listed)
    selected = matched * sum("SELECT" in each.get("Expression", "") for each in listed)
    return named + selected or 1


def _operations(table: dict[str, Any]) -> int:
    """Return how many operations on a table have metrics: those allowed, and transactions."""
    return len(table["statements"][0]["Action"]) + 1
