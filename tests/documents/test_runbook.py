"""The commands of the runbook, on an AWS of our own (moto) with what they need."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.documents.claims import claimed
from tests.documents.pages import PAGES
from tests.documents.terminal import Terminal
from tests.support.aws import AwsTest

TABLES = {"users-table-prod": "userId", "unique-values-table-prod": "uniqueValue"}
TABLES |= {"idempotency-table-prod": "key"}
FUNCTION, AUTHORIZER = "users-api-prod-api", "users-api-prod-authorizer"


class RunbookTest(AwsTest):
    """A stage, as far as the commands look at it."""

    terminal: Terminal

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.terminal = Terminal(folder, **cls.variables())

    def commands(self, *, scripts: bool) -> list[str]:
        found = [command.text for page in PAGES for command in claimed("runbook", page)]
        return [command for command in found if ("\n" in command) == scripts]

    def create_tables(self) -> None:
        dynamodb = self.client("dynamodb")
        for name, key in TABLES.items():
            dynamodb.create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                DeletionProtectionEnabled=True,
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
                KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            )
            dynamodb.put_item(TableName=name, Item={key: {"S": "before"}})

    def create_function(self, name: str = FUNCTION) -> None:
        role = self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]
        functions = self.client("lambda")
        functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role["Arn"],
            Handler="h.h",
            Code={"ZipFile": b"nothing"},
            Publish=True,
        )
        self.addCleanup(functions.delete_function, FunctionName=name)
        self.addCleanup(self.client("iam").delete_role, RoleName=name)

    def create_alarm(self) -> None:
        cloudwatch = self.client("cloudwatch")
        cloudwatch.put_metric_alarm(
            AlarmName="users-api-prod-latency",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            Threshold=1,
        )
        cloudwatch.set_alarm_state(
            AlarmName="users-api-prod-latency", StateValue="ALARM", StateReason="slow"
        )

    def create_key(self) -> str:
        iam = self.client("iam")
        iam.create_user(UserName="ada")
        return str(iam.create_access_key(UserName="ada")["AccessKey"]["AccessKeyId"])

    def test_restore(self) -> None:
        """The tables are back with their data and protection, and the service is open again."""
        self.create_tables()
        self.create_function()
        beside, way_back, in_place = self.commands(scripts=True)
        self.terminal.run(beside)
        self.terminal.run(way_back)
        self.check_stage({"before"})
        dynamodb = self.client("dynamodb")
        dynamodb.restore_table_to_point_in_time(  # as if the first block had stopped here
            SourceTableName="users-table-prod",
            TargetTableName="users-table-prod-restored",
            RestoreDateTime=1,
        )
        self.terminal.run(beside)
        dynamodb.update_table(TableName="users-table-prod", DeletionProtectionEnabled=False)
        dynamodb.delete_table(TableName="users-table-prod")  # and the second one here
        self.terminal.run(in_place)
        self.check_stage({"before"})
        for name, key in TABLES.items():
            dynamodb.put_item(TableName=name, Item={key: {"S": "after"}})
        self.terminal.run(in_place)  # which leaves alone what it has restored
        self.check_stage({"before", "after"})
        for name in TABLES:
            kept = dynamodb.describe_continuous_backups(TableName=name)
            recovery = kept["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
            self.assertEqual(recovery["PointInTimeRecoveryStatus"], "ENABLED")
        expiry = dynamodb.describe_time_to_live(TableName="idempotency-table-prod")
        self.assertEqual(expiry["TimeToLiveDescription"]["AttributeName"], "expiresAt")

    def check_stage(self, keys: set[str]) -> None:
        """Check the three tables, protected and with these keys, and that the service is open."""
        dynamodb = self.client("dynamodb")
        self.assertEqual(set(dynamodb.list_tables()["TableNames"]), set(TABLES))
        for name, key in TABLES.items():
            items = dynamodb.scan(TableName=name)["Items"]
            self.assertEqual({each[key]["S"] for each in items}, keys)
            table = dynamodb.describe_table(TableName=name)["Table"]
            self.assertTrue(table["DeletionProtectionEnabled"])
        concurrency = self.client("lambda").get_function_concurrency(FunctionName=FUNCTION)
        self.assertNotIn("ReservedConcurrentExecutions", concurrency)

    def test_others(self) -> None:
        """The others run: the first look names the alarm that rings; the key is switched off."""
        self.create_function()
        self.create_function(AUTHORIZER)
        self.create_alarm()
        key = self.create_key()
        self.client("logs").create_log_group(logGroupName=f"/aws/lambda/{FUNCTION}")
        commands = self.commands(scripts=False)
        known = {"<id>": key, "<user>": "ada", "<version>": "1", "<function>": AUTHORIZER}

        def filled(command: str) -> str:
            return re.sub("<[a-z]+>", lambda gap: known[gap[0]], command)

        said = [self.terminal.run(filled(command)) for command in commands]
        self.assertIn("users-api-prod-latency\tslow", said)
        self.assertIn("1", said)  # the latest version
        (kept,) = self.client("iam").list_access_keys(UserName="ada")["AccessKeyMetadata"]
        self.assertEqual((kept["AccessKeyId"], kept["Status"]), (key, "Inactive"))
        concurrency = self.client("lambda").get_function_concurrency(FunctionName=FUNCTION)
        self.assertNotIn("ReservedConcurrentExecutions", concurrency)  # closed, and opened again
