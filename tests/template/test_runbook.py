"""The runbook: each alarm has its section, and the commands do what they say."""

import re
import subprocess
from typing import Any
from unittest import TestCase

import boto3

from tests.support.aws import CREDENTIALS, REGION, running_aws
from tests.support.osls import PROJECT, environment
from tests.support.templates import COMBINATIONS, resources

RUNBOOK = (PROJECT / "docs" / "runbook.md").read_text("utf-8")
TABLES = {"users-table-prod": "userId", "unique-values-table-prod": "uniqueValue"}
TABLES |= {"idempotency-table-prod": "key"}
FUNCTION = "users-api-prod-api"


def anchors(document: str) -> set[str]:
    """Return what the headings of a Markdown document can be linked by."""
    headings = re.findall(r"^#+ (.+)$", document, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def script(section: str) -> str:
    """Return the commands of a section, from its block of shell."""
    (block,) = re.findall(rf"^## {section}$.*?```sh\n(.*?)```", RUNBOOK, re.MULTILINE | re.DOTALL)
    return str(block)


class SectionsTest(TestCase):
    """What leads to the runbook."""

    def test_each_alarm_has_a_section(self) -> None:
        """Each alarm names its section, which answers three questions."""
        for name in COMBINATIONS:
            for alarm, each in resources(name, "CloudWatch::Alarm").items():
                with self.subTest(f"{name}, {alarm}"):
                    message = each["Properties"]["AlarmDescription"]
                    anchor = message.partition("docs/runbook.md#")[2]
                    self.assertIn(anchor, anchors(RUNBOOK))
                    section = RUNBOOK.partition(f"### {anchor}\n")[2].partition("\n#")[0]
                    for question in ("**Means**", "**Look at**", "**Do**"):
                        self.assertIn(question, section)

    def test_links(self) -> None:
        """Links within the runbook lead somewhere."""
        self.assertEqual(set(re.findall(r"\]\(#([^)]+)\)", RUNBOOK)) - anchors(RUNBOOK), set())


class CommandsTest(TestCase):
    """The commands, run as they stand."""

    aws: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.aws = cls.enterClassContext(running_aws())

    def client(self, service: str) -> Any:
        variables = {name.lower(): value for name, value in CREDENTIALS.items()}
        client = boto3.client(service, region_name=REGION, endpoint_url=self.aws, **variables)
        self.addCleanup(client.close)
        return client

    def sh(self, commands: str) -> str:
        own = {"AWS_ENDPOINT_URL": self.aws, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
        bytecode = {  # a program that starts 40 times had better keep it
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(PROJECT / ".local" / "bytecode"),
        }
        finished = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            env=environment(**CREDENTIALS, **own, **bytecode),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(finished.returncode, 0, finished.stderr)
        return finished.stdout

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

    def create_function(self) -> None:
        role = self.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]
        self.client("lambda").create_function(
            FunctionName=FUNCTION,
            Runtime="python3.13",
            Role=role["Arn"],
            Handler="h.h",
            Code={"ZipFile": b"nothing"},
        )

    def test_restore(self) -> None:
        """The tables are back with their data and protection, and the service is open again."""
        self.create_tables()
        self.create_function()
        self.sh(script("A table is restored"))
        dynamodb = self.client("dynamodb")
        self.assertEqual(set(dynamodb.list_tables()["TableNames"]), set(TABLES))
        for name, key in TABLES.items():
            with self.subTest(name):
                items = dynamodb.scan(TableName=name)["Items"]
                self.assertEqual(items, [{key: {"S": "before"}}])
                table = dynamodb.describe_table(TableName=name)["Table"]
                self.assertTrue(table["DeletionProtectionEnabled"])
                kept = dynamodb.describe_continuous_backups(TableName=name)
                recovery = kept["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
                self.assertEqual(recovery["PointInTimeRecoveryStatus"], "ENABLED")
        expiry = dynamodb.describe_time_to_live(TableName="idempotency-table-prod")
        self.assertEqual(expiry["TimeToLiveDescription"]["AttributeName"], "expiresAt")
        concurrency = self.client("lambda").get_function_concurrency(FunctionName=FUNCTION)
        self.assertNotIn("ReservedConcurrentExecutions", concurrency)

    def test_first_look(self) -> None:
        """The commands of the first look run, and name an alarm that rings."""
        cloudwatch, logs = self.client("cloudwatch"), self.client("logs")
        cloudwatch.put_metric_alarm(
            AlarmName="users-api-prod-latency",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            Threshold=1,
        )
        cloudwatch.set_alarm_state(
            AlarmName="users-api-prod-latency", StateValue="ALARM", StateReason="slow"
        )
        group = {"logGroupName": "/aws/lambda/users-api-prod-api"}
        logs.create_log_group(**group)
        (commands,) = re.findall(r"\n\n((?:    .+\n)+)\n## The alarms", RUNBOOK)
        self.assertIn("users-api-prod-latency\tslow", self.sh(commands))
