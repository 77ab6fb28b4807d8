"""An AWS of our own on this machine (moto)."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

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
    aws = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
