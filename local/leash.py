"""Ties a process to its parent: when the parent ends, however it ends, so does the process.

`python local/leash.py PARENT PROGRAM ARGUMENT...` becomes PROGRAM, tied to the process PARENT.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def tie_to(parent: int) -> None:
    """Have this process killed when its parent ends, even by SIGKILL.

    Only Linux offers this; elsewhere the parent's own clean-up has to do.

    Args:
        parent: The process id of the parent; this process exits when it is gone already.

    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    tie_to(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - to run a program is what this is for
