"""The commands of the runbook, on an AWS of our own (moto) with what they need."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.documents.claims import claimed
from tests.documents.pages import PAGES, commands
from tests.documents.terminal import Terminal
from tests.support.aws import AwsTest
from users_api.app import RESOURCES

TABLES = {"users-table-prod".replace("users", each.name): each.key for each in RESOURCES}
TABLES |= {"unique-values-table-prod": "uniqueValue", "idempotency-table-prod": "key"}
FUNCTION, AUTHORIZER = "users-api-prod-api", "users-api-prod-authorizer"


class RunbookTest(AwsTest):
    """A stage, as far as the commands look at it."""

    terminal: Terminal

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.terminal = Terminal(folder, **cls.variables())

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
        self.write("before")

    def write(self, key: str) -> None:
        for name, attribute in TABLES.items():
            self.client("dynamodb").put_item(TableName=name, Item={attribute: {"S": key}})

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
        """The page leads back to the moment of the copies; and a deleted table comes back.

        moto copies the tables as they are, and makes no backup of one that is deleted:
        one of our own stands for it. tests/tools has the stops and refusals.
        """
        self.create_tables()
        self.create_function()
        given = [each.text for each in commands("docs/restore.md")]
        copies, discard, close, in_place, reopen, bring_back, *away = given
        self.run_all(copies, discard)
        self.check_stage({"before"})
        self.run_all(copies)
        self.write("after")
        self.run_all(close, in_place, reopen)
        self.check_stage({"before"})
        dynamodb = self.client("dynamodb")
        dynamodb.create_backup(TableName="users-table-prod", BackupName="before-it-is-deleted")
        self.run_all(*away, bring_back)
        self.check_stage({"before"})

    def run_all(self, *given: str) -> None:
        """Run commands that ask for the name of the stage, or nothing."""
        for command in given:
            self.terminal.run(command, {"Its name, to write to it": "prod"})

    def check_stage(self, keys: set[str]) -> None:
        """Check the tables, protected and with these keys, and that the service is open."""
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
        given = [command.text for page in PAGES for command in claimed("runbook", page)]
        known = {"<id>": key, "<user>": "ada", "<version>": "1", "<function>": AUTHORIZER}

        def filled(command: str) -> str:
            return re.sub("<[a-z]+>", lambda gap: known[gap[0]], command)

        said = [self.terminal.run(filled(command)) for command in given]
        self.assertIn("users-api-prod-latency\tslow", said)
        self.assertIn("1", said)  # the latest version
        (kept,) = self.client("iam").list_access_keys(UserName="ada")["AccessKeyMetadata"]
        self.assertEqual((kept["AccessKeyId"], kept["Status"]), (key, "Inactive"))
        concurrency = self.client("lambda").get_function_concurrency(FunctionName=FUNCTION)
        self.assertNotIn("ReservedConcurrentExecutions", concurrency)  # closed, and opened again
