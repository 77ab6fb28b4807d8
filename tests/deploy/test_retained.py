"""A stage that is removed and deployed again: its users are there.

CloudFormation imports the tables. Our AWS (moto) takes the request for that, but then creates what
it should import, and fails, for the tables exist. So the tests read the request, begin anew with a
stack such as an import by it leaves, and deploy to that.
"""

import json
import re
import shutil
from base64 import b64decode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from urllib.request import Request, urlopen

from tests.deploy.test_deploy import TABLES, DeployTest
from tests.support.aws import running_aws
from tests.support.osls import compiled, copy_of_the_project, make
from tests.support.runtime_api import Function, rest_event, running_function
from tests.support.senders import verified
from tests.support.transports import Answer, answered

ARGUMENTS = (
    *("STAGE=prod", "ARCH=x86_64", "ISSUER=https://id.example.com", "AUDIENCE=users-api"),
    "PARAMS=rollout=off",  # moto cannot call an alias
)
CLAIMS = {"sub": "ada", "scope": ["users:read", "users:write"], "exp": 4102444800}
USER = '{"userId":"someUserId","name":"John"}'
KEPT = {name.removesuffix("dev") + "prod" for name in TABLES}
CHANGEABLE = {"OnDemandThroughput", "DeletionProtectionEnabled"}  # read from AWS
BUCKET = {"ServerlessDeploymentBucket": {"Type": "AWS::S3::Bucket"}}


def ask(function: Function, method: str, path: str, body: str | None = None) -> Answer:
    """Send a request with a token."""
    return answered(function.invoke(verified(rest_event(method, path, body), CLAIMS)))


def requests_of(recording: str) -> Iterator[dict[str, Any]]:
    """Yield what moto noted of each request: on a line, which those share that came at once."""
    decoder = json.JSONDecoder()
    while recording := recording.lstrip():
        noted, end = decoder.raw_decode(recording)
        yield noted
        recording = recording[end:]


def recorder(aws: str, method: str, call: str) -> str:
    """Have an AWS record what it is asked, and return what it answers."""
    with urlopen(Request(f"{aws}/moto-api/recorder/{call}", method=method)) as answer:
        return str(answer.read().decode())


def unchanging(table: dict[str, Any]) -> dict[str, Any]:
    """Return the properties of a table that are the same in each template."""
    properties = table["Properties"].items()
    return {name: each for name, each in properties if name not in CHANGEABLE}


