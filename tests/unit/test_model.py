"""What a user is, and how it grows."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from unicodedata import category
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from users_api.errors import InvalidFieldsError
from users_api.openapi import records
from users_api.users import USERS
from users_api.users.model import User
from users_api.validation import create, is_valid

PROJECT = Path(__file__).parent.parent.parent
NEW_FIELD = "    nickname: Annotated[str, Meta(max_length=64)] | None = None\n"

STORY = """
from tests.support.service import Service

call = Service().call
created = call("POST", "/users", {"userId": "a", "name": "Ada", "nickname": "Countess"})
assert created.body == b'{"userId":"a","name":"Ada","nickname":"Countess"}', created
assert call("GET", "/users/a").body == created.body
assert call("GET", "/users").json == {"users": [created.json]}
changed = call("PATCH", "/users/a", {"nickname": "Lady"})
assert changed.json["nickname"] == "Lady", changed
for bad in ["n" * 65, 1, ["x"]]:
    for refused in [
        call("PATCH", "/users/a", {"nickname": bad}),
        call("POST", "/users", {"name": "Ada", "nickname": bad}),
    ]:
        assert refused.status == 400, refused
        assert [each["field"] for each in refused.json["errors"]] == ["nickname"], refused
assert call("PATCH", "/users/a", {"nickname": None}).json == {"userId": "a", "name": "Ada"}
assert call("GET", "/users/a").body == b'{"userId":"a","name":"Ada"}'
"""

NEW_FIELDS = """\
    title: str
    nickname: Annotated[str, Meta(max_length=64)] | None = None
    labels: list[str] = []
    role: Literal["member", "admin"] = "member"
    born: date | None = None
    seen: datetime | None = None
    height: float | None = None
    age: int | None = None
    active: bool = True
    address: kinds.Address | None = None
    color: kinds.Color | None = None
"""

NEW_IMPORTS = """
from datetime import date, datetime
from typing import Literal
from tests.support import kinds
"""

LONG_STORY = """
from tests.support.service import Service

service = Service()
call, table, client = service.call, service.settings.table("users"), service.table()

given = {
    "userId": "a", "name": "Ada", "title": "Countess", "nickname": "Al", "labels": ["x", "y"],
    "born": "1815-12-10", "seen": "2026-11-24T10:38:02+02:00", "height": 1, "age": 36.0,
    "address": {"city": "London", "houseNumber": 12, "country": {"code": "UK"}}, "color": "red",
}
stored = given | {"role": "member", "active": True, "seen": "2026-11-24T08:38:02Z", "age": 36}
stored["address"] = given["address"] | {"notes": []}
created = call("POST", "/users", given, Idempotency_Key="k")
assert created.status == 201 and created.json == stored, created
assert call("POST", "/users", given, Idempotency_Key="k").body == created.body
assert call("GET", "/users/a").body == created.body
assert call("GET", "/users").json == {"users": [stored]}

etag = created.headers["ETag"]
same = call("PATCH", "/users/a", {"age": 36.0, "address": {"country": {"since": None}}})
assert same.headers["ETag"] == etag, same
patch = {"labels": None, "role": "admin", "active": False, "height": None, "born": None}
patch["address"] = {"country": None, "city": "Paris"}
changed = call("PATCH", "/users/a", patch)
assert changed.json["address"] == {"city": "Paris", "houseNumber": 12, "notes": []}, changed
assert changed.json["labels"] == [] and changed.json["role"] == "admin", changed
assert not {"height", "born"} & changed.json.keys(), changed
assert call("GET", "/users/a").body == changed.body

bad = {"name": "Ada", "labels": ["a", 1], "height": 1e300, "address": {"zip": 1}, "role": "owner"}
refused = call("POST", "/users", bad)
named = [each["field"] for each in refused.json["errors"]]
assert named == ["title", "labels[1]", "role", "height", "address.city", "address.zip"], named
assert b"owner" not in refused.body, refused

