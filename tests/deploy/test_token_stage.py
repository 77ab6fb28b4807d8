"""The deployment of a stage that asks for tokens, as far as moto knows what it consists of."""

from pathlib import Path
from typing import Any

from tests.deploy.test_deploy import DeployTest
from tests.support.osls import copy_of_the_project

ISSUER, AUDIENCE = "https://id.example.com/", "users-api,https://id.example.com/userinfo"


class TokenStageTest(DeployTest):
    """Stage `prod`, by `make deploy`; without the requirements, which take time to package."""

    project: Path
    said: str

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.project = copy_of_the_project(cls.folder / "project")
        for requirements in ("requirements.txt", "authorizer/requirements.txt"):
            (cls.project / requirements).write_text("")
        cls.said = cls.deploy()

    @classmethod
    def deploy(cls) -> str:
        """Run `make deploy`, and return what it prints."""
        arguments = (
            "STAGE=prod",
            f"ISSUER={ISSUER}",
            f"AUDIENCE={AUDIENCE}",
            "PARAMS=rate=50 rollout=off",
        )
        return cls.make(cls.project, "deploy", *arguments)

    def function(self, name: str) -> dict[str, Any]:
        """Return the configuration of a function."""
        name = f"users-api-prod-{name}"
        return dict(self.client("lambda").get_function_configuration(FunctionName=name))

    def test_functions(self) -> None:
        """Two functions stand, each with an environment and a role of its own."""
        service, authorizer = self.function("api"), self.function("authorizer")
        self.assertEqual(
            authorizer["Environment"]["Variables"],
            {
                "AUDIENCE": AUDIENCE,
                "ISSUER": ISSUER,
                "TOKEN_TYPES": "at+jwt",
                "USER_CLAIM": "sub",
            },
        )
        self.assertEqual(service["Environment"]["Variables"]["ACCESS"], "token")
        self.assertNotEqual(service["Role"], authorizer["Role"])

    def test_role_of_the_authorizer(self) -> None:
        """Its role says nothing of any table."""
        iam = self.client("iam")
        role = self.function("authorizer")["Role"].rpartition("/")[2]
        self.assertEqual(iam.list_role_policies(RoleName=role)["PolicyNames"], ["logs"])
        self.assertEqual(iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"], [])
        document = iam.get_role_policy(RoleName=role, PolicyName="logs")["PolicyDocument"]
        self.assertNotIn("dynamodb", str(document))

    def test_routes(self) -> None:
        """The routes are there, those that are public for themselves."""
        self.assertIn("ANY - ", self.said)
        self.assertIn("\nalarms: nobody is told: set the parameter alarmEmail\n", self.said)
        gateway = self.client("apigateway")
        (api,) = gateway.get_rest_apis()["items"]
        resources = gateway.get_resources(restApiId=api["id"], embed=["methods"])["items"]
        methods = {each["path"]: set(each.get("resourceMethods", {})) for each in resources}
        self.assertEqual(
            methods,
            {
                "/": {"ANY"},
                "/docs": {"ANY"},
                "/docs/{proxy+}": {"ANY"},
                "/health": {"ANY"},
                "/openapi.json": {"ANY"},
                "/{proxy+}": {"ANY", "OPTIONS"},
            },
        )

    def test_second_deployment(self) -> None:
        """Deploying the same once more changes nothing."""
        self.assertIn("No changes", self.deploy())
