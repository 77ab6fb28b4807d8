"""Import: what is taken, what is refused, and what becomes of conflicts."""

import io
import json
import os
from contextlib import redirect_stderr
from typing import Any

from tests.faults.invariants import assert_invariants
from tests.tools.commands import ToolsTest
from tests.tools.people import lines
from tools.commands import run

EMAIL = "must be an e-mail address of at most 254 ASCII characters, such as john@example.com"
NAME = "must be 1 to 256 characters, not all of them blank, none of them a control character"
NO_OBJECT = "is not a JSON object in UTF-8 that has each name once"
NO_ROW = (
    "is not a row of CSV in UTF-8, with as many cells as the first line, "
    "each of at most 131072 characters"
)
UNKNOWN = "is not a known field"
GOOD = '{"userId": "good", "name": "Good"}\n'


class ImportTest(ToolsTest):
    """Tests of import."""

    def rejected(self, name: str) -> dict[int, dict[str, str]]:
        """Return what is wrong with which lines of a file."""
        found = (self.folder / f"{name}.rejected").read_text("utf-8").splitlines()
        return {
            line["line"]: {each["field"]: each["message"] for each in line["errors"]}
            for line in map(json.loads, found)
        }

    def taken(self) -> str:
        """Return an e-mail address that is taken."""
        return next(str(item["email"]) for item in self.stored() if "email" in item)


class BadLinesTest(ImportTest):
    """Lines that the rules of the API refuse."""

    def test_json_lines(self) -> None:
        """Each bad line is told with its number and every bad field; the others are imported."""
        bad: list[tuple[str, dict[str, str]]] = [
            ('{"name": 1, "email": "x", "odd": 1}', {"name": NAME, "email": EMAIL, "odd": UNKNOWN}),
            ('{"userId": "a"}', {"name": "is required"}),
            ('{"name": "a", "name": "b"}', {"": NO_OBJECT}),
            ("[1]", {"": NO_OBJECT}),
            ("nonsense", {"": NO_OBJECT}),
            ('{"name": "a", "version": 1}', {"version": UNKNOWN}),
            ('{"name": "' + "a" * 70_000 + '"}', {"": "is longer than 65536 bytes"}),
            ('{"name": "a", "email": null}', {"email": EMAIL}),
        ]
        self.file("x.jsonl", "\n".join(line for line, _ in bad) + f"\n\n{GOOD}")
        said = self.tool("import", self.folder / "x.jsonl", code=1).said
        self.assertIn(f"is in {self.folder / 'x.jsonl.rejected'}.", said)
        self.assertEqual(self.rejected("x.jsonl"), dict(enumerate((why for _, why in bad), 1)))
        self.assertEqual(list(self.users()), ["good"])

    def test_csv(self) -> None:
        """So it is with CSV, where an empty cell is none."""
        (self.folder / "x.csv").write_bytes(
            b"\xef\xbb\xbfuserId,name,email\ngood,Good,\nbad,,x\nbad,a,,more\nbad,\xff,\n"
            + b"a" * 131_073
        )
        self.tool("import", self.folder / "x.csv", code=1)
        row = {"": NO_ROW}
        wrong = {3: {"name": "is required", "email": EMAIL}, 4: row, 5: row, 6: row}
        self.assertEqual(self.rejected("x.csv"), wrong)
        self.assertEqual(self.users(), {"good": {"userId": "good", "name": "Good"}})

    def test_csv_lines(self) -> None:
        """A line of CSV that is no row costs no other line, and is told as it stands."""
        good = [f'g{each},"Good, or ""better""",' for each in range(3)]
        bad = ['q,"Opened,', "short,Bob", 'a,"b"c,', 'end,"Opened']
        written = ["userId,name,email", good[0], *bad[:3], good[1], "", good[2], bad[3]]
        file = self.file("y.csv", "\n".join(written))
        self.assertIn("3 added, 4 rejected", self.tool("import", file, code=1).said)
        found = (self.folder / "y.csv.rejected").read_text("utf-8").splitlines()
        told = [(each["line"], each["content"]) for each in map(json.loads, found)]
        self.assertEqual(told, list(zip((3, 4, 5, 9), bad, strict=True)))
        self.assertEqual({each["name"] for each in self.users().values()}, {'Good, or "better"'})

    def test_again(self) -> None:
        """A second import changes nothing, and tells the same of the same lines."""
        file = self.file("x.jsonl", lines(50) + "nonsense\n" + GOOD)
        self.tool("import", file, code=1)
        before, wrong = self.stored(), self.rejected("x.jsonl")
        self.assertIn("51 unchanged", self.tool("import", file, code=1).said)
        self.assertEqual((self.stored(), self.rejected("x.jsonl")), (before, wrong))

    def test_rehearsal(self) -> None:
        """A rehearsal tells what would be, and stores nothing."""
        self.tool("import", self.file("a.jsonl", lines(3)))
        other = '{"userId": "p0-1", "name": "Other"}\n{"name": "a", "email": "X"}\n'
        taken = json.dumps({"name": "a", "email": self.taken()})
        before = self.stored()
        file = self.file("b.jsonl", f"{lines(2)}{other}{taken}\n{GOOD}")
        said = self.tool("import", file, "--dry-run", code=1).said
        self.assertIn("1 added, 2 rejected, 1 skipped, 2 unchanged", said)
        self.assertEqual(self.stored(), before)


