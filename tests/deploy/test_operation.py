"""What operates a stage, deployed to an AWS of our own, as far as that goes.

It knows neither alarms nor CodeDeploy nor aliases; tests/template reads those in the template.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.aws import REGION, AwsTest
from tests.support.osls import copy_of_the_project, osls
from tests.support.templates import EVERYTHING

# An alias and a domain are more than that AWS can do.
PARAMETERS = EVERYTHING | {"certificate": "", "domain": "", "rollout": "off", "snapStart": "false"}


class OperationTest(AwsTest):
    """Stage `prod` with everything on."""

    project: Path
    said: str

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.project = copy_of_the_project(folder / "project")
        for requirements in ("requirements.txt", "authorizer/requirements.txt"):
            (cls.project / requirements).write_text("")  # to install them takes time
        cls.said = cls.osls("deploy")

    @classmethod
    def osls(cls, command: str) -> str:
        given = [f"--param={name}={value}" for name, value in PARAMETERS.items() if value]
        return osls(cls.project, command, "--stage", "prod", *given, **cls.variables())

    def test_summary(self) -> None:
        """It ends with calls, what token they carry, and what operation costs."""
        self.assertRegex(self.said, r"(?m)^  curl \S+/prod/health$")
        self.assertRegex(self.said, r"(?m)^  curl \S+/prod/users/someUserId --header .*\$TOKEN\"$")
        token = "$TOKEN is an access token with the scopes users:read and users:write"
        self.assertIn(f"\ntoken: {token}: docs/access.md\n", self.said)
        self.assertNotIn("\npage: ", self.said)
        self.assertRegex(
            self.said, r"(?m)^at rest: costs 0\.\d+ dollars an hour, \d+ a .*: docs/cost.md$"
        )
        email = PARAMETERS["alarmEmail"]
        self.assertIn(f"\nalarms: {email}, once the mail of AWS is confirmed\n", self.said)

    def test_gateway(self) -> None:
        """The stage is traced, has an access log in its own group, and logs no whole requests."""
        gateway = self.client("apigateway")
        (api,) = gateway.get_rest_apis()["items"]
        stage = gateway.get_stage(restApiId=api["id"], stageName="prod")
        self.assertTrue(stage["tracingEnabled"])
        settings = stage["accessLogSettings"]
        self.assertTrue(settings["destinationArn"].endswith(":/aws/api-gateway/users-api-prod"))
        self.assertEqual(json.loads(settings["format"])["route"], "$context.resourcePath")
        every = stage["methodSettings"]["*/*"]
        self.assertEqual((every["loggingLevel"], every["dataTraceEnabled"]), ("OFF", False))

    def test_logs(self) -> None:
        """The logs of both functions and of the gateway are kept for three months."""
        groups = self.client("logs").describe_log_groups()["logGroups"]
        kept = {each["logGroupName"]: each["retentionInDays"] for each in groups}
        functions = {f"/aws/lambda/users-api-prod-{name}": 90 for name in ("api", "authorizer")}
        self.assertEqual(kept, functions | {"/aws/api-gateway/users-api-prod": 90})

    def test_topic(self) -> None:
        """The topic of the alarms is encrypted with a key that is renewed."""
        (topic,) = self.client("sns").list_topics()["Topics"]
        attributes = self.client("sns").get_topic_attributes(TopicArn=topic["TopicArn"])
        key = attributes["Attributes"]["KmsMasterKeyId"]
        self.assertTrue(self.client("kms").get_key_rotation_status(KeyId=key)["KeyRotationEnabled"])

    def test_dashboard(self) -> None:
        """The dashboard is JSON, of this region, and knows the ARN of each alarm."""
        dashboard = self.client("cloudwatch").get_dashboard(DashboardName="users-api-prod")
        alarms, *graphs = json.loads(dashboard["DashboardBody"])["widgets"]
        beginning = f"arn:aws:cloudwatch:{REGION}:123456789012:alarm:users-api-prod-"
        for each in alarms["properties"]["alarms"]:
            self.assertTrue(each.startswith(beginning), each)
        self.assertEqual({each["properties"]["region"] for each in graphs}, {REGION})

    def test_again(self) -> None:
        """Deploying the same once more changes nothing."""
        self.assertIn("No changes", self.osls("deploy"))
