"""Wrong parameters: one sentence, before anything is packaged or deployed."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from tests.support.osls import PROJECT, copy_of_the_project, make, osls

NEEDED = (
    'Stage "prod" asks for tokens, so it needs the parameters "issuer" and "audience" '
    "(make deploy STAGE=prod ISSUER=... AUDIENCE=...)"
)
ISSUER = 'The parameter "issuer" has to be the https: URL of an OpenID provider'
NOWHERE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "test"}  # port: discard


class ParametersTest(TestCase):
    """Commands that are refused, on a copy of the project that stays as it is."""

    project: Path

    @classmethod
    def setUpClass(cls) -> None:
        folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.project = copy_of_the_project(folder / "project")

    def assert_refused(self, sentence: str, command: str, stage: str, *parameters: str) -> None:
        """Assert that a command ends with a sentence and a failure, and leaves nothing behind."""
        given = [f"--param={each}" for each in parameters]
        with self.subTest(f"{command} {parameters}"):
            with self.assertRaisesRegex(AssertionError, re.escape(sentence)) as caught:
                osls(self.project, *command.split(), "--stage", stage, *given, **NOWHERE)
            self.assertNotIn(" at ", str(caught.exception).partition("Error:")[2], "no traceback")
            self.assertFalse((self.project / ".serverless").exists())

    def test_tokens_need_an_issuer(self) -> None:
        """A stage that asks for tokens says so when it is not told whose, and for whom."""
        issuer, audience = "issuer=https://id.example.com/", "audience=users-api"
        self.assert_refused(NEEDED, "deploy", "prod")
        self.assert_refused(NEEDED, "package", "prod", issuer)
        self.assert_refused(NEEDED, "package", "prod", issuer, "audience=,")
        self.assert_refused(NEEDED, "deploy function -f api", "prod", audience)
        for wrong in ("http://id.example.com", "id.example.com", "https://id.example.com/?a=b"):
            sentence = f'{ISSUER}, and not "{wrong}".'
            self.assert_refused(sentence, "deploy", "prod", f"issuer={wrong}", audience)

    def test_data_of_a_laptop(self) -> None:
        """No stage is called as the data of `make run`, which the tools would take for it."""
        self.assert_refused('The stage "local" is the data of `make run`', "deploy", "local")

    def test_other_parameters(self) -> None:
        """So does any stage for any other parameter."""
        for parameter, meaning in {
            "access=closed": "either open or token",
            "alarmEmail=a@b": "an e-mail address",
            "alarmEmail=operator@example.com.": "an e-mail address",
            "alarmEmail=a,b@example.com": "an e-mail address",
            "architecture=sparc": "either arm64 or x86_64",
            "gateway=graphql": "either rest or http",
            "origins=*": "origins such as https://example.com",
            "origins=https://example.com/": "origins such as https://example.com",
            "rate=many": "a whole number",
            "burst=0": "a whole number",
            "reservedConcurrency=-1": "a whole number",
            "tokenTypes=id": "at+jwt, JWT, or both",
            "waf=yes": "either true or false",
        }.items():
            name = parameter.partition("=")[0]
            sentence = f'The parameter "{name}" has to be {meaning}'
            self.assert_refused(sentence, "package", "dev", parameter)

    def test_parameters_that_need_each_other(self) -> None:
        """Parameters that make no sense together, or that there are not, are told."""
        self.assert_refused(
            'The parameters "domain" and "certificate" need each other.',
            "package",
            "dev",
            "domain=api.example.com",
        )
        waf = "There is no WAF for an HTTP API"
        self.assert_refused(waf, "package", "dev", "waf=true", "gateway=http")
        self.assert_refused('There is no parameter "acces".', "package", "prod", "acces=open")

    def test_parameters_of_a_stage(self) -> None:
        """Those in serverless.yml, as docs/access.md shows them, need no command line."""
        page = (PROJECT / "docs" / "access.md").read_text("utf-8")
        (block,) = re.findall(r"```yaml\n(  prod:\n.*?)```", page, re.DOTALL)
        configuration = self.project / "serverless.yml"
        described = configuration.read_text("utf-8")
        self.addCleanup(configuration.write_text, described, "utf-8")
        configuration.write_text(
            described.replace("\nprovider:", f"{block}\nprovider:", 1), "utf-8"
        )
        for given, issuer in {
            "": "https://id.example.com",
            "--param=issuer=https://other.example": "https://other.example",
        }.items():
            said = osls(self.project, "print", "--stage", "prod", *given.split())
            self.assertIn(f"ISSUER: {issuer}\n", said)
            self.assertIn("Endpoint: operator@example.com\n", said)

    def test_region(self) -> None:
        """The region of a stage is told by the variables that AWS's own tools read."""
        for given, region in {
            "": "us-east-1",
            "AWS_DEFAULT_REGION=eu-west-1": "eu-west-1",
            "AWS_DEFAULT_REGION=eu-west-1 AWS_REGION=eu-west-2": "eu-west-2",
        }.items():
            variables = dict(each.split("=") for each in given.split())
            said = osls(self.project, "print", "--path", "provider.region", **variables)
            self.assertEqual(said.strip().splitlines()[-1], region)

    def test_stage(self) -> None:
        """So is the name of a stage that is none; one of 20 letters is the longest."""
        for target in ("deploy", "info", "remove", "rollback", "erase"):
            self.assert_no_stage(target, "my prod")
        for name in ("", "bad_stage", "-x", "4", "it's", 'a"b', "a;b", "a" * 21):
            self.assert_no_stage("deploy", name)
        self.assertIn("make deploy", make(self.project, "help", f"STAGE={'a' * 20}"))

    def assert_no_stage(self, target: str, name: str) -> None:
        with self.subTest(target, name=name):
            with self.assertRaises(AssertionError) as caught:
                make(self.project, target, f"STAGE={name}", **NOWHERE)
            _, said = str(caught.exception).splitlines()
            self.assertIn("*** The name of a stage is a letter and up to 19 more ", said)
            self.assertIn(f' and not "{name}". ', said)

    def test_values(self) -> None:
        """So is a parameter without a value, or with spaces around its `=`."""
        for given in ("rate", "rate=", "rate = 50", "waf=true rate =50"):
            with self.subTest(given), self.assertRaisesRegex(AssertionError, 'and not "rate=?"'):
                make(self.project, "deploy", f"PARAMS={given}", **NOWHERE)

    def test_make(self) -> None:
        """`make deploy STAGE=prod` says the same."""
        with self.assertRaisesRegex(AssertionError, re.escape(NEEDED)):
            make(self.project, "deploy", "STAGE=prod", **NOWHERE)
        self.assertFalse((self.project / ".serverless").exists())
