"""Commands that are ended in the middle, and that meet a DynamoDB in trouble."""

import io
import json
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr
from random import Random

from tests.faults.invariants import assert_invariants
from tests.support.service import engine
from tests.support.wire import Plan, Request, Wire, tapped
from tests.support.wire_faults import MISTAKES, TROUBLES
from tests.tools.commands import ToolsTest
from tests.tools.people import lines, people
from tools.commands import run

MANY = 3_000
POINTS = 10  # at which an import is killed, and as many for an export
SLOWLY = ("--rate", "20")  # in pages of 20: too many to be done before the last is killed
READS = ("Scan", "BatchGetItem", "TransactGetItems")
TRANSACT, PUT, SCAN = "TransactWriteItems", "PutItem", "Scan"


def without_ids(number: int) -> str:
    """Return users without their ids, as JSON Lines."""
    return "".join(
        json.dumps({name: each[name] for name in each if name != "userId"}) + "\n"
        for each in people(number)
    )


class EndedTest(ToolsTest):
    """A command that is ended, however it is, and given again."""

    wire: Wire

    def setUp(self) -> None:
        super().setUp()
        self.wire = self.enterContext(tapped(engine()))
        self.through(self.wire.url)

    def ended(self, ending: signal.Signals, plan: Plan, command: str, *arguments: object) -> int:
        """Start a command that gets a signal when a request comes; return its exit code."""
        process: subprocess.Popen[bytes] | None = None

        def end(request: Request) -> Iterator[bytes]:
            assert process
            process.send_signal(ending)
            yield request.answer

        self.wire.follow(plan._replace(fault=end))
        process = self.start(command, *arguments, stderr=subprocess.DEVNULL)
        return process.wait()

    def test_import(self) -> None:
        """An import that is killed again and again comes to the same as one that is not."""
        file = self.file("people.jsonl", lines(MANY) + "nonsense\n")
        random = Random(1)
        for number in range(POINTS):
            kind, request = random.choice([TRANSACT, PUT]), random.randint(1, 10 + 10 * number)
            plan = Plan(TROUBLES["closed"], kind, request, delivered=number % 2 == 0)
            self.assertEqual(self.ended(signal.SIGKILL, plan, "import", file), -signal.SIGKILL)
        self.wire.follow()
        self.assertIn("1 rejected", self.tool("import", file, code=1).said)
        rejected = (self.folder / "people.jsonl.rejected").read_text("utf-8")
        self.assertEqual(rejected.count("\n"), 1)
        self.assertEqual(self.users(), {each["userId"]: each for each in people(MANY)})
        assert_invariants(self.service)

    def test_import_without_ids(self) -> None:
        """So does one whose lines have no ids: each becomes one user."""
        file = self.file("people.jsonl", without_ids(MANY))
        for number in range(POINTS):
            plan = Plan(TROUBLES["closed"], TRANSACT, 1 + 20 * number, delivered=number % 2 == 0)
            self.assertEqual(self.ended(signal.SIGKILL, plan, "import", file), -signal.SIGKILL)
        self.wire.follow()
        self.assertIn("Resuming", self.tool("import", file).said)
        self.assertFalse((self.folder / "people.jsonl.rejected").exists())
        stored = Counter((each["name"], each.get("email")) for each in self.users().values())
        self.assertEqual(
            stored, Counter((each["name"], each.get("email")) for each in people(MANY))
        )
        assert_invariants(self.service)

    def test_export(self) -> None:
        """So it is with an export."""
        self.tool("import", self.file("people.jsonl", lines(MANY)))
        whole, folder = self.exported("whole"), self.folder / "killed"
        random = Random(2)
        for number in range(POINTS):
            plan = Plan(TROUBLES["closed"], SCAN, random.randint(1, 4), delivered=number % 2 == 0)
            code = self.ended(signal.SIGKILL, plan, "export", folder, *SLOWLY)
            self.assertEqual(code, -signal.SIGKILL)
        self.wire.follow()
        self.assertEqual(self.exported("killed"), whole)
        files = sorted(path.name for path in folder.iterdir())
        self.assertEqual(files, ["manifest.json", "users.jsonl"])
        written = (folder / "users.jsonl").read_text("utf-8").splitlines()
        self.assertEqual(sorted(written), sorted(set(written)))

    def test_gently(self) -> None:
        """Ctrl-C, and a signal that asks to end, end a command with its own exit code."""
        self.tool("import", self.file("people.jsonl", lines(MANY)))
        whole, folder = self.exported("whole"), self.folder / "ended"
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            plan = Plan(TROUBLES["closed"], SCAN, 3, delivered=True)
            self.assertEqual(self.ended(ending, plan, "export", folder, *SLOWLY), 130)
        self.wire.follow()
        self.assertEqual(self.exported("ended"), whole)

    def test_flags(self) -> None:
        """An import that was ended goes on where its flags are the same."""
        file = self.file("people.jsonl", lines(MANY))
        flags = [flag for name in "abcdefgh" for flag in ("--ignore", name)]
        plan = Plan(TROUBLES["closed"], TRANSACT, 200, delivered=True)
        self.ended(signal.SIGKILL, plan, "import", file, *flags)
        self.wire.follow()
        self.assertIn("Resuming", self.tool("import", file, *flags).said)

    def test_another_table(self) -> None:
        """An import that was ended begins anew where the tables are others."""
        file = self.file("people.jsonl", lines(MANY))
        plan = Plan(TROUBLES["closed"], TRANSACT, 200, delivered=True)
        self.ended(signal.SIGKILL, plan, "import", file)
        self.wire.follow()
        self.assertTrue((self.folder / "people.jsonl.rejected.progress").exists())
        self.fresh()
        self.assertIn(f"{MANY:,} added", self.tool("import", file).said)


