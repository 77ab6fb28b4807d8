"""Ties a process to its parent: when the parent ends, however it ends, so does the process.

`python local/leash.py PARENT PROGRAM ARGUMENT...` becomes PROGRAM, tied to the process PARENT.
"""

import ctypes
import os
import signal
import sys
import time
from typing import NoReturn

_PR_SET_PDEATHSIG = 1
_SECONDS_BETWEEN_LOOKS = 0.1
_OPEN_FILES = 1024  # more than any process has that is tied


def tie_to(parent: int, *, by_kernel: bool = sys.platform == "linux") -> None:
    """Have this process killed when its parent ends, even by SIGKILL.

    Args:
        parent: The process id of the parent; this process exits when it is gone already.
        by_kernel: Whether the kernel does it, as only Linux offers; else a process that watches.

    """
    if by_kernel:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
    tied = os.getpid()
    if not by_kernel and os.fork() == 0:
        _watch(tied, parent)


def _watch(tied: int, parent: int) -> NoReturn:
    """Kill the process `tied`, whose child this one is, when its parent ends; end with it."""
    os.setsid()  # Ctrl-C is not for this one
    os.closerange(0, _OPEN_FILES)  # nobody waits for it, and it holds no lock
    while os.getppid() == tied:
        if not _is_there(parent):
            os.kill(tied, signal.SIGKILL)
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    os._exit(0)


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    tie_to(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - to run a program is what this is for
