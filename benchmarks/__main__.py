"""Measure everything, and write the report anew: `python -m benchmarks [--quick]`."""

import sys
from argparse import ArgumentParser
from collections import defaultdict
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from platform import python_version
from re import findall
from tempfile import TemporaryDirectory
from typing import NamedTuple

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import cost, measure, report, results, scale, tools
from benchmarks.packages import PACKAGES, PEERS, STAGE, VARIANTS, Contender, contender
from benchmarks.results import Figures, Point, Results, Spread
from benchmarks.tls import Endpoint, terminated
from local.engine import running_engine
from local.tables import create_missing
from tests.support.osls import PROJECT
from tests.support.runtime_api import RUNTIME_CLIENT, make_runtime

NAMES = (*PACKAGES, *VARIANTS)
BOTO3 = ("boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3")
LOCKS = (PROJECT / "tests" / "requirements.txt", *PEERS.glob("*/requirements.txt"))
REPORTED = (
    *("awslambdaric", "boto3", "flask", "msgspec", "pydynox"),
    *("aws-lambda-powertools", "fastapi", "mangum"),
)


class Plan(NamedTuple):
    """How much to measure."""

    runs: int
    requests: int  # of each call and run
    sizes: tuple[int, ...]
    rounds: int
    round_requests: int  # of each call and round
    imports: int
    imported: int  # users of each import


FULL = Plan(
    runs=30,
    requests=100,
    sizes=(1_000, 10_000, 100_000),
    rounds=10,
    round_requests=40,
    imports=8,
    imported=3_000,
)
QUICK = Plan(
    runs=3,
    requests=20,
    sizes=(100, 1_000),
    rounds=3,
    round_requests=10,
    imports=2,
    imported=200,
)


def main(plan: Plan) -> Results:
    """Measure what the plan says, and show how far it has come."""
    columns = TextColumn("{task.description:30}"), BarColumn(), TimeElapsedColumn()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        progress = stack.enter_context(Progress(*columns))
        contenders = _packaged(folder, progress)
        engine = stack.enter_context(running_engine())
        create_missing(engine, STAGE)
        dynamodb = stack.enter_context(terminated(engine, folder))
        return Results(
            date=datetime.now(UTC).date().isoformat(),
            versions=_versions(),
            runs=plan.runs,
            requests=plan.runs * plan.requests,
            contenders=_compared(contenders, dynamodb, plan, progress),
            scale=_scaled(contenders["ours"], engine, plan, progress),
            tools=_rates(plan, progress),
        )


def _packaged(folder: Path, progress: Progress) -> dict[str, Contender]:
    runtime = folder / "runtime"
    make_runtime(runtime, *RUNTIME_CLIENT, *BOTO3)
    names = progress.track(PACKAGES, description="Package all, as users do")
    found = {name: contender(name, runtime, folder) for name in names}
    return found | {name: found["ours"].having(**VARIANTS[name]) for name in VARIANTS}


def _compared(
    contenders: dict[str, Contender], dynamodb: Endpoint, plan: Plan, progress: Progress
) -> dict[str, Figures]:
    """Start each contender again and again, in turns, and send it requests."""
    for name in PACKAGES:
        with contenders[name].running(dynamodb) as function:
            measure.verify(function)
    runs = defaultdict(list)
    turns = [
        NAMES[(run + place) % len(NAMES)] for run in range(plan.runs) for place in range(len(NAMES))
    ]
    for name in progress.track(turns, description="Start each and call it"):
        with contenders[name].running(dynamodb) as function:
            runs[name].append(measure.measured(function, plan.requests))
    return {name: Figures(each.size, _measures(runs[name])) for name, each in contenders.items()}


def _measures(runs: list[dict[str, float]]) -> dict[str, list[float]]:
    return {name: [round(run[name], 7) for run in runs] for name in runs[0]}


def _scaled(
    service: Contender, engine: str, plan: Plan, progress: Progress
) -> dict[str, dict[int, Point]]:
    """Call the service on small and on large tables, in turns."""
    for size in progress.track(plan.sizes, description="Fill small and large tables"):
        scale.fill(engine, size)
    found: dict[str, dict[int, list[scale.Sample]]] = defaultdict(lambda: defaultdict(list))
    samples = scale.samples(service, engine, plan.sizes, plan.rounds, plan.round_requests)
    total = plan.rounds * len(plan.sizes) * scale.CALLS
    for sample in progress.track(samples, total, description="Call the service on them"):
        found[sample.call][sample.size].append(sample)
    return {
        call: {size: _point(each) for size, each in sizes.items()} for call, sizes in found.items()
    }


def _point(samples: list[scale.Sample]) -> Point:
    return Point(
        requests=max(each.requests for each in samples),
        cpu=Spread.of(each.cpu for each in samples),
    )


def _rates(plan: Plan, progress: Progress) -> dict[str, Spread]:
    """Import users and export them, next to others that write and read as many."""
    found = tools.rounds(plan.imports, plan.imported)
    told = progress.track(found, plan.imports, description="Import and export")
    return tools.spreads(told)


def _versions() -> dict[str, str]:
    locked = dict(
        pair for lock in LOCKS for pair in findall(r"(?m)^([\w-]+)==(\S+)", lock.read_text("utf-8"))
    )
    return {"python": python_version()} | {name: locked[name] for name in REPORTED}


if __name__ == "__main__":
    parser = ArgumentParser("python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="measure little, and write no report")
    if parser.parse_args().quick:
        sys.stdout.write(report.tables(main(QUICK)) + "\n")
    else:
        found = main(FULL)
        results.save(found)
        report.write(found)
        cost.write(found)
