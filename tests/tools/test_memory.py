"""What a command holds in memory, next to what it works on."""

import json
import subprocess
import sys
from pathlib import Path

from tests.tools.commands import PROJECT, ToolsTest
from tests.tools.people import people

FEW, MANY = 4_000, 16_000  # the few are two pages of each segment, and some windows of an import
LONGEST_NAME = "\U0001f680" * 256

REPORTING = """
import sys
from pathlib import Path
from tools.commands import run
code = run(*sys.argv[1:])
print(Path("/proc/self/status").read_text("ascii").partition("VmHWM:")[2].split()[0])
sys.exit(code)
"""


class MemoryTest(ToolsTest):
    """Commands on a small and on a large table."""

    def peak(self, command: str, *arguments: object) -> int:
        """Run a command in a process of its own; return its largest resident set, in bytes."""
        line = [sys.executable, "-c", REPORTING, *self.arguments(command, *arguments)]
        output = subprocess.check_output(line, cwd=PROJECT, stderr=subprocess.DEVNULL)
        return int(output.split()[-1]) * 1024

    def large(self, number: int) -> Path:
        """Return a file of users with long names."""
        users = (each | {"name": LONGEST_NAME} for each in people(number))
        lines = (json.dumps(each, ensure_ascii=False) for each in users)
        return self.file(f"{number}.jsonl", "\n".join(lines))

    def peaks(self, file: Path) -> dict[str, int]:
        """Run each command on a stage that gets the users of a file; return what it holds."""
        self.fresh()
        return {
            "import": self.peak("import", file),
            "export": self.peak("export", file.with_suffix("")),
            "verify": self.peak("verify"),
            "erase": self.peak("erase", "p0-0", "--yes"),
        }

    def test_constant(self) -> None:
        """Of four times as many users no more are held: less is added than the text of the rest."""
        few, many = self.large(FEW), self.large(MANY)
        more = many.stat().st_size - few.stat().st_size
        before, after = self.peaks(few), self.peaks(many)
        for command, peak in after.items():
            with self.subTest(command):
                self.assertLess(peak - before[command], more)
