"""What is special about a resource stays possible and plain: each example of the page works."""

import re
import tempfile
from pathlib import Path
from unittest import TestCase

from tests.extending.copies import Copy, sections

MOST_LINES = 15
PROGRAM = "from tests.support.service import Service\nservice = Service()\ncall = service.call\n"
SUITES = [
    "http.test_access",
    "http.test_changes",
    "http.test_contract",
    "unit.test_contract",
    "unit.test_infra",
]

STORIES = {
    "Without a list": """
assert call("POST", "/groups", {"groupId": "a", "title": "A"}).status == 201
assert call("GET", "/groups/a").json["title"] == "A"
assert call("GET", "/groups").headers["Allow"] == "POST"
assert "groups" not in call("GET", "/").json["links"]
assert "get" not in call("GET", "/openapi.json").json["paths"]["/groups"]
""",
    "A field that the server sets": """
created = call("POST", "/groups", {"groupId": "a", "title": "A"})
day = created.json["createdOn"]
changed = call("PATCH", "/groups/a", {"title": "B"})
assert changed.json == {"groupId": "a", "title": "B", "createdOn": day}, changed
for refused in [
    call("PATCH", "/groups/a", {"createdOn": "2020-01-01"}),
    call("POST", "/groups", {"title": "A", "createdOn": "2020-01-01"}),
]:
    assert refused.status == 400 and refused.json["errors"][0]["field"] == "createdOn", refused
schemas = call("GET", "/openapi.json").json["components"]["schemas"]
assert schemas["Group"]["properties"]["createdOn"]["readOnly"]
assert "createdOn" not in schemas["NewGroup"]["properties"]
""",
    "A check across fields": """
for refused in [
    call("POST", "/groups", {"title": "chess", "slug": "chess"}),
    call("PATCH", call("POST", "/groups", {"title": "chess"}).headers["Location"].removeprefix(
        call("GET", "/").json["links"]["groups"].removesuffix("/groups")), {"slug": "chess"}),
]:
    assert refused.status == 400, refused
    told = [{"field": "slug", "message": "must not be the title"}]
    assert refused.json["errors"] == told, refused
assert call("POST", "/groups", {"title": "Chess", "slug": "chess"}).status == 201
""",
    "A reference": """
call("POST", "/users", {"userId": "ada", "name": "Ada"})
group = {"groupId": "a", "title": "A", "leaderId": "ada"}
assert call("POST", "/groups", group).json == group
for refused in [
    call("POST", "/groups", {"title": "B", "leaderId": "nobody"}),
    call("PATCH", "/groups/a", {"leaderId": "nobody"}),
]:
    told = [{"field": "leaderId", "message": "is not the id of any user"}]
    assert (refused.status, refused.json["errors"]) == (409, told), refused
call("DELETE", "/users/ada")
assert call("GET", "/groups/a").json == group
assert call("PATCH", "/groups/a", {"title": "B"}).status == 200
""",
    "An owner": """
from tests.support.callers import claims
from tests.support.service import fresh_settings
service = Service(fresh_settings(ACCESS="token"))
def send_as(sub, method, target, body=b""):
    headers = {"Content-Type": "application/json"} if body else {}
    return service.send(method, target, headers, body, claims(sub))
created = send_as("ada", "POST", "/groups", b'{"groupId":"a","title":"A"}')
assert (created.status, created.json["founderId"]) == (201, "ada"), created
assert send_as("ada", "GET", "/groups/a").status == 200
assert send_as("bob", "GET", "/groups/a").status == 404
assert send_as("bob", "GET", "/groups").status == 403
""",
    "A call of its own": """
etag = call("POST", "/groups", {"groupId": "a", "title": "A"}).headers["ETag"]
assert call("POST", "/groups/a/archive", None, If_Match='"x"').status == 412
archived = call("POST", "/groups/a/archive", None, If_Match=etag)
assert archived.json == {"groupId": "a", "title": "A", "archived": True}, archived
assert call("GET", "/groups/a").body == archived.body
again = call("POST", "/groups/a/archive")
assert (again.status, again.json["errors"][0]["field"]) == (409, "archived"), again
assert call("PATCH", "/groups/a", {"archived": False}).status == 400
assert call("POST", "/groups/nobody/archive").status == 404
assert call("GET", "/groups/a/archive").headers["Allow"] == "POST"
told = call("GET", "/openapi.json").json["paths"]["/groups/{groupId}/archive"]["post"]
assert (told["operationId"], told["summary"]) == ("archiveGroup", "Archive a group"), told
""",
}


