"""Processes that end with their parent, with the help of Linux and without."""

import os
import subprocess
import sys
from unittest import TestCase

from tests.run.newcomer import processes, until

WAYS = {"by the kernel": True, "by a process": False} if sys.platform == "linux" else {"": False}
NOBODY = 2**22 + 1  # no process has this id: Linux's largest is one less, that of macOS 99998
TIED = """
import os, signal, sys
from local.leash import tie_to
signal.signal(signal.SIGALRM, lambda *_: (print("still here", flush=True), os._exit(1)))
signal.alarm(20)
tie_to(int(sys.argv[1]), by_kernel=sys.argv[2] == "True")
print("tied", flush=True)
sys.stdin.read()
"""
PARENT = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid()), sys.argv[2]])
time.sleep(60)
"""


def started(*arguments: str) -> subprocess.Popen[bytes]:
    """Start a program of Python's."""
    command = [sys.executable, "-c", *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


class LeashTest(TestCase):
    """A process that is tied to its parent."""

    def test_killed_parent(self) -> None:
        """It ends when its parent is killed."""
        for way, by_kernel in WAYS.items():
            with self.subTest(way), started(PARENT, TIED, str(by_kernel)) as parent:
                assert parent.stdout
                self.assertEqual(parent.stdout.readline(), b"tied\n")
                parent.kill()
                parent.wait()
                self.assertEqual(parent.stdout.read(), b"")  # which waits for the child's end

    def test_parent_is_gone(self) -> None:
        """It ends at once when its parent is gone already."""
        for way, by_kernel in WAYS.items():
            with self.subTest(way), started(TIED, str(NOBODY), str(by_kernel)) as tied:
                self.assertNotEqual(tied.wait(), 0)

    def test_watcher(self) -> None:
        """The process that watches another ends with it."""
        with started(TIED, str(os.getpid()), "False") as tied:
            assert tied.stdout
            self.assertEqual(tied.stdout.readline(), b"tied\n")
            (watcher,) = [each.pid for each in processes().values() if each.parent == tied.pid]
            tied.communicate()
            self.assertEqual(tied.returncode, 0)
        until(lambda: watcher not in processes(), otherwise="it is there")