class ConflictTest(ImportTest):
    """Records that meet others."""

    FILE = '{"userId": "a", "name": "New", "email": "a@example.com"}\n'

    def setUp(self) -> None:
        super().setUp()
        self.service.call("POST", "/users", {"userId": "a", "name": "Old"})

    def test_skip(self) -> None:
        """A record whose id is taken is skipped."""
        said = self.tool("import", self.file("x.jsonl", self.FILE + GOOD)).said
        self.assertIn("1 added, 1 skipped", said)
        self.assertEqual(self.users()["a"]["name"], "Old")

    def test_fail(self) -> None:
        """The first conflict ends an import that is to fail then."""
        said = self.tool("import", self.file("x.jsonl", self.FILE), "--on-conflict", "fail", code=1)
        self.assertIn('Line 1: the "userId" is already taken.', said.said)

    def test_replace(self) -> None:
        """A record is replaced, with its unique values; the second time there is nothing to do."""
        file = self.file("x.jsonl", self.FILE)
        self.assertIn("1 replaced", self.tool("import", file, "--on-conflict", "replace").said)
        self.assertEqual(self.users()["a"]["email"], "a@example.com")
        self.assertIn("1 unchanged", self.tool("import", file, "--on-conflict", "replace").said)
        assert_invariants(self.service)

    def test_unique(self) -> None:
        """A unique value that another has is told, whatever is to be done about conflicts."""
        self.service.call("POST", "/users", {"userId": "b", "name": "b", "email": "A@example.com"})
        for how in ("skip", "replace"):
            file = self.file("x.jsonl", self.FILE.replace('"a"', f'"{how}"') + self.FILE)
            self.tool("import", file, "--on-conflict", how, code=1)
            self.assertEqual(self.rejected("x.jsonl")[1], {"email": "is already taken"})
            self.assertNotIn(how, self.users())
        self.assertEqual(self.rejected("x.jsonl")[2], {"email": "is already taken"})
        assert_invariants(self.service)

    def test_within_a_file(self) -> None:
        """Of two lines with the same unique value, the first one wins."""
        users = [
            {"userId": f"u{n}", "name": "a", "email": f"{n % 30}@example.com"} for n in range(90)
        ]
        self.tool("import", self.file("x.jsonl", "\n".join(map(json.dumps, users))), code=1)
        self.assertEqual(set(self.rejected("x.jsonl")), set(range(31, 91)))
        self.assertEqual(set(self.users()), {"a", *(f"u{n}" for n in range(30))})
        assert_invariants(self.service)