class SpecialTest(TestCase):
    """Copies of the project that serve groups which are special."""

    def test_examples(self) -> None:
        """Each example does what the page says, and passes the checks and the suites."""
        for heading, story in STORIES.items():
            with self.subTest(heading), tempfile.TemporaryDirectory() as folder:
                copy = Copy(Path(folder) / "project")
                copy.follow("A resource", heading)
                copy.python("-c", PROGRAM + story)
                copy.run("ruff", "check", "users_api")
                copy.run("ruff", "format", "--check", "users_api")
                copy.run("mypy", "users_api")
                suites = [f"tests.{name}" for name in SUITES]
                copy.python("-m", "unittest", *suites, RESOURCE="groups")

    def test_all_are_tried(self) -> None:
        """The page has no other examples, and none is longer than 15 lines."""
        page = sections()
        headings = [*page]
        begin = headings.index("What is special") + 1
        self.assertEqual({*headings[begin : headings.index(TESTS)]}, {*STORIES})
        for heading in STORIES:
            for block in re.findall(r"```\w+\n(.*?)```", page[heading], re.DOTALL):
                lines = [line for line in block.splitlines() if line]
                self.assertLessEqual(len(lines), MOST_LINES, block)

    def test_own_tests(self) -> None:
        """The tests that the page writes for a rule pass with the rule, and fail without it."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Copy(Path(folder) / "project")
            copy.follow("A resource", TESTS)
            with self.assertRaisesRegex(AssertionError, "FAIL: test_slug"):
                copy.python("-m", "unittest", "tests.http.test_groups")
            copy.follow("A check across fields")
            copy.run("ruff", "check", "tests/http")
            copy.run("ruff", "format", "--check", "tests/http")
            copy.run("mypy", "tests/http/test_groups.py")
            copy.python("-m", "unittest", "tests.http.test_groups")

    def test_contract(self) -> None:
        """A short fuzz finds the contract kept, in spite of all that it cannot tell."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Copy(Path(folder) / "project")
            copy.follow("A resource", "A reference")
            groups = copy.folder / "users_api" / "groups"
            groups.joinpath("__init__.py").write_text(UNTOLD_RULE, "utf-8")
            model = groups / "model.py"
            source = model.read_text("utf-8").replace(LEADER, UNTOLD_FIELDS)
            model.write_text(source.replace("class Group(", f"{PLACE}class Group("), "utf-8")
            fuzz = "tests.contract.test_fuzz.FuzzTest.test_wsgi"
            copy.python("-m", "unittest", fuzz, CASES="100")


LEADER = "    leader_id: Id | None = None\n"
UNTOLD_FIELDS = """\
    leader_id: Id
    code: Slug | None = None
    fee: Annotated[float, Meta(gt=0)] | None = None
    balance: float | None = None
    place: Place | None = None
"""
PLACE = '''class Place(Struct, frozen=True, kw_only=True):
    """Where a group meets."""

    city: Annotated[str, Meta(max_length=40)]


'''
UNTOLD_RULE = '''"""The resource `/groups`: what is special about it."""

from users_api.errors import FieldError, InvalidFieldsError
from users_api.groups.model import Group
from users_api.resource import Resource
from users_api.users import USERS


def longer(group: Group, _: Group | None) -> Group:
    """Refuse a slug that is not longer than the title."""
    if group.slug is not None and len(group.slug) <= len(group.title):
        raise InvalidFieldsError(FieldError("slug", "must be longer than the title"))
    return group


GROUPS = Resource(
    name="groups",
    model=Group,
    key="groupId",
    unique={"slug": str, "code": str},
    references={"leaderId": USERS},
    rule=longer,
)
'''


TESTS = "Test what is special"
REQUIRED = "A field that becomes required"
OPTIONAL = "    slug: Slug | None = None\n"


class RequiredTest(TestCase):
    """A field that becomes required locks nobody out, at none of the steps."""

    def test_steps(self) -> None:
        """Records from each step are read, listed, changed, mended and removed after the last."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Copy(Path(folder) / "project")
            copy.follow("A resource")
            model = copy.folder / "users_api" / "groups" / "model.py"
            finished = model.read_text("utf-8")
            self.assertIn(OPTIONAL, finished)
            self.assertIn("Take `| None = None` away", sections()[REQUIRED])
            model.write_text(finished.replace(OPTIONAL, "    slug: Slug\n"), "utf-8")
            copy.python("-c", PROGRAM + LOCKED_OUT)
            copy.python("-m", "unittest", "tests.http.test_changes", RESOURCE="groups")


LOCKED_OUT = """
client, table = service.table(), service.settings.table("groups")
client.sync_put_item(table, {"groupId": "old", "title": "Old"})
old = {"groupId": "old", "title": "Old"}
assert call("GET", "/groups/old").json == old
assert call("GET", "/groups").json == {"groups": [old]}
assert call("PATCH", "/groups/old", {"title": "New"}).json == old | {"title": "New"}
refused = call("POST", "/groups", {"title": "A"})
assert (refused.status, refused.json["errors"][0]["field"]) == (400, "slug"), refused
mended = call("PATCH", "/groups/old", {"slug": "old"})
assert (mended.status, mended.json["slug"]) == (200, "old"), mended
assert call("PATCH", "/groups/old", {"slug": None}).status == 400
client.sync_put_item(table, {"groupId": "older", "title": "x" * 999})
assert call("GET", "/groups/older").status == 200
assert call("DELETE", "/groups/older").status == 204
"""