client.sync_put_item(table, {"userId": "old", "name": "Old", "role": "king", "address": {}})
old = {"userId": "old", "name": "Old", "labels": [], "role": "king", "active": True}
old["address"] = {"notes": []}
assert call("GET", "/users/old").json == old
assert old in call("GET", "/users").json["users"]
assert call("PATCH", "/users/old", {"age": 1}).json == old | {"age": 1}
mended = {"title": "t", "role": "admin", "address": {"city": "Rome"}}
assert call("PATCH", "/users/old", mended).json["address"] == {"city": "Rome", "notes": []}
assert call("DELETE", "/users/old").status == 204
"""


def without(source: str, fields: Collection[str]) -> str:
    """Return the source of the model of users without these fields, if it has them."""
    lines = source.splitlines(keepends=True)
    user = ast.parse(source).body[-1]  # what new fields are added to
    for each in reversed([*ast.iter_child_nodes(user)]):
        if isinstance(each, ast.AnnAssign) and ast.unparse(each.target) in fields:
            del lines[each.lineno - 1 : each.end_lineno]
    return "".join(lines)


class NewFieldTest(TestCase):
    """Adding a field is one line in `model.py`."""

    def tell(self, story: str, new_fields: str, new_imports: str = "") -> None:
        """Give users these fields in a copy of the project, and run a program on it."""
        copy = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for package in ["users_api", "local", "infra", "tests"]:
            shutil.copytree(PROJECT / package, copy / package)
        (copy / "node_modules").symlink_to(PROJECT / "node_modules")
        model = copy / "users_api" / "users" / "model.py"
        names = re.findall(r"^    (\w+):", new_fields, re.MULTILINE)
        source = without(model.read_text("utf-8"), names)
        source = source.replace("\nclass User(", f"{new_imports}\nclass User(") + new_fields
        model.write_text(source, "utf-8")
        told = subprocess.run(
            [sys.executable, "-c", story], cwd=copy, capture_output=True, text=True, check=False
        )
        self.assertEqual((told.returncode, told.stderr), (0, ""))

    def test_one_line(self) -> None:
        """The line that the README shows is all it takes, from validation to storage."""
        self.assertIn(NEW_FIELD, (PROJECT / "README.md").read_text("utf-8"))
        self.tell(STORY, NEW_FIELD)

    def test_every_kind(self) -> None:
        """So is one line for a field of any kind; who was stored before it is read and mended."""
        self.tell(LONG_STORY, NEW_FIELDS, NEW_IMPORTS)

    def test_names(self) -> None:
        """No field of a user has the name of something that the store keeps about it."""
        kept = {"version", "createdAt", "creationId", "updatedAt", "writeId"}
        self.assertEqual(set(User.__struct_encode_fields__) & kept, set())


class NameTest(TestCase):
    """The name of a user."""

    def test_good(self) -> None:
        """Names of all scripts, emoji of several characters, and marks are names."""
        for name in [
            "J",
            "O\u2019Neill-M\u00fcller, Jr.",
            "\u0645\u0631\u06cc\u0645\u200c\u062c\u0627\u0646",  # with a zero-width non-joiner
            "\U0001f469\u200d\U0001f469\u200d\U0001f467",  # a family, joined
            "\u2764\ufe0f",  # with a variation selector
            "\U0001f3f4\U000e0067\U000e0062\U000e007f",  # a flag, with tags
            "\u0e01\u0e33",
            "\u200bx",
            " x ",
            "\u0301",
        ]:
            with self.subTest(name=ascii(name)):
                self.assertTrue(is_valid(User, "name", name))

    def test_nothing_to_see(self) -> None:
        """A name that is only spaces, formats or fillers is none, whatever of these it mixes."""
        unseen = (
            "\u200b\u3164\u2800\u00ad\ufeff\U000e0001\u034f\u115f\u2060\u180e\ufe0f \u00a0\u3000"
        )
        for name in [*unseen, unseen, "\u200d" * 256, " \U000e0041" * 9]:
            with self.subTest(name=ascii(name[:3])):
                self.assertFalse(is_valid(User, "name", name))

    def test_what_unicode_says(self) -> None:
        """No character that Unicode calls a space, a control or a format is a name."""
        for code in range(sys.maxunicode + 1):
            if category(chr(code)) in {"Zs", "Zl", "Zp", "Cc", "Cf"}:
                self.assertFalse(is_valid(User, "name", chr(code)), hex(code))

    def test_refused(self) -> None:
        """Controls, and what changes the direction of text, are nowhere in a name."""
        for refused in "\0\n\r\x1b\x7f\x85\u200e\u200f\u061c\u2028\u202a\u202e\u2066\u2069":
            for name in [refused, f"a{refused}", f"{refused}a", f"a{refused}b"]:
                with self.subTest(name=ascii(name)):
                    self.assertFalse(is_valid(User, "name", name))


class EmailTest(TestCase):
    """The e-mail address of a user."""

    def test_good(self) -> None:
        """What a browser accepts is one, if its domain has a dot."""
        for email in [
            "a@b.c",
            "Ada.Lovelace+x@Example.COM",
            "!#$%&'*+/=?^_`{|}~-@xn--bcher-kva.example",
            ".a..b.@example.com",
            f"a@{'d' * 63}.com",
            f"{'l' * 64}@{'d' * 62}.{'e' * 62}.{'f' * 58}.info",
        ]:
            with self.subTest(email=email):
                self.assertTrue(is_valid(User, "email", email))

    def test_bad(self) -> None:
        """Anything outside of ASCII is none, nor what does not go through the mail."""
        for email in [
            "\u017fam@example.com",
            "\u212aelvin@example.com",
            "\ufb01@example.com",
            "\u00e9va@example.com",
            "a@b\u00fccher.de",
            "a\u200b@example.com",
            "a\u00ad@example.com",
            "a@example\uff0ecom",
            "\u0130" * 245 + "@b.c",
            "a@-b.com",
            "a@b-.com",
            f"a@{'d' * 64}.com",
            f"{'l' * 65}@b.com",
            f"{'l' * 64}@{'d' * 62}.{'e' * 62}.{'f' * 59}.info",
            "a@b",
            "a@b.com.",
            "a@b_c.com",
            "a@[127.0.0.1]",
            '"a b"@c.com',
            "a@b.com\n",
            "a,b@c.com",
        ]:
            with self.subTest(email=ascii(email)):
                self.assertFalse(is_valid(User, "email", email))

    @given(st.text(st.characters(max_codepoint=0x7F)))
    def test_unique_in_any_case(self, email: str) -> None:
        """Two cases of one address, which is ASCII, are one."""
        fold = USERS.unique["email"]
        self.assertEqual(fold(email.upper()), fold(email))


class PatternTest(TestCase):
    """The patterns of the fields, which the contract repeats."""

    def test_python_and_javascript_agree(self) -> None:
        """Node reads every pattern, with the flag `u`, and finds what Python finds."""
        texts = [*map(chr, range(0x20)), "a\n", "John", "a@b.co", "a", "..", "\u200b", "\U000e0001"]
        texts += ["\u3164x", "\U0001f600", "\u202e", "\ufeff", "a@b-.co", "\U000e0041\U000e0042"]
        program = (
            "const [patterns, texts] = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
            "console.log(JSON.stringify(patterns.map(pattern => texts.map("
            "text => new RegExp(pattern, 'u').test(text)))))"
        )
        patterns = [*_patterns(records.new(User))]
        told = subprocess.run(
            ["node", "-e", program],
            input=json.dumps([patterns, texts]),
            capture_output=True,
            text=True,
            check=True,
        )
        ours = [
            [bool(re.search(each.removesuffix("$") + r"\Z", text)) for text in texts]
            for each in patterns
        ]
        self.assertEqual(json.loads(told.stdout), ours)

    def test_no_long_search(self) -> None:
        """A long text that nearly fits is refused: a search that explodes would not end."""
        for name, texts in {
            "userId": ["a" * 127 + "/"],
            "name": ["a" * 255 + "\0", "\u200b" * 255 + "\0", "a \u200b" * 85 + "\n"],
            "email": ["a@" + "a-" * 126, "a@" + "a." * 126, "." * 254, "a@" + "a" * 252],
        }.items():
            for text in texts:
                with self.subTest(name, text=text[:9]):
                    self.assertFalse(is_valid(User, name, text))

    def test_ids(self) -> None:
        """An id has no line feed at its end either."""
        self.assertTrue(USERS.is_id("a.-_~"))
        for text in ["a\n", "..", ".", "", "a" * 129, "\u00e4"]:
            with self.subTest(text=text):
                self.assertFalse(USERS.is_id(text))


class NewUserTest(TestCase):
    """`new_user`."""

    def test_sentences(self) -> None:
        """What is wrong with a user is told in sentences that start with the field."""
        with self.assertRaises(InvalidFieldsError) as raised:
            create(User, {"name": "\u200b", "email": "\u017fam@example.com", "userId": "a/b"})
        for each in raised.exception.errors:
            self.assertRegex(each.message, "^must be .*[a-z.)]$")
            self.assertNotIn("sam", each.message)


def _patterns(described: object) -> Iterator[str]:
    """Yield every pattern in a schema, and in what it consists of."""
    if isinstance(described, dict):
        if isinstance(described.get("pattern"), str):
            yield described["pattern"]
        described = [*described.values()]
    if isinstance(described, list):
        for each in described:
            yield from _patterns(each)