class TroubleTest(ToolsTest):
    """A DynamoDB that fails."""

    def test_none(self) -> None:
        """Of one that is not there, that is said."""
        file = self.file("users.jsonl", lines(1))
        url = "http://127.0.0.1:1"
        self.through(url)
        said = f"There is no DynamoDB at {url} that can be used (ConnectionException).\n"
        export = ["export", str(self.folder / "a")]
        for arguments in (["import", str(file)], export, ["erase", "ada"], ["verify"]):
            with self.subTest(arguments[0]), redirect_stderr(io.StringIO()) as heard:
                self.assertEqual(run(*arguments), 1)
                self.assertEqual(heard.getvalue(), said)

    def test_passing(self) -> None:
        """Trouble that passes changes nothing."""
        for name, fault in TROUBLES.items():
            for delivered in (True, False):
                with self.subTest(name, delivered=delivered), tapped(engine()) as wire:
                    self.fresh()
                    self.through(wire.url)
                    file = self.file("people.jsonl", lines(120))
                    plans = [Plan(fault, each, 2, delivered=delivered) for each in (TRANSACT, PUT)]
                    wire.follow(*plans)
                    self.assertIn("120 added", self.tool("import", file).said)
                    wire.follow(Plan(fault, SCAN, 2, delivered=delivered))
                    folder = f"{name} {delivered}"
                    self.assertEqual(self.exported(folder)["records"], 120)
                    assert_invariants(self.service)
                    wire.follow(*(Plan(fault, each, delivered=delivered) for each in READS))
                    self.tool("verify")
                    wire.follow(Plan(fault, TRANSACT, delivered=delivered))
                    said = self.tool("erase", "p0-1", "--yes").said
                    self.assertIn("Left in all tables: nothing.", said)
                    self.assertEqual(len(self.users()), 119)
                    assert_invariants(self.service)

    def test_lasting(self) -> None:
        """What cannot pass is told in one sentence."""
        file = self.file("people.jsonl", lines(120))
        for name, fault in MISTAKES.items():
            with self.subTest(name), tapped(engine()) as wire:
                self.through(wire.url)
                wire.follow(Plan(fault, TRANSACT, lasting=True), Plan(fault, SCAN, lasting=True))
                said = self.tool("import", file, code=1).said.splitlines()
                self.assertRegex(said[-1], r"^DynamoDB refuses: \w+ in TransactWriteItems\.$")
                said = self.tool("export", self.folder / name, code=1).said.splitlines()
                self.assertRegex(said[-1], r"^DynamoDB refuses: \w+ in Scan\.$")
