"""The commands, and how they end.

Exit codes: 0 all is well; 1 the command could not do all of it, or found something; 2 it was given
wrongly; 130 Ctrl-C ended it, and the same command goes on.
"""

import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from click import Choice, argument, option
from msgspec import convert, json

from local.programs import EngineError
from local.tables import TableError
from tools import answers, confirmation, costs, erasing, exports, restoring
from tools.errors import StoppedError, ToolError
from tools.jobs import Flags, Job, Layout, jobs
from tools.lines import Format
from tools.options import at_rate, between_cells, confirmed, of_moment, of_resource, on_stage
from tools.patience import Pace
from tools.people import people, person, search
from tools.progress import say
from tools.repairs import Repairs
from tools.stages import Stage, keeps_its_data, opened, resource_called
from tools.verifying import Verification
from users_api.app import RESOURCES
from users_api.errors import ApiError
from users_api.resource import Resource

INTERRUPTED = 128 + signal.SIGINT


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Export, import, erase, verify and restore what is stored."""


@commands.command("export")
@argument("to", type=click.Path(path_type=Path))
@option("--format", "form", type=Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@option("--who", help="Only what is kept about one person: an id, or a unique value.")
@of_resource
@at_rate
@on_stage
def export_command(  # noqa: PLR0913 - one for each flag
    *, to: Path, form: Format, who: str | None, resource: str | None, rate: float | None, stage: str
) -> None:
    """Export every record to the folder TO, or to standard output if it is `-`.

    With --who, TO is the file that gets everything about one person.
    """
    chosen = [resource_called(resource)] if resource else list(RESOURCES)
    with opened(stage) as data:
        if who:
            exports.export_person(data, people(resource), who, to, Pace(rate))
            return
        say(costs.of_reading(data, *(each.name for each in chosen)))
        if str(to) == "-":
            manifest = exports.stream(data, _only(chosen), form, Pace(rate), sys.stdout.buffer)
        else:
            manifest = exports.export(data, chosen, to, form, Pace(rate))
    say(json.format(json.encode(manifest), indent=2).decode())
    if sum(each.unreadable for each in manifest.files):
        raise ToolError("Some items are no records: `make verify` tells of them.")


@commands.command("import")
@argument("path", type=click.Path(exists=True, path_type=Path))
@option("--map", "renamed", multiple=True, metavar="FIELD=NAME", help="The file calls FIELD NAME.")
@option("--ignore", "ignored", multiple=True, metavar="NAME", help="The file has NAME, too.")
@between_cells
@option(
    "--on-conflict",
    type=Choice(["skip", "fail", "replace"]),
    default="skip",
    show_default=True,
    help="What becomes of a line whose id is that of another record.",
)
@option("--dry-run", is_flag=True, help="Only tell what would become of each line.")
@of_resource
@at_rate
@on_stage
@confirmed
def import_command(
    path: Path,
    stage: str,
    confirm: str | None,
    **options: Any,  # noqa: ANN401 - those of Layout and Flags
) -> None:
    """Import a folder that `export` made, or a file of JSON Lines or CSV.

    What is stored already does not change, unless you say --on-conflict replace.
    """
    options["renamed"] = dict(_pair(each) for each in options["renamed"])
    chosen, flags = jobs(path, convert(options, Layout)), convert(options, Flags)
    with opened(stage) as data:
        if not flags.dry_run:
            confirmation.ask(stage, confirm)
        rejected = [str(each.rejected) for each in chosen if _imported(data, each, flags)]
    if rejected:
        raise ToolError(f"What was rejected, and why, is in {', '.join(rejected)}.")


@commands.command("erase")
@argument("who")
@option("--yes", is_flag=True, help="Do not ask.")
@option("--show-keys", is_flag=True, help="Name the records of others; keys are personal data.")
@of_resource
@at_rate
@on_stage
@confirmed
def erase_command(  # noqa: PLR0913 - one for each flag
    *,
    who: str,
    yes: bool,
    show_keys: bool,
    resource: str | None,
    rate: float | None,
    stage: str,
    confirm: str | None,
) -> None:
    """Erase everything that is kept about WHO: an id, or a unique value such as an e-mail address.

    All tables are searched twice: for what there is to erase, and for what is left.
    """
    with opened(stage) as data:
        confirmation.ask(stage, confirm)
        say(costs.of_reading(data, *(each.purpose for each in data.tables), times=2))
        somebody, pace = person(data, people(resource), who, Pace(rate)), Pace(rate)
        found = search(data, somebody, pace)
        say(f"Found: {erasing.told(found.own)}.")
        for sentence in erasing.others(found, show_keys=show_keys):
            say(sentence)
        if found.theirs and not yes:
            confirmation.agree("Erase it for good?", "Nothing was erased.")
        erasing.erase(data, somebody, found.theirs, pace)
        left = search(data, somebody, pace)
        say(f"Left in all tables: {erasing.told(left.own + left.mentions)}.")
        for sentence in erasing.remains(data) if found.theirs else ():
            say(sentence)
    if left.theirs:
        raise ToolError("Something of theirs is still there, or new: erase it again, by their id.")
    if left.mentions:
        raise ToolError("What is left belongs to others: decide on each of these records.")


@commands.command("verify")
@option("--repair", is_flag=True, help="Mend what can be mended without a guess.")
@option("--json", "as_json", is_flag=True, help="Tell it as JSON.")
@option("--show-keys", is_flag=True, help="Tell the keys of the items, which are personal data.")
@at_rate
@on_stage
@confirmed
def verify_command(  # noqa: PLR0913 - one for each flag
    *,
    repair: bool,
    as_json: bool,
    show_keys: bool,
    rate: float | None,
    stage: str,
    confirm: str | None,
) -> None:
    """Read everything that is stored, and tell what does not agree."""
    with opened(stage) as data:
        if repair:
            confirmation.ask(stage, confirm)
        say(costs.of_verifying(data))
        pace = Pace(rate)
        findings = Verification(data, pace, Repairs(data, pace) if repair else None).run()
    if as_json:
        told = answers.findings_json(findings, show_keys=show_keys)
        click.echo(json.format(json.encode(told), indent=2))
    elif findings.problems:
        answers.print_table(answers.findings_table(findings, show_keys=show_keys))
    checked = ", ".join(f"{number:,} of {name}" for name, number in findings.checked.items())
    say(f"Checked: {checked}.")
    if findings.left:
        raise ToolError(f"Problems left: {findings.left:,}.")
    say("Everything agrees.")


@commands.command("restore")
@of_moment
@option("--in-place", is_flag=True, help="Have the copies take their place.")
@option("--discard", is_flag=True, help="Delete the copies.")
@on_stage
@confirmed
def restore_command(
    *, moment: datetime | None, in_place: bool, discard: bool, stage: str, confirm: str | None
) -> None:
    """Copy all tables as they were at a moment, or bring back deleted ones: docs/restore.md."""
    if in_place and discard:
        raise click.UsageError("--in-place and --discard are opposites: choose one.")
    then = "in-place" if in_place else "discard" if discard else None
    if then and not moment:
        raise click.UsageError(f"--{then} needs --moment (make: MOMENT=).")
    if not keeps_its_data(stage):
        raise ToolError(f"Stage {stage} has no backups; name one that has (make: STAGE=).")
    with opened(stage) as data:
        confirmation.ask(stage, confirm)
        restoring.restore(data, moment, then)


def main() -> None:
    """Run the command that was given; a failure is one sentence."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    sys.exit(run(*sys.argv[1:]))


