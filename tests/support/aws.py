"""An AWS of our own on this machine (moto)."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any
from unittest import TestCase

import boto3

from local.engine import answers

REGION = "eu-west-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
SECONDS_TO_START = 60
SECONDS_TO_END = 30


@contextmanager
def running_aws() -> Iterator[str]:
    """Run an AWS, empty at first, and yield its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with TemporaryDirectory() as folder:
        record = {"MOTO_RECORDER_FILEPATH": f"{folder}/requests"}  # once it is told to
        aws = subprocess.Popen(
            command,
            env=os.environ | record,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + SECONDS_TO_START
            while not answers("127.0.0.1", port):
                if aws.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError("moto did not start")
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            aws.terminate()
            aws.wait(SECONDS_TO_END)


class AwsTest(TestCase):
    """Tests with one AWS, at the URL `aws`."""

    aws: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.aws = cls.enterClassContext(running_aws())

    @classmethod
    def variables(cls) -> dict[str, str]:
        """Return the environment in which a program finds that AWS, and osls looks at it often."""
        region = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
        often = {"SLS_AWS_MONITORING_FREQUENCY": "200"}
        return CREDENTIALS | region | often | {"AWS_ENDPOINT_URL": cls.aws}

    def client(self, service: str) -> Any:
        """Return a client of one of the services of that AWS."""
        credentials = {name.lower(): value for name, value in CREDENTIALS.items()}
        client = boto3.client(service, region_name=REGION, endpoint_url=self.aws, **credentials)
        self.addCleanup(client.close)
        return client