class RetainedTest(DeployTest):
    """Stage `prod`, deployed, removed and deployed again by `make`; with a user."""

    project: Path
    package: Path
    configuration: dict[str, Any]  # of the function
    tables: dict[str, Any]  # in the template
    created: Answer
    removal: str  # what is said
    said: str  # at the second deployment
    asked: dict[str, str]  # of CloudFormation, then

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.project = copy_of_the_project(cls.folder / "project")
        (cls.project / "authorizer" / "requirements.txt").write_text("")  # which takes time
        cls.deploy(cls.aws)
        package, resources = compiled(cls.project)
        cls.package = Path(shutil.copy(package, cls.folder))
        (cls.project / "requirements.txt").write_text("")
        cls.configuration = resources["ApiLambdaFunction"]["Properties"]
        cls.tables = {name: each for name, each in resources.items() if "Table" in each["Type"]}
        with running_function(cls.package, cls.configuration, cls.aws) as function:
            cls.created = ask(function, "POST", "/users", USER)
        cls.removal = cls.make(cls.project, "remove", "STAGE=prod", "CONFIRM=prod")
        cls.said, (cls.asked,) = cls.deploy(cls.aws)

    @classmethod
    def deploy(cls, aws: str) -> tuple[str, list[dict[str, str]]]:
        """Deploy to an AWS; return what is said, and which change sets are asked for."""
        recorder(aws, "POST", "start-recording")
        try:
            variables = cls.variables() | {"AWS_ENDPOINT_URL": aws}
            said = make(cls.project, "deploy", *ARGUMENTS, **variables)
        except AssertionError as error:
            said = str(error)
        recording = recorder(aws, "GET", "download-recording")
        recorder(aws, "POST", "reset-recording")
        bodies = [b64decode(each["body"] or "") for each in requests_of(recording)]
        sets = [
            dict(parse_qsl(each.decode())) for each in bodies if b"Action=CreateChangeSet" in each
        ]
        return said, sets

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return what is in each table that is kept."""
        dynamodb = self.client("dynamodb")
        self.assertEqual(set(dynamodb.list_tables()["TableNames"]), KEPT)
        return {name: dynamodb.scan(TableName=name)["Items"] for name in KEPT}

    def assert_imports_the_tables(self, asked: dict[str, str]) -> dict[str, Any]:
        """Assert that a change set does so, and return the other resources of its template."""
        self.assertEqual(asked["ChangeSetType"], "IMPORT")
        resources: dict[str, Any] = json.loads(asked["TemplateBody"])["Resources"]
        for number, (name, wanted) in enumerate(self.tables.items(), 1):
            member = f"ResourcesToImport.member.{number}."
            identity = f"{member}ResourceIdentifier.entry.1."
            self.assertEqual(asked[f"{member}LogicalResourceId"], name)
            self.assertEqual(asked[f"{member}ResourceType"], "AWS::DynamoDB::Table")
            self.assertEqual(asked[f"{identity}key"], "TableName")
            self.assertEqual(asked[f"{identity}value"], wanted["Properties"]["TableName"])
            table = resources.pop(name)
            self.assertEqual(table["DeletionPolicy"], "Retain")
            self.assertEqual(unchanging(table), unchanging(wanted))
        self.assertNotIn(f"ResourcesToImport.member.{number + 1}.ResourceType", asked)
        return resources

    def test_removal(self) -> None:
        """The removal says what stays, and who takes it up; the user stays."""
        self.assertEqual(self.created.status, 201)
        self.assertIn("These tables stay, with their data: ", self.removal)
        self.assertIn("make deploy STAGE=prod takes them up again: docs/operation.md", self.removal)
        (user,) = self.rows()["users-table-prod"]
        self.assertEqual(user["userId"], {"S": "someUserId"})

    def test_import(self) -> None:
        """The next deployment says which tables it takes up, and asks to import just these."""
        self.assertRegex(
            self.said, "Taking up the tables that are there already, .*users-table-prod"
        )
        self.assertEqual(self.assert_imports_the_tables(self.asked), {})

    def test_refusal(self) -> None:
        """Where the import fails, the deployment ends with a sentence, and nothing is lost."""
        self.assertIn("\nCloudFormation did not take up ", self.said)
        self.assertIn("\nSee docs/operation.md#a-stage-that-was-removed.", self.said)
        self.assertEqual(len(self.rows()["users-table-prod"]), 1)

    def begin_anew(self, template: str) -> None:
        """Go on with another AWS, where the stack is this one."""
        self.aws = self.enterContext(running_aws())
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(StackName="users-api-prod", TemplateBody=template)

    def test_deployment_after_the_import(self) -> None:
        """Deployed to a stack of the tables alone, the service answers with the user of before."""
        rows = self.rows()
        self.begin_anew(self.asked["TemplateBody"])
        dynamodb = self.client("dynamodb")
        for name, items in rows.items():
            for item in items:
                dynamodb.put_item(TableName=name, Item=item)
        said, asked = self.deploy(self.aws)
        self.assertIn("Service deployed", said)
        self.assertEqual(asked, [])
        self.assertEqual(self.rows(), rows)
        running = running_function(self.package, self.configuration, self.aws)
        read = ask(self.enterContext(running), "GET", "/users/someUserId")
        self.assertEqual((read.status, read.body.decode()), (200, USER))

    def create_tables(self, tables: Iterable[dict[str, Any]]) -> None:
        keys = ("TableName", "BillingMode", "AttributeDefinitions", "KeySchema")
        for each in tables:
            self.client("dynamodb").create_table(**{key: each["Properties"][key] for key in keys})

    def test_deployment_after_one_that_failed(self) -> None:
        """The tables that a failed first deployment leaves are imported into its stack."""
        self.begin_anew(json.dumps({"Resources": BUCKET}))
        self.create_tables(self.tables.values())
        said, (asked,) = self.deploy(self.aws)
        self.assertNotIn("Making empty ones", said)
        self.assertEqual(self.assert_imports_the_tables(asked), BUCKET)

    def test_deployment_after_a_deletion(self) -> None:
        """Where only some tables are left, the deployment says which ones will be empty."""
        self.begin_anew(json.dumps({"Resources": BUCKET}))
        tables = [each for each in self.tables.values() if each is not self.tables["UsersTable"]]
        self.create_tables(tables)
        said, (asked,) = self.deploy(self.aws)
        self.assertRegex(said, r"Making empty ones: users-table-prod\. .* docs/restore\.md")
        self.assertNotIn("UsersTable", json.loads(asked["TemplateBody"])["Resources"])

    def remove(self, confirm: str) -> str:
        """Remove the stage from that AWS; return what is said."""
        variables = self.variables() | {"AWS_ENDPOINT_URL": self.aws}
        try:
            return make(self.project, "remove", "STAGE=prod", f"CONFIRM={confirm}", **variables)
        except AssertionError as error:
            return str(error)

    def test_removal_after_a_deletion(self) -> None:
        """A table that was deleted does not stay."""
        self.begin_anew(self.asked["TemplateBody"])
        dynamodb = self.client("dynamodb")
        dynamodb.update_table(TableName="users-table-prod", DeletionProtectionEnabled=False)
        dynamodb.delete_table(TableName="users-table-prod")
        said = self.remove("nothing")
        (stay,) = re.findall(r"stay, with their data: (.*)\.\n", said)
        self.assertEqual(set(stay.split(", ")), KEPT - {"users-table-prod"})
        self.assertIn("Somebody has deleted these already: users-table-prod. docs/rest", said)

    def test_removal_after_an_import_that_failed(self) -> None:
        """The stack that an import leaves, if it fails, holds nothing, and goes."""
        self.aws = self.enterContext(running_aws())
        cloudformation = self.client("cloudformation")
        self.create_tables(self.tables.values())
        cloudformation.create_change_set(
            StackName="users-api-prod",
            ChangeSetName="tables",
            ChangeSetType="IMPORT",
            TemplateBody=self.asked["TemplateBody"],
        )
        (stack,) = cloudformation.describe_stacks()["Stacks"]
        self.assertEqual(stack["StackStatus"], "REVIEW_IN_PROGRESS")
        self.assertIn("successfully removed", self.remove("prod"))
        self.assertEqual(cloudformation.describe_stacks()["Stacks"], [])
        self.assertEqual(set(self.client("dynamodb").list_tables()["TableNames"]), KEPT)
