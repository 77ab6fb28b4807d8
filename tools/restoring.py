"""Restore: the tables of a stage as they were at a second of the last 35 days, or a deleted one.

DynamoDB restores into a new table only. So each table is made beside the living one first; later
it takes the place of that one, by way of a backup, for a table cannot be given another name. The
name of such a copy has the moment in it, so that none is taken for one of another moment. How far
a restore has come is read from AWS: the same command goes on after a stop.
"""

from datetime import datetime
from typing import NamedTuple

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local import definitions
from tools import SERVICE, refusals
from tools.errors import ToolError
from tools.progress import say
from tools.stages import Stage, Table
from tools.tables import Tables
from users_api.app import RESOURCES


class Pair(NamedTuple):
    """A table and its copy, by name."""

    table: str
    copy: str


class Restore:
    """The tables of a stage, and their copies of one moment."""

    def __init__(self, stage: Stage, tables: Tables, moment: datetime) -> None:
        self._stage = stage
        self._tables = tables
        self._moment = moment
        self._pairs = [Pair(each.name, self._copy(each)) for each in stage.tables]

    def copy(self) -> None:
        """Make the copies, and tell how many records are in them.

        Raises ToolError if there is a table to be copied that is not there; then nothing is made.
        """
        missing = [each for each in self._pairs if not self._is_there(each.copy)]
        for each in missing:
            if not self._is_there(each.table):
                raise ToolError(
                    f"{each.table} is not there in {self._stage.settings.region}: "
                    f"make restore STAGE={self._stage.name}, without MOMENT=, brings it back."
                )
        for each in missing:
            self._tables.start_copy(each.table, each.copy, self._moment)
        for each in self._pairs:
            self._tables.wait(each.copy)
        for resource in RESOURCES:
            copy = self._copy(self._stage.table(resource.name))
            say(f"{copy}: {self._tables.count(copy):,} of {resource.name}.")

    def put_in_place(self) -> None:
        """Put the copies in the place of the tables.

        Raises ToolError if a copy is not there or not ready, or the service is open; then
        nothing is changed.
        """
        left = [each for each in self._pairs if not self._is_done(each)]
        for each in left:
            if self._tables.described(each.copy).get("TableStatus") != "ACTIVE":
                raise ToolError(
                    f"Nothing was changed: {each.copy} is not there, or not ready; "
                    "without --in-place, this command makes it."
                )
        if left:
            self._check_closed()
        backups = {each.copy: self._tables.backed_up(each.copy) for each in left}
        for each in left:
            say(f"{each.table}: being replaced by {each.copy}.")
            self._tables.delete(each.table)
            self._tables.start_from_backup(each.table, backups[each.copy])
        protect(self._stage, self._tables)
        self._delete_copies()
        say("The copies have taken the place of all tables.")
        say("If you closed the service, open it: docs/restore.md.")

    def discard(self) -> None:
        """Delete the copies.

        Raises ToolError if there are none, or they may be needed: a table is not there, or some
        have taken the place of theirs; then nothing is deleted.
        """
        if not any(self._is_there(each.copy) for each in self._pairs):
            raise ToolError("There are no copies of that moment.")
        for each in self._pairs:
            if not self._is_there(each.table):
                raise ToolError(
                    f"Nothing was deleted: {each.table} is not there. If you began --in-place, "
                    f"go on with it; else make restore STAGE={self._stage.name} brings it back."
                )
        if 0 < len([each for each in self._pairs if self._is_done(each)]) < len(self._pairs):
            raise ToolError("Nothing was deleted: --in-place has begun, and has to go on.")
        self._delete_copies()
        say("The copies are gone.")

    def _copy(self, table: Table) -> str:
        return f"{table.name}-{self._moment:%Y%m%dT%H%M%SZ}"

    def _is_there(self, name: str) -> bool:
        return bool(self._tables.described(name))

    def _is_done(self, pair: Pair) -> bool:
        origin = self._tables.described(pair.table).get("RestoreSummary", {})
        return f"/{pair.copy}/backup/" in origin.get("SourceBackupArn", "")

    def _delete_copies(self) -> None:
        for each in self._pairs:
            self._tables.delete_copy(each.copy)

    def _check_closed(self) -> None:
        function = f"{SERVICE}-{self._stage.name}-api"
        client = boto3.client("lambda", region_name=self._stage.settings.region)
        try:
            set_to = client.get_function_concurrency(FunctionName=function)
        except client.exceptions.ResourceNotFoundException:
            return  # the stage was removed
        if set_to.get("ReservedConcurrentExecutions") != 0:
            raise ToolError(
                f"Nothing was changed: what {function} wrote from now on would be lost; "
                "close it first: docs/restore.md."
            )


def restore(stage: Stage, moment: datetime | None, then: str | None) -> None:
    """Restore the tables of a stage.

    Args:
        stage: Which one.
        moment: The second that the copies are of; without it, deleted tables are brought back.
        then: What becomes of the copies: `in-place` or `discard`; without it, they are made.

    Raises:
        ToolError: It would do harm, or AWS refused.

    """
    tables = Tables(stage.dynamodb)
    try:
        if moment:
            copies = Restore(stage, tables, moment)
            steps = {"in-place": copies.put_in_place, "discard": copies.discard}
            steps.get(then or "", copies.copy)()
        else:
            bring_back(stage, tables)
    except (BotoCoreError, ClientError) as error:
        raise ToolError(refusals.sentence(error, f"A table went meanwhile: {error}")) from error


def bring_back(stage: Stage, tables: Tables) -> None:
    """Bring back the tables that were deleted, each as it was then.

    Raises ToolError if DynamoDB has kept no backup of one; then nothing is made.
    """
    backups = {
        each.name: tables.backups(each.name, "SYSTEM")
        for each in stage.tables
        if not tables.described(each.name)
    }
    for name, found in backups.items():
        if not found:
            raise ToolError(
                f"{name} is not there in {stage.settings.region}, nor is a backup of it: "
                "DynamoDB keeps that of a deleted table for 35 days."
            )
    for name, found in backups.items():
        say(f"{name}: being made from {found[-1]}.")
        tables.start_from_backup(name, found[-1])
    protect(stage, tables)
    say(f"All tables of stage {stage.name} are there.")


def protect(stage: Stage, tables: Tables) -> None:
    """Wait for all tables, and give them what restored ones lack."""
    for each in stage.tables:
        definition, *_ = definitions.read(each.purpose)["resources"].values()
        tables.protect(each.name, definition["Properties"].get("TimeToLiveSpecification"))
