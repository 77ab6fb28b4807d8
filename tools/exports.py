"""Export: every record of every resource, into a folder, or all about one person, into a file.

Each table is read in segments at once. A segment has a file of its own until all are complete, and
beside it how far it has come, so that an export which was ended goes on there. The manifest comes
last: a folder that has one is complete.
"""

import shutil
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from msgspec import Struct, json

from tools import answers, costs, erasing, files, lines
from tools.errors import ToolError
from tools.lines import Format
from tools.locks import alone
from tools.patience import Pace
from tools.people import person, search
from tools.progress import say, steps
from tools.scans import pages
from tools.segments import PART, Progress, Segment
from tools.stages import Stage
from users_api.resource import Resource

MANIFEST = "manifest.json"
PLAN = "unfinished.json"
VERSION = 1  # of the format

Resources = list[Resource[Any]]


class Contents(Struct, frozen=True, rename="camel"):
    """What a file holds: counts, a checksum, and what could not be put into it."""

    resource: str
    file: str
    records: int
    checksum: str  # the same for the same records in any order
    unreadable: int  # items that are no record of the resource
    left_out: Mapping[str, int]  # attributes that no field stands for, and how many have them


class Manifest(Struct, frozen=True, rename="camel"):
    """What a folder holds."""

    version: int
    stage: str
    started: str
    finished: str
    files: tuple[Contents, ...]


class Plan(Struct, frozen=True):
    """What is being exported, as long as it is not complete."""

    form: Format
    tables: Mapping[str, str]  # the identity of each
    started: str


def export(stage: Stage, resources: Resources, folder: Path, form: Format, pace: Pace) -> Manifest:
    """Export resources into a folder; go on where an earlier export of the same was ended.

    Raises ToolError if the folder holds something else, or another export is writing to it.
    """
    if folder.is_file():
        raise ToolError(f"{folder} is a file: choose a folder (make: TO=).")
    folder.mkdir(files.FOLDER, parents=True, exist_ok=True)
    with alone(folder, f"Another export is writing to {folder}."):
        plan = _planned(stage, resources, folder, form)
        contents = tuple(_exported(stage, each, folder, form, pace) for each in resources)
        manifest = Manifest(VERSION, stage.name, plan.started, _now(), contents)
        files.save(folder / MANIFEST, manifest, indent=2)
        _tidy(folder)
    return manifest


def stream(
    stage: Stage,
    resource: Resource[Any],
    form: Format,
    pace: Pace,
    file: IO[bytes],
) -> Manifest:
    """Export a resource to an open file, from its first record to its last."""
    progress, started = Progress(), _now()
    file.write(lines.head(resource, form))
    with steps(resource.name, stage.described(resource.name).items) as told:
        for page in pages(stage, stage.table(resource.name), pace):
            file.write(lines.encode(resource, progress.note(resource, page), form))
            told.advance(len(page.items))
    contents = _contents(resource, "-", [progress])
    return Manifest(VERSION, stage.name, started, _now(), (contents,))


def export_person(stage: Stage, of: Resource[Any], who: str, to: Path, pace: Pace) -> None:
    """Export all that is kept about one person to a file, or to standard output if it is `-`.

    Raises ToolError if there is such a file, or nothing to put into it.
    """
    if to.exists():
        raise ToolError(f"{to} exists: choose another file (make: TO=).")
    say(costs.of_reading(stage, *(each.purpose for each in stage.tables)))
    somebody = person(stage, of, who, pace)
    found = search(stage, somebody, pace)
    if not found.theirs and not found.mentions:
        raise ToolError("Nothing is kept about them: no file was written.")
    told = json.format(json.encode(answers.everything(somebody, found)), indent=2) + b"\n"
    where = "" if str(to) == "-" else f" to {to}"
    if where:
        to.parent.mkdir(files.FOLDER, parents=True, exist_ok=True)
        with files.opened(to, 0) as file:
            file.write(told)
    else:
        sys.stdout.buffer.write(told)
    say(f"Exported{where}: {erasing.told(found.own)}.")


def _planned(stage: Stage, resources: Resources, folder: Path, form: Format) -> Plan:
    tables = {each.name: stage.described(each.name).identity for each in resources}
    fresh = Plan(form, tables, _now())
    if (folder / MANIFEST).exists():
        _tidy(folder)
        raise ToolError(f"{folder} holds a complete export already: choose another folder.")
    plan = files.load(folder / PLAN, Plan)
    if plan is None and any(folder.iterdir()):
        raise ToolError(f"{folder} holds other files: choose an empty folder.")
    if plan and (plan.form, plan.tables) != (form, tables):
        raise ToolError(f"{folder} holds an unfinished export of something else.")
    if plan:
        say("Resuming the interrupted export.")
        return plan
    files.save(folder / PLAN, fresh)
    return fresh


def _tidy(folder: Path) -> None:
    """Remove what is of use only as long as an export is not complete."""
    for file in [*folder.glob(f"*{PART}*"), folder / PLAN]:
        file.unlink(missing_ok=True)


def _exported(
    stage: Stage, resource: Resource[Any], folder: Path, form: Format, pace: Pace
) -> Contents:
    segments = [Segment(resource, form, folder, number) for number in range(stage.segments)]
    done = sum(each.progress.records for each in segments)
    with (
        steps(resource.name, stage.described(resource.name).items, done) as told,
        ThreadPoolExecutor(stage.segments) as threads,
    ):
        try:
            for each in [threads.submit(part.run, stage, pace, told) for part in segments]:
                each.result()
        except BaseException:
            pace.stopped.set()
            raise
    name = f"{resource.name}.{form}"
    _joined(segments, folder / name, lines.head(resource, form))
    return _contents(resource, name, [each.progress for each in segments])


def _joined(segments: list[Segment], path: Path, head: bytes) -> None:
    with files.opened(path, 0) as whole:
        whole.write(head)
        for segment in segments:
            with segment.file.open("rb") as part:
                shutil.copyfileobj(part, whole)
        files.saved(whole)


def _contents(resource: Resource[Any], file: str, parts: list[Progress]) -> Contents:
    left_out: Counter[str] = sum((Counter(each.left_out) for each in parts), Counter())
    return Contents(
        resource.name,
        file,
        sum(each.records for each in parts),
        f"{sum(int(each.checksum, 16) for each in parts) % lines.CHECKSUM:064x}",
        sum(each.unreadable for each in parts),
        left_out,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
