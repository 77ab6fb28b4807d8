"""A client generated from the contract."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from local import openapi
from tests.contract.programs import run
from tests.support.issuing import ALL, issuing
from tests.support.servers import gateway_server, wsgi_server
from tests.support.service import Service, fresh_settings

JOURNEY = Path(__file__).parent / "journey.py"


class ClientTest(TestCase):
    """The typed Python client that `openapi-python-client` makes."""

    folder: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = cls.enterClassContext(TemporaryDirectory())
        command = ["openapi-python-client", "generate", "--fail-on-warning", "--meta", "none"]
        package = f"{cls.folder}/users_client"
        said = run(*command, "--path", openapi.write(), "--output-path", package)
        assert said.returncode == 0, said.stdout

    def test_types(self) -> None:
        """A program that uses the client is right by the strictest rules of mypy."""
        strict = ["--config-file=", "--strict", "--follow-imports=silent"]
        said = run("mypy", *strict, "--cache-dir", self.folder, JOURNEY, MYPYPATH=self.folder)
        self.assertEqual(said.returncode, 0, said.stdout)

    def test_journey(self) -> None:
        """The program does with the running service all that there is to do."""
        for server in [wsgi_server, gateway_server]:
            with self.subTest(server.__name__), server(Service().app) as url:
                self.go(url, "none")

    def test_journey_with_a_token(self) -> None:
        """It does so with a token, too, where one is asked for."""
        service = Service(fresh_settings(ACCESS="token"))
        with issuing() as ours, wsgi_server(ours.gateway(service.app)) as url:
            self.go(url, ours.token("ada", ALL))

    def go(self, url: str, token: str) -> None:
        """Run the program."""
        said = run(sys.executable, JOURNEY, url, token, PYTHONPATH=self.folder)
        self.assertEqual(said.returncode, 0, said.stdout)
