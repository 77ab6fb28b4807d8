"""Deployment, to an AWS of our own (moto): what is there after it, and what is left after removal.

It checks no permissions and runs no function, so the role is read and the function is run here.
"""

import hashlib
import re
from ast import literal_eval
from base64 import b64encode
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from local.engine import running_engine
from local.tables import create_missing, environment
from tests.support.aws import REGION, AwsTest
from tests.support.osls import compiled, copy_of_the_project, make, osls
from tests.support.runtime_api import running_function
from users_api.app import RESOURCES


class DeployTest(AwsTest):
    """Tests that deploy copies of the project to one AWS."""

    folder: Path

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.folder = Path(cls.enterClassContext(TemporaryDirectory()))

    @classmethod
    def osls(cls, project: Path, *arguments: str) -> str:
        """Run osls with that AWS."""
        return osls(project, *arguments, **cls.variables())

    @classmethod
    def make(cls, project: Path, *arguments: str) -> str:
        """Run `make` with that AWS, as a script does, and return what it says."""
        return make(project, *arguments, **cls.variables())


# Each table of stage `dev`: its key, and what the function may do to it.
TABLES = {
    "users-table-dev".replace("users", each.name): (
        each.key,
        ["GetItem", "PutItem", "DeleteItem", "Scan"],
    )
    for each in RESOURCES
} | {
    "unique-values-table-dev": ("uniqueValue", ["GetItem", "PutItem", "DeleteItem"]),
    "idempotency-table-dev": ("key", ["GetItem", "PutItem"]),
}


def protection(table: dict[str, Any]) -> list[Any]:
    """Return what keeps the data of a table."""
    properties = table["Properties"]
    names = ("DeletionProtectionEnabled", "PointInTimeRecoverySpecification")
    policies = [table["DeletionPolicy"], table["UpdateReplacePolicy"]]
    return [*policies, *(properties[name] for name in names)]


