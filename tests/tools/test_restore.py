"""Restore: the tables of a stage, on an AWS of our own (moto); and what it refuses.

moto copies a table as it is now, whatever the moment. So the tests write "before", make copies, and
write "after", which is gone once the copies are in place. A stop is played by bringing about
what it leaves on AWS. moto makes no backup of a table that is deleted, and tells one kind of
backup from no other: one that the test makes stands for it.
"""

import io
import os
from contextlib import redirect_stderr
from typing import Any
from unittest import TestCase
from urllib.request import Request, urlopen

from local.tables import create_missing
from tests.support.aws import AwsTest
from tools.commands import run
from tools.tables import limits
from users_api.app import RESOURCES

USERS, MARKERS = "users-table-prod", "unique-values-table-prod"
REQUESTS = "idempotency-table-prod"
KEYS = {USERS.replace("users", each.name): each.key for each in RESOURCES}
KEYS |= {MARKERS: "uniqueValue", REQUESTS: "key"}
FUNCTION = "users-api-prod-api"
MOMENT, OTHER = "2026-11-26T02:55:00Z", "2026-11-26T03:00:00Z"


def copy_of(table: str, moment: str = MOMENT) -> str:
    """Return the name of a table's copy."""
    return f"{table}-{moment.replace('-', '').replace(':', '')}"


