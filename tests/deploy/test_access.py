"""Who may call a stage and how often, as templates say it, for each kind of access and gateway."""

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import TestCase

from moto.cloudformation.utils import validate_template_cfn_lint

from local.tables import environment
from tests.support.osls import copy_of_the_project
from tests.support.templates import CERTIFICATE, TOKEN, package
from users_api import errors
from users_api.http import cors, failures
from users_api.http.requests import LARGEST_BODY

Resources = dict[str, Any]

LIMITS = {
    "rate": "50",
    "burst": "70",
    "reservedConcurrency": "20",
    "maxReads": "9",
    "maxWrites": "5",
}
DOMAIN = {"domain": "api.example.com/v1", "certificate": CERTIFICATE}
ORIGIN = {"origins": "https://app.example.com"}
STAGES = {
    "open, REST": {"access": "open"},
    "token, REST": TOKEN,
    "token, REST, all": TOKEN | LIMITS | DOMAIN | ORIGIN | {"waf": "true", "userClaim": "email"},
    "open, HTTP": {"access": "open", "gateway": "http"},
    "token, HTTP": TOKEN | {"gateway": "http", "audience": "users-api,other"},
    "token, HTTP, all": TOKEN | LIMITS | DOMAIN | ORIGIN | {"gateway": "http", "snapStart": "true"},
}
PUBLIC = {"/", "/health", "/openapi.json", "/docs", "/docs/{proxy+}"}
UNAVAILABLE = errors.StoreUnavailableError("")
ANSWERS: dict[str, errors.ApiError] = {
    "ACCESS_DENIED": errors.ForbiddenError(),
    "AUTHORIZER_CONFIGURATION_ERROR": UNAVAILABLE,
    "AUTHORIZER_FAILURE": UNAVAILABLE,
    "EXPIRED_TOKEN": errors.UnauthorizedError(),
    "INTEGRATION_FAILURE": UNAVAILABLE,
    "INTEGRATION_TIMEOUT": UNAVAILABLE,
    "MISSING_AUTHENTICATION_TOKEN": errors.NotFoundError(),
    "REQUEST_TOO_LARGE": errors.BodyTooLargeError(LARGEST_BODY),
    "RESOURCE_NOT_FOUND": errors.NotFoundError(),
    "UNAUTHORIZED": errors.UnauthorizedError(),
}


def of_type(resources: Resources, kind: str) -> list[Resources]:
    """Return the properties of the resources of one type."""
    return [each["Properties"] for each in resources.values() if each["Type"] == f"AWS::{kind}"]


def routes(resources: Resources) -> dict[str, Resources]:
    """Return the routes of a gateway, by method and path."""
    http = of_type(resources, "ApiGatewayV2::Route")
    return {each["RouteKey"]: each for each in http} | {
        f"{each['HttpMethod']} {path_of(resources, each['ResourceId'])}": each
        for each in of_type(resources, "ApiGateway::Method")
    }


def path_of(resources: Resources, reference: Resources) -> str:
    """Return the path of a resource of a REST API."""
    if "Ref" not in reference:
        return "/"
    properties = resources[reference["Ref"]]["Properties"]
    above = path_of(resources, properties["ParentId"])
    return f"{above.rstrip('/')}/{properties['PathPart']}"


def headers(answer: Resources) -> dict[str, str]:
    """Return the headers of one of the gateway's own answers."""
    told = answer["ResponseParameters"].items()
    return {name.removeprefix("gatewayresponse.header."): text.strip("'") for name, text in told}


