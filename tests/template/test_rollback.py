"""`make rollback`: back to an earlier version, on an AWS of our own."""

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

    def rollback(self, deployments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        version = variables.pop("VERSION", "")
        settings = self.variables() | {"AWS_DEFAULT_REGION": ""} | variables
        settings["AWS_ENDPOINT_URL_CODEDEPLOY"] = deployments
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", "tools.rollback", "prod", version],
            cwd=PROJECT,
            env=environment(**settings, AWS_EC2_METADATA_DISABLED="true"),
            capture_output=True,
            text=True,
            check=False,
        )

    def test_after_a_roll_out(self) -> None:
        """It goes to the version that is named, in either direction."""
        self.create_alias()
        url, _ = self.enterContext(codedeploy())
        for version in ("1", "2", "1"):
            finished = self.rollback(url, VERSION=version)
            self.assertIn(f"to version {version}, ", finished.stdout, finished.stderr)
            self.assertEqual(self.live(), version)
        again = self.rollback(url, VERSION="1")
        self.assertEqual(again.stdout, "Version 1 has the traffic already.\n", again.stderr)

    def test_without_a_version(self) -> None:
        """Without a version, or with one that there is not, it lists them and moves nothing."""
        self.create_alias()
        url, _ = self.enterContext(codedeploy())
        for version, unknown in {"": "", "9": r"There is no version 9\. "}.items():
            finished = self.rollback(url, VERSION=version)
            self.assertEqual((finished.returncode, finished.stdout), (1, ""))
            line = r"\n +{} +published 20\d\d-\d\d-\d\dT\d\d:\d\d"
            listed = line.format(3) + " <- has the traffic" + line.format(2) + line.format(1)
            self.assertRegex(finished.stderr, rf"^{unknown}Say where to: .*{listed}\n$")
            self.assertEqual(self.live(), "3")

    def test_during_a_roll_out(self) -> None:
        """A roll-out that is under way is stopped, and CodeDeploy sends the traffic back."""
        self.create_alias()
        url, stopped = self.enterContext(codedeploy("d-ABCDEF123"))
        finished = self.rollback(url)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertEqual(stopped, [{"deploymentId": "d-ABCDEF123", "autoRollbackEnabled": True}])
        self.assertEqual(self.live(), "3")

    def test_refusals(self) -> None:
        """What cannot be is told in a sentence."""
        url, _ = self.enterContext(codedeploy())
        nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        for sentence, variables in {
            "There is no alias `live` to move.": {},
            "There is no stage prod in us-west-2 (no function users-api-prod-api).": {
                "AWS_REGION": "us-west-2"
            },
            "There is no stage prod in us-west-1": {
                "AWS_REGION": "",
                "AWS_DEFAULT_REGION": "us-west-1",
            },
            "There are no AWS credentials": nobody,
            "AWS cannot be reached": {
                "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
                "AWS_MAX_ATTEMPTS": "1",
            },
        }.items():
            with self.subTest(sentence):
                finished = self.rollback(url, **variables)
                self.assertEqual(finished.returncode, 1)
                self.assertIn(sentence, finished.stderr)
                self.assertEqual(finished.stderr.count("\n"), 1)
