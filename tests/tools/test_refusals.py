"""Commands that AWS does not answer as they need it: one sentence."""

import subprocess
import sys

from botocore.exceptions import ClientError

from tests.support.aws import AwsTest
from tests.support.osls import PROJECT, environment
from tools.refusals import sentence


class RefusalsTest(AwsTest):
    """A stage on an AWS of our own that has none."""

    def said(self, **variables: str) -> str:
        """Return what `verify` says."""
        settings = self.variables() | {"AWS_EC2_METADATA_DISABLED": "true"} | variables
        finished = subprocess.run(
            [sys.executable, "-W", "error", "-m", "tools", "verify", "--stage", "prod"],
            cwd=PROJECT,
            env=environment(**settings),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual((finished.returncode, finished.stdout), (1, ""))
        return finished.stderr

    def test_no_stage(self) -> None:
        """They say where they looked, which is where `make deploy` puts a stage."""
        there = (
            "There is no table users-table-prod in {}: "
            "stage prod is not there, or the table was deleted (docs/restore.md).\n"
        )
        for region, variables in {
            "us-west-2": {"AWS_REGION": "us-west-2"},
            "us-west-1": {"AWS_REGION": "", "AWS_DEFAULT_REGION": "us-west-1"},
            "us-east-1": {"AWS_REGION": "", "AWS_DEFAULT_REGION": ""},
        }.items():
            with self.subTest(region):
                self.assertEqual(self.said(**variables), there.format(region))

    def test_no_credentials(self) -> None:
        """They ask for credentials as `make deploy` does."""
        nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "HOME": "/nowhere"}
        said = self.said(**nobody)
        self.assertRegex(said, r"^There are no AWS credentials: set AWS_PROFILE, or .*\.\n$")
        profile = self.said(**nobody, AWS_PROFILE="nobody")
        self.assertRegex(profile, r"^AWS cannot be reached: .*\(nobody\) could not be found\n$")

    def test_expired(self) -> None:
        """Of credentials that are not accepted they say what AWS says, and so of other refusals."""
        said = {"Code": "ExpiredTokenException", "Message": "The token is expired"}
        error = ClientError({"Error": said}, "DescribeTable")
        expected = "AWS does not accept the credentials (The token is expired)."
        self.assertEqual(sentence(error, "nothing"), expected)
        error = ClientError({"Error": said | {"Code": "AccessDeniedException"}}, "DescribeTable")
        self.assertRegex(sentence(error, "nothing"), r"^AWS refuses: .*AccessDenied")