def run(*arguments: str) -> int:
    """Run a command; return how it ended."""
    try:
        commands.main(arguments, "python -m tools", standalone_mode=False)
    except (KeyboardInterrupt, click.Abort, StoppedError):
        say("Interrupted: give the same command again, and it goes on.")
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except OSError as error:
        say(f"{error.filename}: {error.strerror}." if error.filename else str(error))
        return 1
    except (ToolError, EngineError, TableError, ApiError) as error:
        say(str(error))
        return 1
    return 0


def _pair(text: str) -> tuple[str, str]:
    field, found, name = text.partition("=")
    if not found:
        raise click.BadParameter(f"{text} is not FIELD=NAME", param_hint="--map")
    return field, name


def _imported(stage: Stage, job: Job, flags: Flags) -> int:
    outcomes = job.run(stage, flags)
    told = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(outcomes.items()))
    say(f"{job.resource.name}: {told or 'nothing'}{' (a rehearsal)' if flags.dry_run else ''}.")
    return outcomes["rejected"]


def _only(chosen: exports.Resources) -> Resource[Any]:
    if len(chosen) > 1:
        flag = f"--resource {chosen[0].name}"
        raise click.UsageError(f"Only one resource fits: add {flag}, say (make: OPTIONS='{flag}').")
    return chosen[0]
