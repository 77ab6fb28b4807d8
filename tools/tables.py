"""Whole tables on AWS: copied, backed up, made from a backup, deleted."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tools.errors import ToolError
from tools.progress import say

PAUSE = 10.0  # seconds between two looks at something that takes minutes

Described = Mapping[str, Any]


class Tables:
    """The tables of an account in a region."""

    def __init__(self, dynamodb: Any) -> None:  # noqa: ANN401 - boto3 has no types
        self._dynamodb = dynamodb

    def described(self, name: str) -> Described:
        """Return what DynamoDB says of a table; nothing, if it is not there."""
        try:
            described: Described = self._dynamodb.describe_table(TableName=name)["Table"]
        except self._dynamodb.exceptions.ResourceNotFoundException:
            return {}
        return described

    def count(self, name: str) -> int:
        """Count the items of a table, which reads all of it."""
        scan = self._dynamodb.get_paginator("scan")
        return sum(page["Count"] for page in scan.paginate(TableName=name, Select="COUNT"))

    def start_copy(self, name: str, copy: str, moment: datetime) -> None:
        """Have a table made as another one was at a moment, under the limits that it has now."""
        self._dynamodb.restore_table_to_point_in_time(
            SourceTableName=name,
            TargetTableName=copy,
            RestoreDateTime=moment,
            **limits(self.described(name)),
        )

    def start_from_backup(self, name: str, backup: str) -> None:
        """Have a table made from a backup, under the limits of the table that it is of."""
        described = self._backup(backup)["SourceTableDetails"]
        self._dynamodb.restore_table_from_backup(
            TargetTableName=name, BackupArn=backup, **limits(described)
        )

    def wait(self, name: str) -> None:
        """Wait until a table can be used, or changed; raise ToolError if it is not there."""
        told = False
        while (described := self.described(name)).get("TableStatus") != "ACTIVE":
            if not described:
                raise ToolError(f"{name} is not there: give the same command again.")
            if not told:
                say(f"{name}: waiting until DynamoDB is done with it.")
            told = True
            time.sleep(PAUSE)

    def backups(self, name: str, kind: str) -> list[str]:
        """Return the backups of all tables that had or have a name, the latest last."""
        listed = self._dynamodb.list_backups(TableName=name, BackupType=kind)["BackupSummaries"]
        listed.sort(key=lambda each: each["BackupCreationDateTime"])
        return [each["BackupArn"] for each in listed]

    def backed_up(self, name: str) -> str:
        """Return a backup of a table, which is made if there is none."""
        if not (backups := self.backups(name, "USER")):
            made = self._patiently("create_backup", TableName=name, BackupName=name)
            backups = [made["BackupDetails"]["BackupArn"]]
        while self._backup(backups[-1])["BackupDetails"]["BackupStatus"] == "CREATING":
            time.sleep(PAUSE)
        return backups[-1]

    def protect(self, name: str, expiry: Mapping[str, Any] | None) -> None:
        """Give a table what a restored one lacks; `expiry` says when its items expire, if so."""
        self.wait(name)
        self._set_protection(name, wanted=True)
        self._patiently(
            "update_continuous_backups",
            TableName=name,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
        described = self._dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        if expiry and described["TimeToLiveStatus"] == "DISABLED":
            self._dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)

    def delete(self, name: str) -> None:
        """Delete a table, protected or not, if it is there."""
        described = self.described(name)
        if described and described["TableStatus"] != "DELETING":
            self.wait(name)
            self._set_protection(name, wanted=False)
            self._dynamodb.delete_table(TableName=name)
        self._dynamodb.get_waiter("table_not_exists").wait(TableName=name)

    def delete_copy(self, name: str) -> None:
        """Delete a table and the backups of it."""
        for backup in self.backups(name, "USER"):
            self._dynamodb.delete_backup(BackupArn=backup)
        self.delete(name)

    def _set_protection(self, name: str, *, wanted: bool) -> None:
        if self.described(name).get("DeletionProtectionEnabled", False) is not wanted:
            self._dynamodb.update_table(TableName=name, DeletionProtectionEnabled=wanted)
            self.wait(name)

    def _backup(self, backup: str) -> Described:
        described: Described = self._dynamodb.describe_backup(BackupArn=backup)
        return dict(described["BackupDescription"])

    def _patiently(self, call: str, **arguments: object) -> Described:
        """Call as often as it takes: a new table cannot be backed up in its first minutes."""
        while True:
            try:
                return dict(getattr(self._dynamodb, call)(**arguments))
            except self._dynamodb.exceptions.ContinuousBackupsUnavailableException:
                time.sleep(PAUSE)


def limits(described: Described) -> dict[str, Any]:
    """Return the `maxReads` and `maxWrites` of a table as they are asked for in a restore."""
    known = described.get("OnDemandThroughput")
    return {"OnDemandThroughputOverride": known} if known else {}
