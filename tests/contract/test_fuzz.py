"""Thousands of requests, in keeping with the contract and against it: every answer is as it says.

Another seed or number of cases is given as `make test-contract SEED=2 CASES=1000`.
"""

import os
from itertools import chain
from pathlib import Path
from unittest import TestCase

from tests.contract.beyond import settings
from tests.contract.programs import run
from tests.support.issuing import ALL, issuing
from tests.support.servers import gateway_server, wsgi_server
from tests.support.service import Service, fresh_settings
from users_api.app import RESOURCES

HERE = Path(__file__).parent
REPORTS = HERE.parent.parent / ".local" / "contract"


class FuzzTest(TestCase):
    """Schemathesis, with all its checks, phases and warnings."""

    def fuzz(self, url: str, report: str, **headers: str) -> None:
        """Fuzz the service at a URL, and keep what the fuzzer says as a report."""
        sent = chain.from_iterable(("--header", f"{name}: {headers[name]}") for name in headers)
        options = {
            "--checks": "all",
            "--phases": "examples,coverage,fuzzing,stateful",
            "--seed": os.environ.get("SEED", "1"),
            "--max-examples": os.environ.get("CASES", "500"),
        }
        of_all = (HERE / "schemathesis.toml").read_text("utf-8")
        (REPORTS / "schemathesis.toml").write_text(of_all + settings(RESOURCES), "utf-8")
        said = run(
            *("schemathesis", "--config-file", REPORTS / "schemathesis.toml", "run", "--no-color"),
            *(*chain.from_iterable(options.items()), *sent),
            f"{url}/openapi.json",
            SCHEMATHESIS_HOOKS="tests.contract.hooks",
        )
        (REPORTS / report).write_text(said.stdout, "utf-8")
        self.assertEqual(said.returncode, 0, said.stdout)

    def test_wsgi(self) -> None:
        """The application under a WSGI server keeps the contract, with plain failures."""
        with wsgi_server(Service().app) as url:
            self.fuzz(url, "fuzz-wsgi.txt")

    def test_rest_api(self) -> None:
        """On Lambda behind an API Gateway it does, too, with failures as problem details."""
        with gateway_server(Service().app) as url:
            self.fuzz(url, "fuzz-rest-api.txt", Accept="application/problem+json")

    def test_token(self) -> None:
        """With a token it does as well; without one, or with a bad one, every call is refused."""
        service = Service(fresh_settings(ACCESS="token"))
        with issuing() as ours, wsgi_server(ours.gateway(service.app)) as url:
            token = ours.token("ada", ALL)
            self.fuzz(url, "fuzz-token.txt", Authorization=f"Bearer {token}")