class DevStageTest(DeployTest):
    """What stands on AWS after a deployment."""

    project: Path
    said: str
    arguments = ("--stage", "dev", "--param=architecture=x86_64")

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.project = copy_of_the_project(cls.folder / "project")
        cls.said = cls.osls(cls.project, "deploy", *cls.arguments)

    def stack(self) -> dict[str, Any]:
        (stack,) = self.client("cloudformation").describe_stacks()["Stacks"]
        return dict(stack)

    def outputs(self) -> dict[str, str]:
        return {each["OutputKey"]: each["OutputValue"] for each in self.stack()["Outputs"]}

    def function(self) -> dict[str, Any]:
        function = self.client("lambda").get_function_configuration(
            FunctionName="users-api-dev-api"
        )
        return dict(function)

    def uploaded(self) -> Path:
        """Download the code that the function was given."""
        s3, bucket = self.client("s3"), self.outputs()["ServerlessDeploymentBucketName"]
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
        (key,) = (key for key in keys if key.endswith(".zip"))
        target = self.folder / "uploaded.zip"
        s3.download_file(bucket, key, str(target))
        return target

    def test_stack(self) -> None:
        """The stack is complete, and tells where the API is."""
        stack = self.stack()
        self.assertEqual(stack["StackName"], "users-api-dev")
        self.assertIn(stack["StackStatus"], ("CREATE_COMPLETE", "UPDATE_COMPLETE"))
        endpoint = rf"^https://\w+\.execute-api\.{REGION}\.amazonaws\.com/dev$"
        self.assertRegex(self.outputs()["ServiceEndpoint"], endpoint)

    def test_summary(self) -> None:
        """It ends with calls to try, the page, and what the stage costs at rest."""
        address = self.outputs()["ServiceEndpoint"]
        self.assertIn(f"\n  curl {address}/health\n", self.said)
        self.assertIn(f"\n  curl --request POST {address}/users --header 'Content-T", self.said)
        self.assertIn(f"\n  curl {address}/users/someUserId\n", self.said)
        self.assertNotIn("\ntoken: ", self.said)
        self.assertIn(f"\npage: {address}/docs\n", self.said)
        self.assertIn("\nat rest: costs nothing but its storage\n", self.said)

    def test_function(self) -> None:
        """The function has the runtime, architecture, handler and environment that it should."""
        function = self.function()
        self.assertEqual(function["Runtime"], "python3.13")
        self.assertEqual(function["Architectures"], ["x86_64"])
        self.assertEqual(function["Handler"], "users_api.lambda_handler.handler")
        variables = environment("dev") | {
            "ACCESS": "open",
            "CALLER_KEY": "",
            "DOCS_PAGE": "true",
            "METRICS_NAMESPACE": "users-api-dev",
            "ORIGINS": "",
            "USER_CLAIM": "sub",
        }
        self.assertEqual(function["Environment"]["Variables"], variables)

    def test_api(self) -> None:
        """The API hands every method and path to the function."""
        gateway = self.client("apigateway")
        (api,) = gateway.get_rest_apis()["items"]
        resources = gateway.get_resources(restApiId=api["id"], embed=["methods"])["items"]
        methods = {each["path"]: each["resourceMethods"] for each in resources}
        self.assertEqual(methods.keys(), {"/", "/{proxy+}"})
        for path, each in methods.items():
            with self.subTest(path):
                self.assertEqual(each.keys(), {"ANY"})
                integration = each["ANY"]["methodIntegration"]
                self.assertEqual(integration["type"], "AWS_PROXY")
                self.assertIn(self.function()["FunctionArn"], integration["uri"])

    def test_tables(self) -> None:
        """There is a table for each purpose, with its key, and paid for by use."""
        dynamodb = self.client("dynamodb")
        self.assertEqual(set(dynamodb.list_tables()["TableNames"]), set(TABLES))
        for name, (key, _) in TABLES.items():
            with self.subTest(name):
                table = dynamodb.describe_table(TableName=name)["Table"]
                self.assertEqual(table["KeySchema"], [{"AttributeName": key, "KeyType": "HASH"}])
                self.assertEqual(table["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")

    def test_role(self) -> None:
        """The function may do to each table what it does, and nothing else to any."""
        iam, role = self.client("iam"), self.function()["Role"].rpartition("/")[2]
        (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
        self.assertEqual(iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"], [])
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        policy = literal_eval(str(document))  # moto answers with the repr of a dict
        dynamodb = self.client("dynamodb")
        allowed = [each for each in policy["Statement"] if "logs:" not in str(each["Action"])]
        rights = [(name, actions) for name, (_, actions) in TABLES.items()]
        referred = [target.name for each in RESOURCES for target in each.references.values()]
        rights += [(f"{name}-table-dev", ["ConditionCheckItem"]) for name in referred]
        self.assertCountEqual(
            allowed,
            [
                {
                    "Effect": "Allow",
                    "Action": [f"dynamodb:{action}" for action in actions],
                    "Resource": dynamodb.describe_table(TableName=name)["Table"]["TableArn"],
                }
                for name, actions in rights
            ],
        )

    def test_uploaded_code_runs(self) -> None:
        """The zip that was uploaded creates and reads a user."""
        package, function = self.uploaded(), self.function()
        digest = b64encode(hashlib.sha256(package.read_bytes()).digest()).decode()
        self.assertEqual(digest, function["CodeSha256"])
        engine = self.enterContext(running_engine())
        create_missing(engine, "dev")
        running = self.enterContext(running_function(package, function, engine))
        created = running.request("POST", "/users", '{"name": "John", "userId": "someUserId"}')
        read = running.request("GET", "/users/someUserId")
        self.assertEqual((created.status, read.status), (201, 200), running.log())
        self.assertEqual(read.body, b'{"userId":"someUserId","name":"John"}')

    def test_second_deployment(self) -> None:
        """Deploying the same once more changes nothing."""
        self.assertIn("No changes", self.osls(self.project, "deploy", *self.arguments))

    def test_deployment_of_the_code_alone(self) -> None:
        """`deploy function` makes the same zip as `deploy`."""
        said = self.osls(self.project, "deploy", "function", "-f", "api", *self.arguments)
        self.assertIn("Code did not change", said)

    def test_info(self) -> None:
        """`info` names the endpoint."""
        said = self.osls(self.project, "info", "--stage", "dev")
        self.assertIn(f"ANY - {self.outputs()['ServiceEndpoint']}/{{proxy+}}", said)

    def test_info_of_no_stage(self) -> None:
        """Of a stage that is not there it says where it looked."""
        sentence = f"There is no stage prod in {REGION} (no stack users-api-prod)."
        with self.assertRaisesRegex(AssertionError, rf"(?m)^{re.escape(sentence)}$"):
            self.make(self.project, "info", "STAGE=prod")


class DataProtectionTest(DeployTest):
    """What becomes of the data of a stage; without the requirements, which take time to package."""

    project: Path

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.project = copy_of_the_project(cls.folder / "project")
        (cls.project / "requirements.txt").write_text("")

    def table(self, stage: str) -> dict[str, Any]:
        """Return the users table of a stage, as the template defines it; the others are like it."""
        self.osls(self.project, "package", "--stage", stage, "--param=access=open")
        resources = compiled(self.project)[1].values()
        tables = [each for each in resources if each["Type"] == "AWS::DynamoDB::Table"]
        protections = [protection(each) for each in tables]
        self.assertEqual(protections, protections[:1] * len(TABLES))
        table: dict[str, Any] = tables[0]
        return table

    def tables_after_removal(self, stage: str) -> list[str]:
        """Deploy and remove a stage, and return the tables that are left."""
        options = ("--param=access=open", "--param=rollout=off")  # moto cannot call an alias
        self.osls(self.project, "deploy", "--stage", stage, *options)
        self.assert_asks(stage)
        self.make(self.project, "remove", f"STAGE={stage}", f"CONFIRM={stage}")
        self.assertEqual(self.client("cloudformation").describe_stacks()["Stacks"], [])
        return list(self.client("dynamodb").list_tables()["TableNames"])

    def assert_asks(self, stage: str) -> None:
        """Assert that it says what becomes of the tables, and wants the name of the stage."""
        fate = "are deleted, and their data is lost" if stage == "dev" else "stay, with their data"
        for confirm in ("", "another"):
            with self.subTest(confirm), self.assertRaises(AssertionError) as caught:
                self.make(self.project, "remove", f"STAGE={stage}", f"CONFIRM={confirm}")
            said = str(caught.exception)
            self.assertIn(f"These tables {fate}: ", said)
            self.assertIn(f"users-table-{stage}", said)
            self.assertIn("\nNothing was removed: ", said)

    def test_dev(self) -> None:
        """Stage `dev` can be thrown away, and leaves nothing."""
        table = self.table("dev")
        self.assertEqual((table["DeletionPolicy"], table["UpdateReplacePolicy"]), ("Delete",) * 2)
        self.assertFalse(table["Properties"]["DeletionProtectionEnabled"])
        self.assertEqual(self.tables_after_removal("dev"), [])

    def test_prod(self) -> None:
        """Stage `prod`, as any whose name is not listed, keeps its data whatever happens."""
        for stage in ("prod", "somebodys"):
            with self.subTest(stage):
                table = self.table(stage)
                kept = (table["DeletionPolicy"], table["UpdateReplacePolicy"])
                self.assertEqual(kept, ("Retain",) * 2)
                self.assertTrue(table["Properties"]["DeletionProtectionEnabled"])
                recovery = table["Properties"]["PointInTimeRecoverySpecification"]
                self.assertEqual(recovery, {"PointInTimeRecoveryEnabled": True})
        left = {name.removesuffix("dev") + "prod" for name in TABLES}
        self.assertEqual(set(self.tables_after_removal("prod")), left)
