"""Programs that these tests run."""

import os
import subprocess
from pathlib import Path

SECONDS = 1800  # the longest run of any


def run(*command: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a program, with these variables set; return its exit code and all that it said."""
    return subprocess.run(
        command,
        env=os.environ | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
