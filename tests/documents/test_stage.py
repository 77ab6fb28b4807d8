"""The commands for a stage, on an AWS of our own (moto): each page from its first to its last."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from tests.documents.claims import claimed
from tests.documents.pages import PAGES
from tests.documents.terminal import Terminal
from tests.support.aws import CREDENTIALS, REGION, running_aws

PROD = "  prod: {rollout: 'off'}\n\nprovider:"  # for moto can call no alias
RUNBOOK = "docs/runbook.md"  # whose commands are for a stage that has these:
OF_THE_RUNBOOK = "issuer: https://id.example.com, audience: users-api, "
NEEDS_AN_ALIAS = re.compile("rollout=atOnce")
SHOWN = {
    "deploy": r"(?s)https://\w+\.execute-api\..*\nat rest: |No changes",
    "info": r"https://\w+\.execute-api\.",
    "remove": "successfully removed",
    "package": "Service packaged",
    "local": "Could not find user with provided",  # as there is none yet
}


class StageTest(TestCase):
    """A copy of the project, without the requirements, which take time to package."""

    def setUp(self) -> None:
        aws = self.enterContext(running_aws())
        folder = Path(self.enterContext(TemporaryDirectory()))
        self.terminal = Terminal(
            folder,
            AWS_ENDPOINT_URL=aws,
            AWS_ENDPOINT_URL_DYNAMODB=aws,
            AWS_REGION=REGION,
            SLS_AWS_MONITORING_FREQUENCY="200",  # milliseconds: looks often whether it is done
            **CREDENTIALS,
        )
        for name in ("requirements.txt", "authorizer/requirements.txt"):
            (self.terminal.project / name).write_text("")
        self.configure("\nprovider:", PROD)

    def configure(self, before: str, after: str) -> None:
        """Change serverless.yml."""
        configuration = self.terminal.project / "serverless.yml"
        described = configuration.read_text("utf-8")
        configuration.write_text(described.replace(before, after, 1), "utf-8")

    def test_commands(self) -> None:
        """Each ends well, and says what it has done."""
        tried = set()
        for page in sorted(PAGES, key=RUNBOOK.__eq__):  # which comes last
            if page == RUNBOOK:
                self.configure("prod: {", "prod: {" + OF_THE_RUNBOOK)
            for command, _ in claimed("stage", page):
                if command not in tried:
                    tried.add(command)
                    with self.subTest(command):
                        self.follow(command)

    def follow(self, command: str) -> None:
        if NEEDS_AN_ALIAS.search(command):  # as far as the template
            command = command.replace(" deploy ", " package ")
        answers = {"Type the name of the stage to remove it": "dev"}
        said = self.terminal.run(command, answers)
        for word in SHOWN.keys() & set(command.split()):
            self.assertRegex(said, SHOWN[word])
        if command.startswith("make package"):
            self.assertRegex(said, r"\nFor Lambda: \.serverless/\S+\.zip")
