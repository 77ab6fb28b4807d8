"""`make rollback`: back to the version before, on an AWS of our own."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from zipfile import ZipFile

from tests.support.aws import AwsTest
from tests.support.osls import PROJECT, environment

FUNCTION = "users-api-prod-api"
ROLLBACK = PROJECT / "infra" / "rollback.py"


def code(text: str) -> bytes:
    """Return a zip with a module."""
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("h.py", text)
    return file.getvalue()


@contextmanager
def codedeploy(*under_way: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Answer as CodeDeploy with these deployments under way; yield the URL and what was stopped."""
    stopped: list[dict[str, Any]] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer: dict[str, Any] = {"deployments": under_way}
            if self.headers["X-Amz-Target"].endswith(".StopDeployment"):
                stopped.append(body)
                answer = {"status": "Pending"}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", stopped
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class RollbackTest(AwsTest):
    """A function with three versions, the last of which gets all traffic."""

    def setUp(self) -> None:
        self.lambda_ = self.client("lambda")
        iam = self.client("iam")
        role = iam.create_role(RoleName="role", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        self.addCleanup(iam.delete_role, RoleName="role")
        self.lambda_.create_function(
            FunctionName=FUNCTION,
            Runtime="python3.13",
            Role=role,
            Handler="h.h",
            Code={"ZipFile": code("1")},
            Publish=True,
        )
        self.addCleanup(self.lambda_.delete_function, FunctionName=FUNCTION)
        for text in ("2", "3"):
            self.lambda_.update_function_code(
                FunctionName=FUNCTION, ZipFile=code(text), Publish=True
            )

    def create_alias(self) -> None:
        self.lambda_.create_alias(FunctionName=FUNCTION, Name="live", FunctionVersion="3")

    def live(self) -> str:
        alias = self.lambda_.get_alias(FunctionName=FUNCTION, Name="live")
        return str(alias["FunctionVersion"])

    def rollback(self, deployments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "error", str(ROLLBACK), "prod"],
            env=environment(**self.variables(), AWS_ENDPOINT_URL_CODEDEPLOY=deployments),
            capture_output=True,
            text=True,
            check=False,
        )

    def test_after_a_roll_out(self) -> None:
        """It goes back one version each time, until there is none."""
        self.create_alias()
        url, _ = self.enterContext(codedeploy())
        for version in ("2", "1"):
            finished = self.rollback(url)
            self.assertIn(f"to version {version} again", finished.stdout, finished.stderr)
            self.assertEqual(self.live(), version)
        finished = self.rollback(url)
        self.assertEqual(
            (finished.returncode, finished.stderr), (1, "There is no version before 1.\n")
        )

    def test_during_a_roll_out(self) -> None:
        """A roll-out that is under way is stopped, and CodeDeploy sends the traffic back."""
        self.create_alias()
        url, stopped = self.enterContext(codedeploy("d-ABCDEF123"))
        finished = self.rollback(url)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertEqual(stopped, [{"deploymentId": "d-ABCDEF123", "autoRollbackEnabled": True}])
        self.assertEqual(self.live(), "3")

    def test_without_an_alias(self) -> None:
        """A stage without roll-outs is told what to do instead."""
        url, _ = self.enterContext(codedeploy())
        finished = self.rollback(url)
        self.assertEqual(finished.returncode, 1)
        self.assertIn("deploy the commit before", finished.stderr)