class RestoreTest(AwsTest):
    """Stage `prod`, with an item in each table."""

    def setUp(self) -> None:
        urlopen(Request(f"{self.aws}/moto-api/reset", method="POST")).close()
        variables = self.variables() | {"AWS_ENDPOINT_URL_DYNAMODB": self.aws}
        before = {name: os.environ.get(name) for name in variables}
        self.addCleanup(self.set_variables, before)
        self.set_variables(variables)
        create_missing(self.aws, "prod")
        self.dynamodb, self.functions = self.client("dynamodb"), self.client("lambda")
        for table in KEYS:
            self.protect(table, wanted=True)
        self.write("before")
        role = self.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument="{}")
        self.functions.create_function(
            FunctionName=FUNCTION,
            Runtime="python3.13",
            Role=role["Role"]["Arn"],
            Handler="h.h",
            Code={"ZipFile": b"nothing"},
        )

    def set_variables(self, variables: dict[str, Any]) -> None:
        for name, value in variables.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value

    def write(self, key: str) -> None:
        for table, name in KEYS.items():
            self.dynamodb.put_item(TableName=table, Item={name: {"S": key}})

    def protect(self, table: str, *, wanted: bool) -> None:
        self.dynamodb.update_table(TableName=table, DeletionProtectionEnabled=wanted)

    def delete(self, table: str) -> None:
        self.protect(table, wanted=False)
        self.dynamodb.delete_table(TableName=table)

    def copy(self, table: str, moment: str = MOMENT) -> None:
        """Make one copy, as the command does before it is stopped."""
        self.dynamodb.restore_table_to_point_in_time(
            SourceTableName=table, TargetTableName=copy_of(table, moment), RestoreDateTime=1
        )

    def replace(self, table: str) -> None:
        """Put one copy in place likewise."""
        self.delete(table)
        backup = self.back_up(copy_of(table))
        self.dynamodb.restore_table_from_backup(TargetTableName=table, BackupArn=backup)

    def back_up(self, table: str) -> str:
        backup = self.dynamodb.create_backup(TableName=table, BackupName="by-hand")
        return str(backup["BackupDetails"]["BackupArn"])

    def close(self) -> None:
        self.functions.put_function_concurrency(
            FunctionName=FUNCTION, ReservedConcurrentExecutions=0
        )

    def restore(self, *flags: str, moment: str | None = MOMENT, code: int = 0) -> str:
        """Run the command, and return what it says."""
        given = ["restore", "--stage", "prod", "--confirm", "prod", *flags]
        with redirect_stderr(io.StringIO()) as said:
            ended = run(*given, *(["--moment", moment] if moment else []))
        self.assertEqual(ended, code, said.getvalue())
        return said.getvalue()

    def tables(self) -> set[str]:
        return set(self.dynamodb.list_tables()["TableNames"])

    def state(self) -> dict[str, Any]:
        """Return the tables, with what is in them, and the backups."""
        items = {name: self.dynamodb.scan(TableName=name)["Items"] for name in self.tables()}
        return items | {"backups": self.dynamodb.list_backups()["BackupSummaries"]}

    def assert_changes_nothing(self, sentence: str, *flags: str, **options: Any) -> None:
        """Assert that the command ends with a sentence, and all is as it was."""
        before = self.state()
        self.assertRegex(self.restore(*flags, code=1, **options), rf"(?m)^{sentence}")
        self.assertEqual(self.state(), before)

    def assert_whole(self, *keys: str) -> None:
        """Assert that there are the tables, safe, with these keys, and nothing else."""
        self.assertEqual(self.tables(), set(KEYS))
        for table, name in KEYS.items():
            items = self.dynamodb.scan(TableName=table)["Items"]
            self.assertEqual({each[name]["S"] for each in items}, set(keys), table)
            described = self.dynamodb.describe_table(TableName=table)["Table"]
            self.assertTrue(described["DeletionProtectionEnabled"])

    def assert_restored(self, *keys: str) -> None:
        """Assert that, with what a restored table lacks at first."""
        self.assert_whole(*keys)
        self.assertEqual(self.dynamodb.list_backups()["BackupSummaries"], [])
        for table in KEYS:
            kept = self.dynamodb.describe_continuous_backups(TableName=table)
            recovery = kept["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
            self.assertEqual(recovery["PointInTimeRecoveryStatus"], "ENABLED")
        expiry = self.dynamodb.describe_time_to_live(TableName=REQUESTS)
        self.assertEqual(expiry["TimeToLiveDescription"]["AttributeName"], "expiresAt")

    def test_in_place(self) -> None:
        """The copies are counted, and take the place of the tables, once the service is closed."""
        said = self.restore()
        self.assertIn(f"{copy_of(USERS)}: 1 of users.", said)
        self.write("after")
        self.assert_changes_nothing(f"Nothing was changed: what {FUNCTION} wrote", "--in-place")
        self.close()
        self.restore("--in-place")
        self.assert_restored("before")
        self.write("later")
        self.functions.delete_function_concurrency(FunctionName=FUNCTION)
        self.restore("--in-place")  # has nothing left to do
        self.assert_restored("before", "later")

    def test_without_the_service(self) -> None:
        """A stage that was removed has no service to close."""
        self.functions.delete_function(FunctionName=FUNCTION)
        self.restore()
        self.write("after")
        self.restore("--in-place")
        self.assert_restored("before")

    def test_discarded(self) -> None:
        """What was restored and discarded takes no table's place."""
        self.close()
        self.restore()
        self.restore("--discard")
        self.write("after")
        self.assert_changes_nothing("There are no copies of that moment", "--discard")
        self.assert_changes_nothing(f"Nothing was changed: {USERS}-.* is not there", "--in-place")
        self.assert_whole("before", "after")

    def test_two_moments(self) -> None:
        """The copies of one moment are not taken for those of another, whatever was left of it."""
        self.close()
        self.restore()
        self.copy(USERS, OTHER)  # and then it was stopped
        self.write("after")
        self.assert_changes_nothing(
            "Nothing was changed: .* is not there", "--in-place", moment=OTHER
        )
        self.restore("--discard", moment=OTHER)
        self.restore(moment=OTHER)
        self.restore("--in-place", moment=OTHER)
        self.restore("--discard")
        self.assert_restored("before", "after")

    def test_stopped_copies(self) -> None:
        """The same command goes on after a stop."""
        self.copy(USERS)
        self.restore()
        self.assertEqual(self.tables(), {*KEYS, *map(copy_of, KEYS)})

    def test_stopped_in_place(self) -> None:
        """Likewise; meanwhile the copies are not discarded, nor are others made."""
        self.close()
        self.restore()
        self.write("after")
        self.replace(USERS)
        self.assert_changes_nothing("Nothing was deleted", "--discard")
        self.delete(MARKERS)
        self.assertIn("1 of users", self.restore())
        self.restore("--in-place")
        self.assert_restored("before")

    def test_stopped_at_the_first(self) -> None:
        """Likewise, when one table is deleted and none is in place."""
        self.close()
        self.restore()
        self.write("after")
        self.delete(USERS)
        self.assert_changes_nothing(f"Nothing was deleted: {USERS} is not there", "--discard")
        self.restore("--in-place")
        self.assert_restored("before")

    def test_stopped_at_the_end(self) -> None:
        """Likewise, when some copies are gone."""
        self.close()
        self.restore()
        for table in KEYS:
            self.replace(table)
        self.dynamodb.delete_table(TableName=copy_of(USERS))
        self.restore("--in-place")
        self.assert_restored("before")

    def test_deleted(self) -> None:
        """A deleted table is told at once, and brought back from the backup of its last moment."""
        self.back_up(USERS)
        self.write("after")
        self.back_up(USERS)
        self.delete(USERS)
        self.assert_changes_nothing(f"{USERS} is not there in eu-west-1: make restore STAGE=prod")
        self.assert_changes_nothing(f"Nothing was changed: {USERS}-", "--in-place")
        self.restore(moment=None)
        self.assert_whole("before", "after")
        self.assertIn("All tables of stage prod are there.", self.restore(moment=None))

    def test_deleted_without_a_backup(self) -> None:
        """Where there is no such backup, that is said."""
        self.delete(USERS)
        self.assert_changes_nothing(f"{USERS} is not there .*, nor is a backup", moment=None)

    def test_wrongly_given(self) -> None:
        """The command says what it lacks; what AWS refuses is a sentence, too."""
        self.assertIn("--discard needs --moment", self.restore("--discard", moment=None, code=2))
        both = self.restore("--discard", "--in-place", code=2)
        self.assertIn("--in-place and --discard are opposites", both)
        wrong = self.restore(moment="yesterday", code=2)
        self.assertIn(f"yesterday is not a moment such as {MOMENT}.", wrong)
        with redirect_stderr(io.StringIO()) as said:
            self.assertEqual(run("restore", "--stage", "dev"), 1)
        self.assertIn("Stage dev has no backups", said.getvalue())
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = "http://127.0.0.1:9"
        os.environ["AWS_MAX_ATTEMPTS"] = "1"
        self.addCleanup(os.environ.pop, "AWS_MAX_ATTEMPTS")
        self.assertIn("AWS cannot be reached: ", self.restore(code=1))


class LimitsTest(TestCase):
    """What moto does not keep."""

    def test_limits(self) -> None:
        """A table is made under the limits of the one before, if it has any."""
        units = {"MaxReadRequestUnits": 4000, "MaxWriteRequestUnits": 1000}
        self.assertEqual(
            limits({"OnDemandThroughput": units}), {"OnDemandThroughputOverride": units}
        )
        self.assertEqual(limits({}), {})