class OtherSystemTest(ImportTest):
    """Files of other systems."""

    def imported(self, name: str, content: str, *flags: str) -> dict[str, Any]:
        """Import a file; return what is stored."""
        self.tool("import", self.file(name, content), *flags)
        return self.users()

    def test_csv(self) -> None:
        """Columns of other names, other columns, another delimiter."""
        content = 'Nr;Full name;Mail;Phone\nx1;"Doe; John";j@example.com;1\nx2;Ann;;2\n'
        flags = ["--map", "userId=Nr", "--map", "name=Full name", "--map", "email=Mail"]
        found = self.imported("old.csv", content, *flags, "--ignore", "Phone", "--delimiter", ";")
        john = {"userId": "x1", "name": "Doe; John", "email": "j@example.com"}
        self.assertEqual(found, {"x1": john, "x2": {"userId": "x2", "name": "Ann"}})

    def test_json(self) -> None:
        """Names in objects within; null is nothing there."""
        documents = [
            {"id": "x1", "profile": {"name": "John", "mails": {"work": "j@example.com"}}},
            {"id": "x2", "profile": {"name": "Ann", "mails": {"work": None}}},
        ]
        flags = ["--map", "userId=id", "--map", "name=profile.name"]
        content = "\n".join(map(json.dumps, documents))
        found = self.imported("old.jsonl", content, *flags, "--map", "email=profile.mails.work")
        john = {"userId": "x1", "name": "John", "email": "j@example.com"}
        self.assertEqual(found, {"x1": john, "x2": {"userId": "x2", "name": "Ann"}})

    def test_wrong_flags(self) -> None:
        """What makes no sense is told before anything is done."""
        file = self.file("x.csv", "a,a\n1,2\n")
        self.assertIn("twice", self.tool("import", file, code=1).said)
        self.assertIn("FIELD=NAME", self.tool("import", file, "--map", "a", code=2).said)
        self.assertIn("no complete export", self.tool("import", self.folder, code=1).said)
        for delimiter in (";;", "", '"', "\n", "\r"):
            said = self.tool("import", file, "--delimiter", delimiter, code=2).said
            self.assertIn("It is one character, but no quote and no end of a line.", said)

        for rate in ("nan", "inf"):
            said = self.tool("import", file, "--rate", rate, code=2).said
            self.assertIn(f"{rate} is not a number of units.", said)

    def test_columns(self) -> None:
        """So is a first line that no row can go with."""
        bad = "The first line of the file is not UTF-8, or names no columns.\n"
        file = self.folder / "x.csv"
        for content, said in {
            "a,b\n1,2\n".encode("utf-16"): bad,
            b'"a,b\n1,2\n': bad,
            b"\nuserId,name\na,A\n": "The first line of the file names no columns.\n",
            b" ,\n1,2\n": "The first line of the file names no columns.\n",
        }.items():
            file.write_bytes(content)
            self.assertEqual(self.tool("import", file, code=1).said, said)
        self.file("x.csv", "userId,name\na,A\n")
        for flags in (("--ignore", "Phone"), ("--map", "email=Phone")):
            said = self.tool("import", file, *flags, code=1).said
            self.assertEqual(said, "The first line of the file names no column Phone.\n")
        self.assertEqual([path.name for path in self.folder.iterdir()], ["x.csv"])

    def test_names(self) -> None:
        """The end of a file's name tells how it is read, whatever its case; no other is read."""
        for number, (name, cells) in enumerate(
            {"A.CSV": ",", "b.tsv": "\t", "C.Tsv": "\t"}.items()
        ):
            found = self.imported(name, f"userId{cells}name\nu{number}{cells}A\n")
            self.assertIn(f"u{number}", found)
        for name in ("a.jsonl.gz", "a.csv.ZIP", "a.xlsx", "a.md", "a"):
            file = self.file(name, "")
            said = f"Only uncompressed .jsonl, .csv and .tsv files are read, and not {file}.\n"
            self.assertEqual(self.tool("import", file, code=1).said, said)

    def test_no_file(self) -> None:
        """What can be read only once is no file to import."""
        file = self.folder / "x.jsonl"
        os.mkfifo(file)
        said = f"{file} is neither a file nor a folder: save it to a file, and import that.\n"
        self.assertEqual(self.tool("import", file, code=1).said, said)


class ConfirmationTest(ImportTest):
    """A stage that keeps its data."""

    def test_asks(self) -> None:
        """It is written to only by who names it; a rehearsal needs no name."""
        file = self.file("users.jsonl", GOOD)
        with redirect_stderr(io.StringIO()) as said:
            self.assertEqual(run("import", str(file), "--stage", self.stage, "--confirm", "x"), 1)
        self.assertIn(f"--confirm {self.stage}", said.getvalue())
        self.assertEqual(self.users(), {})
        with redirect_stderr(said):
            self.assertEqual(run("import", str(file), "--stage", self.stage, "--dry-run"), 0)
