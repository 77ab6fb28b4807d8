"""The zip of the authorizer: what is in it, and that it runs."""

import json
import time
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import TestCase
from zipfile import ZipFile

from tests.authorizer.issuer import JWKS, Issuer, closes, running_issuer
from tests.authorizer.tokens import AUDIENCE, ES256, claims, token
from tests.support.osls import PROJECT, compiled, copy_of_the_project, osls
from tests.support.runtime_api import Function, FunctionError, running_function

LARGEST = 6_000_000  # bytes
METHOD = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/GET/users"
NO_DYNAMODB = "http://127.0.0.1:9"


def asked(made: str) -> dict[str, str]:
    """Return the event with which the gateway asks about a token."""
    return {"type": "TOKEN", "methodArn": METHOD, "authorizationToken": f"Bearer {made}"}


def current(issuer: Issuer) -> dict[str, Any]:
    """Return claims that are good now."""
    now = int(time.time())
    return claims(iss=issuer.url, iat=now, exp=now + 600, sub="canary")


class AuthorizerPackageTest(TestCase):
    """The package for x86_64, which runs here."""

    package: Path
    configuration: dict[str, Any]

    @classmethod
    def setUpClass(cls) -> None:
        folder = Path(cls.enterClassContext(TemporaryDirectory()))
        project = copy_of_the_project(folder / "project")
        osls(
            project,
            "package",
            "--stage=prod",
            "--param=architecture=x86_64",
            "--param=issuer=https://issuer.example",
            f"--param=audience={AUDIENCE}",
        )
        _, resources = compiled(project)
        cls.configuration = resources["AuthorizerLambdaFunction"]["Properties"]
        cls.package = project / ".serverless" / Path(cls.configuration["Code"]["S3Key"]).name

    def running(self, issuer: Issuer) -> Function:
        """Run the function as deployed, but with this issuer."""
        variables = self.configuration["Environment"]["Variables"] | {"ISSUER": issuer.url}
        configuration = self.configuration | {"Environment": {"Variables": variables}}
        return self.enterContext(running_function(self.package, configuration, NO_DYNAMODB))

    def test_holds_what_the_function_needs(self) -> None:
        """The zip holds the authorizer, compiled, and nothing of the service; it is small."""
        with ZipFile(self.package) as archive:
            names = set(archive.namelist())
        ours = {f"authorizer/{each.name}" for each in (PROJECT / "authorizer").glob("*.py")}
        compiled = {cache_from_source(name) for name in names if name.endswith(".py")}
        self.assertEqual(compiled, {name for name in names if name.endswith(".pyc")})
        folders = {name.partition("/")[0] for name in names}
        mine = {name for name in names if name.startswith("authorizer/")}
        self.assertEqual(mine, ours | {cache_from_source(name) for name in ours})
        self.assertGreaterEqual(folders, {"authorizer", "jwt", "cryptography"})
        self.assertFalse(folders & {"users_api", "flask", "pydynox", "tests", "local"})
        self.assertLess(self.package.stat().st_size, LARGEST)

    def test_runs_as_on_lambda(self) -> None:
        """A good token opens the stage; of a bad one nothing is said, by the answer or the log."""
        issuer = self.enterContext(running_issuer())
        issuer.publish(ES256.jwk())
        function = self.running(issuer)
        good = current(issuer)
        answer = function.invoke(asked(token(good)))
        self.assertEqual(answer["context"]["sub"], "canary")
        (statement,) = answer["policyDocument"]["Statement"]
        self.assertEqual(statement["Resource"], METHOD.replace("GET/users", "*"))
        unauthorized = "^error: {'errorMessage': 'Unauthorized', 'errorType': 'Exception'"
        for bad in (token({**good, "aud": "other"}), token(good)[:-9], "canary"):
            with self.subTest(bad), self.assertRaisesRegex(FunctionError, unauthorized):
                function.invoke(asked(bad))
        self.assertNotIn("canary", function.log())
        self.assertNotIn(token(good)[:20], function.log())

    def test_tells_that_it_has_no_keys(self) -> None:
        """Where the keys are not to be had, the answer is another error, and the log says why."""
        issuer = self.enterContext(running_issuer())
        issuer.faults = {JWKS: closes}
        function = self.running(issuer)
        with self.assertRaisesRegex(FunctionError, "'errorType': 'KeysError'"):
            function.invoke(asked(token(current(issuer))))
        entries = [json.loads(line) for line in function.log().splitlines()]
        (entry,) = (each for each in entries if "reason" in each)
        told = entry["level"], entry["document"], entry["reason"]
        self.assertEqual(told, ("ERROR", "jwks", "RemoteDisconnected"))
