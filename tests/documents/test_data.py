"""The commands of docs/tools.md, on the data of a laptop and on a stage that keeps its data."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

import boto3

from local.tables import create_missing, environment
from tests.documents.claims import claimed
from tests.documents.pages import PAGES
from tests.documents.terminal import Terminal
from tests.support.aws import CREDENTIALS, REGION, running_aws
from tests.support.service import Service
from users_api.app import RESOURCES
from users_api.config import Settings

ADA = {"userId": "ada", "name": "Ada", "email": "ada@example.com"}
ANSWERS = {"Its name, to write to it": "prod", "[y/N]": "y"}


def with_all_tables(line: str) -> str:
    """Return a line of the page, which knows no other resources, as it is printed with all."""
    names = "".join(f"{each.name}, " for each in RESOURCES)
    units = 2 * (len(RESOURCES) + 2)
    return line.replace("users, ", names).replace(" 6 read units", f" {units} read units")


class DataTest(TestCase):
    """A laptop, and stage `prod` in an AWS of our own (moto)."""

    def setUp(self) -> None:
        self.aws = self.enterContext(running_aws())
        variables = CREDENTIALS | {"AWS_REGION": REGION}
        self.laptop = Terminal(self.folder())
        self.stage = Terminal(self.folder(), AWS_ENDPOINT_URL=self.aws, **variables)
        os.environ.update(variables)  # for the service, below
        for name in variables:
            self.addCleanup(os.environ.pop, name)

    def folder(self) -> Path:
        return Path(self.enterContext(TemporaryDirectory()))

    def create_ada(self) -> None:
        """Create the person of the page: on the stage, and in a file for the laptop."""
        csv = "\n".join([",".join(ADA), ",".join(ADA.values()), ""])
        (self.laptop.project / "users.csv").write_text(csv, "utf-8")
        self.laptop.run("make import FILE=users.csv")
        create_missing(self.aws, "prod")
        client = boto3.client("dynamodb", region_name=REGION, endpoint_url=self.aws)
        for name in client.list_tables()["TableNames"]:
            client.update_continuous_backups(
                TableName=name,
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
            )
        client.close()
        variables = {"AWS_ENDPOINT_URL_DYNAMODB": self.aws, "ACCESS": "open"}
        settings = Settings.from_environment(variables | os.environ | environment("prod"))
        answer = Service(settings).call("POST", "/users", ADA, Idempotency_Key="key")
        self.assertEqual(answer.status, 201, answer.body)

    def test_commands(self) -> None:
        """Each ends well, and shows what stands beneath it."""
        self.create_ada()
        for page in PAGES:
            for command, shown in claimed("data", page):
                with self.subTest(command):
                    terminal = self.stage if "STAGE=prod" in command else self.laptop
                    said = terminal.run(command.replace("COMMAND", "import"), ANSWERS)
                    for line in shown.splitlines():
                        self.assertIn(with_all_tables(line), said)
