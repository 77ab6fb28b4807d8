"""What operates a stage, read in the template: alarms, topic, dashboard, logs, roll-out."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import TestCase

from tests.support.osls import copy_of_the_project, osls
from tests.support.templates import COMBINATIONS, TOKEN, package, resources, template
from tests.template import picture
from users_api.app import RESOURCES

SHARED = ("UniqueValuesTable", "IdempotencyTable")
ALARM, ALIAS, TABLE = "CloudWatch::Alarm", "Lambda::Alias", "DynamoDB::Table"
OPERATED = [name for name in COMBINATIONS if name not in {"dev", "prod-unwatched"}]
UNWATCHED = ["dev", "prod-unwatched"]
NOT_PERSONAL = {  # what an access log may hold, of all that API Gateway knows
    "authorizer.latency",
    "authorizer.status",
    "error.responseType",
    "extendedRequestId",
    "httpMethod",
    "integration.latency",
    "integration.status",
    "requestId",
    "resourcePath",
    "responseLatency",
    "routeKey",
    "status",
    "xrayTraceId",
}


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a document."""
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from texts(each)
        case list():
            for each in value:
                yield from texts(each)


class AlarmsTest(TestCase):
    """The alarms and whom they tell."""

    def test_where_they_are(self) -> None:
        """They are on every stage but those that are disposable, or where somebody says so."""
        for name in COMBINATIONS:
            with self.subTest(name):
                kinds = (ALARM, "SNS::Topic", "CloudWatch::Dashboard")
                self.assertEqual(
                    [bool(resources(name, kind)) for kind in kinds], [name in OPERATED] * 3
                )

    def test_each(self) -> None:
        """Each tells the topic when it rings and when it is over, and says what no data means."""
        for name in OPERATED:
            for alarm, each in resources(name, ALARM).items():
                with self.subTest(f"{name}, {alarm}"):
                    properties = each["Properties"]
                    self.assertEqual(properties["AlarmActions"], [{"Ref": "AlarmTopic"}])
                    self.assertEqual(properties["OKActions"], [{"Ref": "AlarmTopic"}])
                    self.assertEqual(properties["TreatMissingData"], "notBreaching")
                    stage = COMBINATIONS[name].stage
                    self.assertTrue(properties["AlarmName"].startswith(f"users-api-{stage}-"))

    def test_each_table(self) -> None:
        """Each table has an alarm for throttling and one for failures, a new one too."""
        with TemporaryDirectory() as folder:
            project = copy_of_the_project(Path(folder) / "project")
            users = (project / "infra" / "users.yml").read_text("utf-8")
            groups = re.sub(
                "users", "groups", re.sub("USERS", "GROUPS", users.replace("Users", "Groups"))
            )
            (project / "infra" / "groups.yml").write_text(groups, "utf-8")
            for found in (package(project, *COMBINATIONS["prod"])["Resources"], resources("prod")):
                tables = {key for key, each in found.items() if each["Type"].endswith(TABLE)}
                names = {key for key, each in found.items() if each["Type"].endswith(ALARM)}
                expected = {
                    f"{table}{kind}Alarm" for table in tables for kind in ("Throttled", "Failing")
                }
                self.assertEqual({name for name in names if "Table" in name}, expected)
        self.assertEqual(len(tables), len(RESOURCES) + len(SHARED))

    def test_topic(self) -> None:
        """The topic is encrypted with a key that CloudWatch may use, and takes only TLS."""
        for name in OPERATED:
            with self.subTest(name):
                found = resources(name)
                self.assertEqual(
                    found["AlarmTopic"]["Properties"]["KmsMasterKeyId"], {"Ref": "AlarmKey"}
                )
                statements = found["AlarmKey"]["Properties"]["KeyPolicy"]["Statement"]
                self.assertIn(
                    {"Service": "cloudwatch.amazonaws.com"}, [e["Principal"] for e in statements]
                )
                policy = found["AlarmTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]
                self.assertEqual([each["Effect"] for each in policy], ["Allow", "Deny"])

    def test_email(self) -> None:
        """The address is told of alarms, where one is given."""
        for name in OPERATED:
            with self.subTest(name):
                told = [
                    each["Properties"]["Endpoint"]
                    for each in resources(name, "SNS::Subscription").values()
                ]
                self.assertEqual(told, ["operator@example.com"] if "everything" in name else [])

    def test_authorizer(self) -> None:
        """There is one for the authorizer exactly where there is an authorizer of ours."""
        for name in OPERATED:
            with self.subTest(name):
                found = resources(name)
                self.assertEqual("AuthorizerAlarm" in found, "AuthorizerLambdaFunction" in found)

    def test_gateway(self) -> None:
        """The metrics of the gateway are those of the stage's kind of gateway."""
        for name in OPERATED:
            with self.subTest(name):
                metrics = resources(name)["ServerErrorsAlarm"]["Properties"]["Metrics"]
                metric = metrics[1]["MetricStat"]["Metric"]
                rest = ("5XXError", ["ApiName", "Stage"])
                expected = ("5xx", ["ApiId", "Stage"]) if name.startswith("http") else rest
                self.assertEqual(
                    (metric["MetricName"], [e["Name"] for e in metric["Dimensions"]]), expected
                )


class LogsTest(TestCase):
    """Logs, their level and how long they are kept."""

    def test_access_log(self) -> None:
        """The access log is JSON without path, address, agent or caller, whatever the gateway."""
        with TemporaryDirectory() as folder:
            project = copy_of_the_project(Path(folder) / "project")
            for gateway in ("rest", "http"):
                with self.subTest(gateway):
                    options = [f"--param={name}={value}" for name, value in TOKEN.items()]
                    printed = osls(
                        project, "print", "--stage", "prod", f"--param=gateway={gateway}", *options,
                        "--format", "json", "--path", f"provider.logs.{gateway}Api",
                    )  # fmt: skip
                    settings = json.loads(printed[printed.index("{") :])
                    more = {settings.get("executionLogging"), settings.get("fullExecutionData")}
                    self.assertLessEqual(more, {None, False})
                    form = json.loads(settings["format"])
                    self.assertLessEqual(
                        {each.removeprefix("$context.") for each in form.values()}, NOT_PERSONAL
                    )

    def test_retention(self) -> None:
        """Logs are kept for two weeks where the stage is disposable, else for three months."""
        for name, days in (("dev", 14), ("prod", 90), ("http-open", 90)):
            groups = resources(name, "Logs::LogGroup").values()
            self.assertEqual(
                {each["Properties"]["RetentionInDays"] for each in groups}, {days}, name
            )

    def test_level(self) -> None:
        """The level is INFO or what was asked for, and none that would drop the metrics."""
        for name, level in (("dev", "INFO"), ("prod", "INFO"), ("prod-everything", "DEBUG")):
            settings = resources(name)["ApiLambdaFunction"]["Properties"]["LoggingConfig"]
            self.assertEqual(settings, {"LogFormat": "JSON", "ApplicationLogLevel": level})

    def test_tracing(self) -> None:
        """The service is traced where the parameter says so; no function that may not be."""
        for name in COMBINATIONS:
            for function, each in resources(name, "Lambda::Function").items():
                traced = each["Properties"].get("TracingConfig") == {"Mode": "Active"}
                expected = "everything" in name and function == "ApiLambdaFunction"
                self.assertEqual(traced, expected, f"{name}, {function}")

    def test_wrong_parameters(self) -> None:
        """A level that drops the metrics and a roll-out without alarms are refused."""
        wrong = (
            ("logLevel", "WARN", "INFO or DEBUG"),
            ("rollout", "slow", "stepwise or atOnce or off"),
            ("operation", "false", '"rollout" has to be off'),
        )
        with TemporaryDirectory() as folder:
            project = copy_of_the_project(Path(folder) / "project")
            for name, value, sentence in wrong:
                with self.subTest(name), self.assertRaises(AssertionError) as caught:
                    package(project, "prod", {"access": "open", name: value})
                self.assertIn(sentence, str(caught.exception))


class RolloutTest(TestCase):
    """How a new version gets its traffic."""

    def test_alias(self) -> None:
        """Whatever calls the function calls its one alias, which CodeDeploy moves."""
        for name in OPERATED:
            with self.subTest(name):
                ((alias, each),) = resources(name, ALIAS).items()
                update = each["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
                self.assertEqual(update["DeploymentGroupName"], {"Ref": "RolloutGroup"})
                version = each["Properties"]["FunctionVersion"]["Fn::GetAtt"][0]
                self.assertEqual(resources(name)[version]["DeletionPolicy"], "Retain")
                label = each["Properties"]["Name"]
                callers = ("ApiGateway::Method", "ApiGatewayV2::Integration", "Lambda::Permission")
                for kind in callers:
                    for caller, properties in resources(name, kind).items():
                        if "ApiLambdaFunction" in str(properties):
                            self.assertIn(label, "".join(texts(properties)), caller)
                for key, permission in resources(name, "Permission").items():
                    if key.startswith("Api"):
                        self.assertIn(alias, [*texts(permission["DependsOn"])])

    def test_second_deployment(self) -> None:
        """Changed code is a new version, to which CodeDeploy moves the alias; the old one stays."""
        with TemporaryDirectory() as folder:
            project = copy_of_the_project(Path(folder) / "project")
            first = package(project, *COMBINATIONS["prod"])["Resources"]
            with (project / "users_api" / "lambda_handler.py").open("a") as module:
                module.write("# changed\n")
            second = package(project, *COMBINATIONS["prod"])["Resources"]
        ((alias, before),) = ((key, each) for key, each in first.items() if ALIAS in each["Type"])
        after = second[alias]
        old, new = (each["Properties"].pop("FunctionVersion") for each in (before, after))
        self.assertEqual(before, after)
        self.assertIn("CodeDeployLambdaAliasUpdate", after["UpdatePolicy"])
        (old, _), (new, _) = old["Fn::GetAtt"], new["Fn::GetAtt"]
        self.assertNotIn(old, second)  # it leaves the stack,
        self.assertEqual(first[old]["DeletionPolicy"], "Retain")  # and stays, to go back to
        digests = [each["Properties"]["CodeSha256"] for each in (first[old], second[new])]
        self.assertNotEqual(*digests)
        changed = {second[key]["Type"] for key in second if second[key] != first.get(key)}
        self.assertEqual(
            changed,
            {"AWS::Lambda::Function", "AWS::Lambda::Version", "AWS::ApiGateway::Deployment"},
        )

    def test_off(self) -> None:
        """A stage without a roll-out has no alias, and nothing of CodeDeploy."""
        for name in UNWATCHED:
            kinds = {each["Type"] for each in resources(name).values()}
            self.assertFalse(
                {kind for kind in kinds if "Alias" in kind or "CodeDeploy" in kind}, name
            )

    def test_pace(self) -> None:
        """It goes step by step and back when an alarm rings; at once, it heeds none."""
        group = "CodeDeploy::DeploymentGroup"
        for name in OPERATED:
            with self.subTest(name):
                (properties,) = (each["Properties"] for each in resources(name, group).values())
                at_once = name == "prod-at-once"
                expected = "LambdaAllAtOnce" if at_once else "LambdaCanary10Percent10Minutes"
                self.assertEqual(
                    properties["DeploymentConfigName"], f"CodeDeployDefault.{expected}"
                )
                alarms = properties["AlarmConfiguration"]
                self.assertEqual(alarms["Enabled"], not at_once)
                self.assertLessEqual(
                    {each["Name"]["Ref"] for each in alarms["Alarms"]}, set(resources(name, ALARM))
                )
                self.assertIn(
                    "DEPLOYMENT_STOP_ON_ALARM", properties["AutoRollbackConfiguration"]["Events"]
                )


class DashboardTest(TestCase):
    """The dashboard and its picture."""

    def widgets(self, name: str) -> list[dict[str, Any]]:
        body = resources(name)["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
        widgets: list[dict[str, Any]] = json.loads(body)["widgets"]
        return widgets

    def test_shows_all_alarms_and_tables(self) -> None:
        """Every alarm and every table of the stage is on it."""
        for name in OPERATED:
            with self.subTest(name):
                alarms, *graphs = self.widgets(name)
                shown = {each.rpartition(":")[2] for each in alarms["properties"]["alarms"]}
                rings = resources(name, ALARM).values()
                self.assertEqual(shown, {each["Properties"]["AlarmName"] for each in rings})
                shown = set(texts([graph["properties"]["metrics"] for graph in graphs]))
                for table in resources(name, TABLE).values():
                    self.assertIn(table["Properties"]["TableName"], shown)
                self.assertFalse(
                    [each for each in shown if re.search(r"\{(table|gateway)\}", each)]
                )

    def test_does_not_overlap(self) -> None:
        """Each graph has a place of its own, within the 24 columns."""
        taken: set[tuple[int, int]] = set()
        for each in self.widgets("prod"):
            columns = range(each["x"], each["x"] + each["width"])
            rows = range(each["y"], each["y"] + each["height"])
            cells = {(column, row) for column in columns for row in rows}
            self.assertFalse(cells & taken, each["properties"]["title"])
            self.assertLess(max(columns), 24)
            taken |= cells

    def test_picture(self) -> None:
        """The picture in the documents is that of this template: `make dashboard` draws it."""
        self.assertEqual(picture.PICTURE.read_text("utf-8"), picture.document())


class TemplateTest(TestCase):
    """The template as a whole."""

    def test_fits(self) -> None:
        """The largest has room left within what CloudFormation takes: 500 resources, 1 MB."""
        for name in COMBINATIONS:
            self.assertLess(len(template(name)["Resources"]), 250, name)
            self.assertLess(len(json.dumps(template(name))), 500_000, name)
