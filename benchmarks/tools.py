"""How fast import and export are, next to boto3 and to plain writers.

All write the same users to the same engine, or read them from it, in turns. Boto3 writes them and
their markers by its batch writer, unconditionally; a plain writer puts the users alone. A rate is
in users for each second, of the process's CPU or of the clock, and told as a ratio.

`python -m benchmarks.tools` measures them alone.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import boto3
from pydynox import DynamoDBClient

from benchmarks import report
from benchmarks.results import Spread
from tests.support.service import fresh_settings
from tests.tools.people import lines, people
from tools import exports
from tools.imports import THREADS
from tools.jobs import Flags, Layout, jobs
from tools.patience import Pace
from tools.stages import Stage
from users_api.app import RESOURCES

USERS = 3_000
ROUNDS = 5


class Rate(NamedTuple):
    """Users in a second of CPU of this process, and in a second of the clock."""

    cpu: float
    clock: float


def rounds(number: int, users: int) -> Iterator[dict[str, float]]:
    """Yield, for each round, the rates of import and export in units of what they compare with."""
    with TemporaryDirectory() as folder:
        for turn in range(number):
            with redirect_stderr(StringIO()):  # what import and export say
                found = _round(Path(folder), f"{turn}", users)
            yield found


def spreads(found: Iterable[dict[str, float]]) -> dict[str, Spread]:
    """Return the spread of each ratio over all rounds."""
    each_round = list(found)
    return {name: Spread.of(each[name] for each in each_round) for name in each_round[0]}


def _round(folder: Path, name: str, number: int) -> dict[str, float]:
    file = folder / f"{name}.jsonl"
    file.write_text(lines(number), "utf-8")
    ours, batches, plain = (_stage(f"{name}{each}") for each in "abc")
    users, markers = (_table(batches, each) for each in ("users", "unique-values"))
    [job] = jobs(file, Layout(resource="users"))
    imported = _rate(number, lambda: job.run(ours, Flags()))
    batched = _rate(number, lambda: _write_batches(users, markers, number))
    put = _rate(number, lambda: _write_plainly(plain, number))
    target, resources = folder / name, list(RESOURCES)
    exported = _rate(number, lambda: exports.export(ours, resources, target, "jsonl", Pace()))
    scanned = _rate(number, lambda: _scan(users, folder / f"{name}.scan"))
    return {
        "import": imported.clock / put.clock,
        "import CPU": imported.cpu / batched.cpu,
        "export CPU": exported.cpu / scanned.cpu,
    }


def _stage(name: str) -> Stage:
    """Return a stage with tables of its own, to which boto3 is connected as well as we are."""
    stage = Stage(name, fresh_settings())
    stage.described("users")
    return stage


def _rate(number: int, work: Callable[[], object]) -> Rate:
    cpu, clock = time.process_time(), time.perf_counter()
    work()
    return Rate(number / (time.process_time() - cpu), number / (time.perf_counter() - clock))


def _table(stage: Stage, purpose: str) -> Any:  # noqa: ANN401 - boto3 has no types
    settings = stage.settings
    dynamodb = boto3.resource(
        "dynamodb", region_name=settings.region, endpoint_url=settings.endpoint_url
    )
    return dynamodb.Table(stage.table(purpose).name)


def _write_batches(users: Any, markers: Any, number: int) -> None:  # noqa: ANN401 - likewise
    with users.batch_writer() as writer, markers.batch_writer() as marker_writer:
        for user in people(number):
            writer.put_item(Item=user)
            if "email" in user:
                marker = {"uniqueValue": user["email"].lower(), "recordId": user["userId"]}
                marker_writer.put_item(Item=marker)


def _write_plainly(stage: Stage, number: int) -> None:
    table, settings = stage.table("users").name, stage.settings
    client = DynamoDBClient(region=settings.region, endpoint_url=settings.endpoint_url)
    with ThreadPoolExecutor(THREADS) as threads:
        for _ in threads.map(lambda user: client.sync_put_item(table, user), people(number)):
            pass


def _scan(table: Any, path: Path) -> None:  # noqa: ANN401 - likewise
    after: dict[str, Any] = {}
    with path.open("w", encoding="utf-8") as file:
        while True:
            page = table.scan(ConsistentRead=True, **after)
            file.writelines(f"{json.dumps(item)}\n" for item in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            after = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


if __name__ == "__main__":
    sys.stdout.write(report.of_tools(spreads(rounds(ROUNDS, USERS))) + "\n")