class AccessTest(TestCase):
    """The templates of stages that differ in who may call."""

    stages: dict[str, Resources]
    templates: dict[str, str]

    @classmethod
    def setUpClass(cls) -> None:
        project = copy_of_the_project(Path(cls.enterClassContext(TemporaryDirectory())) / "project")
        documents = {name: package(project, "prod", given) for name, given in STAGES.items()}
        cls.stages = {name: each["Resources"] for name, each in documents.items()}
        cls.templates = {name: json.dumps(each) for name, each in documents.items()}

    def test_lint(self) -> None:
        """CloudFormation's linter finds nothing, as moto asks for, too."""
        for name, template in self.templates.items():
            with self.subTest(name):
                self.assertEqual(validate_template_cfn_lint(template), [])

    def test_routes(self) -> None:
        """With tokens, all but what is about the service itself, and preflights, asks for one."""
        for name, resources in self.stages.items():
            with self.subTest(name):
                found = routes(resources)
                asking = {
                    route
                    for route, each in found.items()
                    if each.get("AuthorizationType", "NONE") != "NONE"
                }
                if "open" in name:
                    self.assertEqual((set(found), asking), ({"ANY /", "ANY /{proxy+}"}, set()))
                    continue
                public = {f"ANY {path}" for path in PUBLIC} | {"OPTIONS /{proxy+}"}
                self.assertEqual(set(found) - asking, public)
                self.assertEqual(asking, {"ANY /{proxy+}"})

    def test_token_authorizer(self) -> None:
        """A REST API asks the authorizer's function, and remembers for five minutes."""
        for name in ("token, REST", "token, REST, all"):
            with self.subTest(name):
                resources = self.stages[name]
                (authorizer,) = of_type(resources, "ApiGateway::Authorizer")
                self.assertEqual(authorizer["Type"], "TOKEN")
                source = "method.request.header.Authorization"
                self.assertEqual(authorizer["IdentitySource"], source)
                self.assertEqual(authorizer["AuthorizerResultTtlInSeconds"], 300)
                self.assertIn("AuthorizerLambdaFunction", json.dumps(authorizer["AuthorizerUri"]))
                method = routes(resources)["ANY /{proxy+}"]
                self.assertEqual(method["AuthorizationType"], "CUSTOM")
                self.assertEqual(method["AuthorizerId"], {"Ref": "AuthorizerApiGatewayAuthorizer"})

    def test_shape_of_a_token(self) -> None:
        """The gateway itself refuses what is no bearer token, or longer than any."""
        (authorizer,) = of_type(self.stages["token, REST"], "ApiGateway::Authorizer")
        shape = re.compile(authorizer["IdentityValidationExpression"], re.ASCII)
        for good in ("Bearer a.b.c", "bearer eyJh.eyJp.s1g-_", f"Bearer a.{'b' * 6144}.c"):
            with self.subTest(good[:30]):
                self.assertTrue(shape.fullmatch(good))
        for bad in (
            "",
            "a.b.c",
            "Basic dXNlcjpwYXNz",
            "Bearer",
            "Bearer a.b",
            "Bearer a.b.",
            "Bearer a.b.c.d",
            "Bearer a.b.c.d.e",
            "Bearer a.b.c=",
            "Bearer  a.b.c",
            "Bearer a.b.c, Bearer d.e.f",
            "Bearer a.b.c\n",
            f"Bearer a.{'b' * 6145}.c",
            f"Bearer {'a' * 2049}.b.c",
            f"Bearer a.b.{'c' * 1537}",
        ):
            with self.subTest(bad[:30]):
                self.assertFalse(shape.fullmatch(bad))

    def test_jwt_authorizer(self) -> None:
        """An HTTP API verifies tokens itself, and there is no authorizer's function."""
        resources = self.stages["token, HTTP"]
        (authorizer,) = of_type(resources, "ApiGatewayV2::Authorizer")
        self.assertEqual(authorizer["AuthorizerType"], "JWT")
        self.assertEqual(authorizer["IdentitySource"], ["$request.header.Authorization"])
        wanted = {"Audience": ["users-api", "other"], "Issuer": TOKEN["issuer"]}
        self.assertEqual(authorizer["JwtConfiguration"], wanted)
        self.assertEqual(routes(resources)["ANY /{proxy+}"]["AuthorizationType"], "JWT")

    def test_where_the_authorizer_is(self) -> None:
        """The authorizer is deployed where a REST API asks for tokens, and nowhere else."""
        for name, resources in self.stages.items():
            with self.subTest(name):
                there = name.startswith("token, REST")
                self.assertEqual("AuthorizerLambdaFunction" in resources, there)
                self.assertEqual("AuthorizerRole" in resources, there)
                self.assertEqual("AuthorizerLogGroup" in resources, there)

    def test_authorizer_has_nothing_of_the_service(self) -> None:
        """Its role may write its log and nothing else; its environment is its own."""
        resources = self.stages["token, REST, all"]
        function = resources["AuthorizerLambdaFunction"]["Properties"]
        self.assertEqual(function["Handler"], "authorizer.handler.handler")
        self.assertEqual(function["Role"], {"Fn::GetAtt": ["AuthorizerRole", "Arn"]})
        self.assertEqual(
            function["Environment"]["Variables"],
            {
                "AUDIENCE": TOKEN["audience"],
                "ISSUER": TOKEN["issuer"],
                "TOKEN_TYPES": "at+jwt",
                "USER_CLAIM": "email",
            },
        )
        role = resources["AuthorizerRole"]["Properties"]
        self.assertNotIn("ManagedPolicyArns", role)
        (policy,) = role["Policies"]
        (statement,) = policy["PolicyDocument"]["Statement"]
        self.assertEqual(statement["Action"], ["logs:CreateLogStream", "logs:PutLogEvents"])
        log = resources["AuthorizerLogGroup"]["Properties"]
        kept = resources["ApiLogGroup"]["Properties"]["RetentionInDays"]
        self.assertEqual(log["RetentionInDays"], kept)
        self.assertTrue(
            statement["Resource"]["Fn::Sub"].endswith(f":log-group:{log['LogGroupName']}:*")
        )

    def test_service(self) -> None:
        """The service is told how access is, and keeps its tables to itself."""
        for name, resources in self.stages.items():
            with self.subTest(name):
                variables = resources["ApiLambdaFunction"]["Properties"]["Environment"]["Variables"]
                access = name.partition(",")[0]
                told = environment("prod") | {
                    "ACCESS": access,
                    "DOCS_PAGE": "true" if access == "open" else "false",
                    "ORIGINS": STAGES[name].get("origins", ""),
                    "USER_CLAIM": STAGES[name].get("userClaim", "sub"),
                }
                self.assertLessEqual(told.items(), variables.items())

    def test_own_answers(self) -> None:
        """What a REST API answers by itself is what the service would answer, headers included."""
        own = self.answers("token, REST")
        for kind, error in ANSWERS.items():
            with self.subTest(kind):
                answer = own[kind]
                self.assertEqual(answer["StatusCode"], str(error.status))
                body = json.loads(answer["ResponseTemplates"]["application/json"])
                said = failures.failure(error)
                self.assertEqual(body.pop("code", None), said.code or None)
                self.assertEqual(body, {"error": said.error})
                self.assertLessEqual(failures.headers(error).items(), headers(answer).items())

    def test_every_own_answer(self) -> None:
        """Each of them has the one shape, and the headers that every answer has."""
        for kind, answer in self.answers("open, REST").items():
            with self.subTest(kind):
                body = json.loads(answer["ResponseTemplates"]["application/json"])
                self.assertLessEqual(body.keys(), {"error", "code"})
                always = {
                    "Cache-Control": "no-store",
                    "X-Content-Type-Options": "nosniff",
                    "X-Request-Id": "context.requestId",
                }
                self.assertLessEqual(always.items(), headers(answer).items())
                self.assertNotIn("Access-Control-Allow-Origin", headers(answer))
                if answer.get("StatusCode") == "429":
                    self.assertEqual(headers(answer)["Retry-After"], "1")
                    self.assertEqual(body["code"], "too_many_requests")

    def test_own_answers_to_web_pages(self) -> None:
        """A web page of the origin that is configured can read them."""
        for kind, answer in self.answers("token, REST, all").items():
            with self.subTest(kind):
                found = headers(answer)
                self.assertEqual(found["Access-Control-Allow-Origin"], ORIGIN["origins"])
                self.assertEqual(found["Vary"], "Origin")

    def answers(self, name: str) -> dict[str, Resources]:
        """Return the own answers of a REST API, after which it is deployed."""
        resources = self.stages[name]
        (deployment,) = (
            each for each in resources.values() if each["Type"] == "AWS::ApiGateway::Deployment"
        )
        kind = "AWS::ApiGateway::GatewayResponse"
        names = {name for name, each in resources.items() if each["Type"] == kind}
        self.assertLessEqual(names, set(deployment["DependsOn"]))
        properties = [resources[name]["Properties"] for name in names]
        found = {each["ResponseType"]: each for each in properties}
        wanted = {"DEFAULT_4XX", "DEFAULT_5XX", "THROTTLED", "QUOTA_EXCEEDED", *ANSWERS}
        self.assertLessEqual(wanted, found.keys())
        return found

    def test_preflight(self) -> None:
        """An HTTP API answers web pages as the service does."""
        (api,) = of_type(self.stages["token, HTTP, all"], "ApiGatewayV2::Api")
        told = api["CorsConfiguration"]
        self.assertEqual(told["AllowOrigins"], [ORIGIN["origins"]])
        self.assertEqual(told["AllowHeaders"], cors.HEADERS.split(", "))
        self.assertEqual(told["ExposeHeaders"], cors.READABLE.split(", "))
        self.assertEqual(str(told["MaxAge"]), cors.SECONDS)
        self.assertNotIn("AllowCredentials", told)
        (api,) = of_type(self.stages["token, HTTP"], "ApiGatewayV2::Api")
        self.assertNotIn("CorsConfiguration", api)

    def test_throttling(self) -> None:
        """Each stage has a rate and a burst."""
        for name, resources in self.stages.items():
            with self.subTest(name):
                if "REST" in name:
                    (deployment,) = of_type(resources, "ApiGateway::Deployment")
                    found = deployment["StageDescription"]
                else:
                    (stage,) = of_type(resources, "ApiGatewayV2::Stage")
                    found = stage["DefaultRouteSettings"]
                limits = found["ThrottlingRateLimit"], found["ThrottlingBurstLimit"]
                wanted = ("50", "70") if "all" in name else ("100", "200")
                self.assertEqual(tuple(map(str, limits)), wanted)

    def test_concurrency(self) -> None:
        """The service has a share of the account's concurrency where one is told."""
        for name, resources in self.stages.items():
            with self.subTest(name):
                found = resources["ApiLambdaFunction"]["Properties"].get(
                    "ReservedConcurrentExecutions"
                )
                self.assertEqual(found and str(found), "20" if "all" in name else None)

    def test_ceiling_of_the_tables(self) -> None:
        """No table takes more requests in a second than it is told to."""
        for name, resources in self.stages.items():
            wanted = ("9", "5") if "all" in name else ("4000", "1000")
            tables = of_type(resources, "DynamoDB::Table")
            self.assertTrue(tables)
            for table in tables:
                with self.subTest(f"{name}, {table['TableName']}"):
                    ceiling = table["OnDemandThroughput"]
                    found = ceiling["MaxReadRequestUnits"], ceiling["MaxWriteRequestUnits"]
                    self.assertEqual(tuple(map(str, found)), wanted)

    def test_waf(self) -> None:
        """WAF stands before the stage where it is asked for, and is off elsewhere."""
        for name, resources in self.stages.items():
            with self.subTest(name):
                kinds = [each["Type"] for each in resources.values() if "WAFv2" in each["Type"]]
                self.assertEqual(len(kinds), 2 if name == "token, REST, all" else 0)
        resources = self.stages["token, REST, all"]
        (association,) = of_type(resources, "WAFv2::WebACLAssociation")
        self.assertTrue(association["ResourceArn"]["Fn::Sub"].endswith("/stages/prod"))
        self.assert_after_the_deployment(resources, "FirewallAssociation")

    def test_domain(self) -> None:
        """A stage has a domain name of its own, and a path there, where it is told so."""
        for name, key in (("token, REST, all", "BasePath"), ("token, HTTP, all", "ApiMappingKey")):
            with self.subTest(name):
                resources = self.stages[name]
                domain = resources["Domain"]["Properties"]
                self.assertEqual(domain["DomainName"], "api.example.com")
                self.assertIn(CERTIFICATE, json.dumps(domain))
                self.assertEqual(resources["DomainMapping"]["Properties"][key], "v1")
        self.assert_after_the_deployment(self.stages["token, REST, all"], "DomainMapping")
        self.assertEqual(
            self.stages["token, HTTP, all"]["DomainMapping"]["DependsOn"], ["HttpApiStage"]
        )
        self.assertNotIn("Domain", self.stages["token, REST"])

    def assert_after_the_deployment(self, resources: Resources, name: str) -> None:
        """Assert that a resource waits for the stage, which the deployment makes."""
        (after,) = resources[name]["DependsOn"]
        self.assertEqual(resources[after]["Type"], "AWS::ApiGateway::Deployment")

    def test_bucket_of_deployments(self) -> None:
        """What is deployed lies in a bucket that is not public and keeps earlier versions."""
        for name, resources in self.stages.items():
            with self.subTest(name):
                bucket = resources["ServerlessDeploymentBucket"]["Properties"]
                self.assertEqual(set(bucket["PublicAccessBlockConfiguration"].values()), {True})
                self.assertEqual(bucket["VersioningConfiguration"], {"Status": "Enabled"})
