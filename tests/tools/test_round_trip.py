"""Export and import: what goes out comes in again, the same."""

import csv
import json
import resource

from tests.faults.invariants import assert_invariants
from tests.tools.commands import ToolsTest
from tests.tools.people import lines, people
from tools.sources import Line, Rejected, Source
from users_api.errors import FieldError
from users_api.users import USERS
from users_api.validation import wording

MANY = 20_000


class RoundTripTest(ToolsTest):
    """What goes out comes in again."""

    def test_many(self) -> None:
        """Many users, imported, exported, imported elsewhere and exported again, are the same."""
        file = self.file("people.jsonl", lines(MANY))
        self.tool("import", file)
        first = self.exported("first")
        self.assertEqual(first["records"], MANY)
        self.fresh()
        self.tool("import", self.folder / "first")
        second = self.exported("second")
        self.assertEqual(second, first)
        self.assertEqual(self.users(), {each["userId"]: each for each in people(MANY)})
        assert_invariants(self.service)

    def test_csv(self) -> None:
        """CSV carries the same as JSON Lines."""
        self.tool("import", self.file("people.jsonl", lines(500)))
        json_lines, comma_separated = self.exported("a"), self.exported("b", "--format", "csv")
        self.assertEqual(comma_separated["checksum"], json_lines["checksum"])
        with (self.folder / "b/users.csv").open(encoding="utf-8", newline="") as file:
            self.assertEqual(len(list(csv.DictReader(file))), 500)
        self.fresh()
        self.tool("import", self.folder / "b")
        self.assertEqual(self.exported("c"), json_lines)

    def test_times(self) -> None:
        """When a record was made and last changed survives."""
        self.tool("import", self.file("people.jsonl", lines(10)))
        self.service.call("PATCH", "/users/p0-1", {"name": "New"})
        self.exported("a")
        before = {item["userId"]: item for item in self.stored()}
        self.fresh()
        self.tool("import", self.folder / "a")
        for item in self.stored():
            for name in ("createdAt", "updatedAt"):
                self.assertEqual(item[name], before[item["userId"]][name])

    def test_large(self) -> None:
        """So does a record that has grown larger than a request may be."""
        pages = ["x" * 1000] * 240
        cell = json.dumps(pages).replace('"', '""')
        json_lines = self.file("a", json.dumps({"pages": pages}))
        comma_separated = self.file("b", f'pages\n"{cell}"\n')
        for source in (
            Source(path=json_lines, form="jsonl", is_ours=True),
            Source(path=comma_separated, form="csv", is_ours=True),
        ):
            [line] = source.lines()
            self.assertEqual((line.wrong, [*line.content]), ("", ["pages"]))

    def test_older_rules(self) -> None:
        """So does a record that today's rules would refuse, and what has come of one."""
        client = self.service.table()
        bare = {"userId": "bare", "email": "bare@example.com"}
        stored = [bare, {"userId": "long", "name": "x" * 300}]
        for each in stored:
            client.sync_put_item(self.settings.table("users"), each)
        self.tool("verify", "--repair")
        for form in ("jsonl", "csv"):
            self.exported(form, "--format", form)
            self.fresh()
            self.tool("import", self.folder / form)
            self.assertEqual(self.users(), {each["userId"]: each for each in stored})
            self.tool("verify")
            self.assertIn("2 unchanged", self.tool("import", self.folder / form).said)

    def test_standard_output(self) -> None:
        """An export to standard output is the lines alone; what it is goes to standard error."""
        self.tool("import", self.file("people.jsonl", lines(30)))
        ended = self.tool("export", "-")
        found = {
            (user := json.loads(line))["userId"]: user["name"] for line in ended.output.splitlines()
        }
        self.assertEqual(found, {each["userId"]: each["name"] for each in people(30)})
        self.assertIn('"records": 30', ended.said)

    def test_never_tells_who(self) -> None:
        """No command tells on the terminal who is stored."""
        file = self.file("people.jsonl", lines(20) + '{"userId": "p0-1", "name": "canary"}\n')
        said = self.tool("import", file).said + self.tool("export", self.folder / "a").said
        for word in ("p0-", "example.com", "canary"):
            self.assertNotIn(word, said)

    def test_only_the_owner_reads_it(self) -> None:
        """Nobody else on the machine may read what is exported."""
        self.exported("a")
        for path in [self.folder / "a", *(self.folder / "a").iterdir()]:
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)


class RefusedTest(ToolsTest):
    """An export that cannot be."""

    def test_folder(self) -> None:
        """A folder that holds something else is left alone."""
        self.exported("a")
        self.assertIn("complete export", self.tool("export", self.folder / "a", code=1).said)
        (self.folder / "b").mkdir()
        (self.folder / "b/x").touch()
        self.assertIn("other files", self.tool("export", self.folder / "b", code=1).said)

    def test_no_place(self) -> None:
        """Where no folder can be is told in a sentence."""
        file = self.file("x", "")
        said = self.tool("export", file / "a", code=1).said.splitlines()[-1]
        self.assertEqual(said, f"{file / 'a'}: Not a directory.")
        said = self.tool("export", file, code=1).said.splitlines()[-1]
        self.assertEqual(said, f"{file} is a file: choose a folder (make: TO=).")

    def test_no_room(self) -> None:
        """The file for which there is no room is named."""
        self.tool("import", self.file("people.jsonl", lines(100)))
        bad = self.file("bad.jsonl", "{}\n" * 100)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_FSIZE, before)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        said = self.tool("import", bad, code=1).said
        self.assertEqual(said, f"{bad}.rejected: File too large.\n")
        said = self.tool("export", self.folder / "a", code=1).said.splitlines()[-1]
        self.assertEqual(said, f"{self.folder / 'a/users.jsonl'}: File too large.")

    def test_changed(self) -> None:
        """A file that is not as it was exported is not imported."""
        self.tool("import", self.file("people.jsonl", lines(30)))
        self.exported("a")
        file = self.folder / "a/users.jsonl"
        whole = file.read_bytes()
        for damaged in (whole.replace(b"Ada", b"Eve", 1), whole.partition(b"\n")[2]):
            file.write_bytes(damaged)
            self.assertIn("checksum", self.tool("import", self.folder / "a", code=1).said)

    def test_unreadable(self) -> None:
        """Items that are no users, and attributes that are no fields, are counted."""
        self.tool("import", self.file("people.jsonl", lines(5)))
        client, table = self.service.table(), self.settings.table("users")
        client.sync_put_item(table, {"userId": "bad", "name": 1})
        client.sync_put_item(table, {"userId": "more", "name": "a", "shoeSize": 43})
        contents = self.exported("a", code=1)
        self.assertEqual((contents["records"], contents["unreadable"]), (6, 1))
        self.assertEqual(contents["leftOut"], {"shoeSize": 1})

    def test_other_models(self) -> None:
        """What the model of today does not read, or has no field for, is told and not lost."""
        source = Source(path=self.folder, form="jsonl", is_ours=True)
        for content, error in {
            '{"userId": "a", "name": 1}': FieldError("", "is not a record that this service reads"),
            '{"userId": "a", "shoeSize": 43}': FieldError("shoeSize", wording.UNKNOWN),
        }.items():
            line = Line(1, json.loads(content))
            rejected = source.entry(USERS, line)
            self.assertEqual(rejected, Rejected(1, (error,), line.content))
