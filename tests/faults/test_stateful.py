"""Random sequences of all calls; every answer is compared with that of a simple model in memory."""

import json
from math import ceil
from typing import NamedTuple
from unittest import TestCase
from urllib.parse import quote

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.faults.invariants import assert_invariants
from tests.support.service import Service
from tests.support.transports import Answer, RestApi, Wsgi

Document = dict[str, str]
Patch = dict[str, str | None]

SETTINGS = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=100,
    stateful_step_count=50,
    suppress_health_check=[HealthCheck.too_slow],
)

FIELDS = ["userId", "name", "email"]
IDS = ["ada", "ADA", "~a.b_c-"]
KEYS = ["key", "KEY"]
NAMES = {  # as it is sent: as it is answered
    "Ada": "Ada",
    "\U0001f469\u200d\U0001f4bb": "\U0001f469\u200d\U0001f4bb",
    "Zo\u00eb": "Zo\u00eb",
    "Zoe\u0308": "Zo\u00eb",
}
EMAILS = {  # as it is written: whose address it is
    "ada@example.com": "ada",
    "Ada@Example.COM": "ada",
    "zoe+a@example.com": "zoe",
    "Zoe+A@example.com": "zoe",
    "zoe@xn--bcher-kva.example": "zoe abroad",
}
TAGS = ["*", "{current}", '"x", {current}', "W/{current}", "{former}", '"x"']
BAD_REQUESTS: list[tuple[str, str, object, dict[str, str], int]] = [  # whoever there is
    ("POST", "/users", {"userId": "a/b", "name": "a"}, {}, 400),
    ("POST", "/users", {"userId": "ada", "name": "a", "version": 1}, {}, 400),
    ("POST", "/users", {"email": "ada@example.com"}, {"Idempotency_Key": "key"}, 400),
    ("POST", "/users", {"name": "a", "email": "zo\u00eb@example.com"}, {}, 400),
    ("POST", "/users", {"name": "a"}, {"Idempotency_Key": "two words"}, 400),
    ("POST", "/users", {"name": "a"}, {"Content_Type": "text/plain"}, 415),
    ("POST", "/users", {"name": "a" * 70_000}, {}, 413),
    ("PATCH", "/users/ada", ["name"], {}, 400),
    ("PATCH", "/users/ada", {"name": "b"}, {"If_Match": "garbage"}, 400),
    ("PATCH", "/users/a%2Fb", {"name": "b"}, {}, 404),
    ("DELETE", "/users/ada", None, {"If_Match": "garbage"}, 400),
    ("DELETE", "/users/a%20b", None, {}, 404),
    ("DELETE", "/users", None, {}, 405),
    ("GET", "/users/%F0%9F%98%80", None, {}, 404),
    ("GET", "/users?limit=0", None, {}, 400),
    ("GET", "/users?cursor=x", None, {}, 400),
    ("GET", "/users?email=ada", None, {}, 400),
]
BAD_PATCHES: list[Patch] = [
    {"name": None},
    {"name": " "},
    {"email": "ada"},
    {"userId": "ADA"},
    {"version": "7"},
]

ids = st.runner().flatmap(lambda machine: st.sampled_from([*machine.users, *IDS]))
keys = st.none() | st.sampled_from(KEYS)
names = st.sampled_from([*NAMES])
emails = st.sampled_from([*EMAILS])
conditions = st.none() | st.sampled_from(TAGS)
new_users = st.fixed_dictionaries(
    {"name": names}, optional={"userId": st.sampled_from(IDS), "email": emails}
)
patches = st.fixed_dictionaries({}, optional={"name": names, "email": st.none() | emails})


class Known(NamedTuple):
    """A user, as it should be."""

    document: Document
    etag: str
    version: int


class Users(RuleBasedStateMachine):
    """The service, and what it should know."""

    transport: type[Wsgi | RestApi]

    def __init__(self) -> None:
        super().__init__()
        self.service = Service()
        self.service.send = self.transport(self.service.app)
        self.users: dict[str, Known] = {}
        self.requests: dict[str, tuple[Document, Answer]] = {}
        self.former: dict[str, str] = {}  # the last but one revision under each id
        self.etags: set[str] = set()
        self.removed: set[str] = set()

    @initialize(users=st.lists(new_users, max_size=9))
    def begin(self, users: list[Document]) -> None:
        for user in users:
            self.create(user, None)

    @rule(user=new_users, key=keys)
    def create(self, user: Document, key: str | None) -> None:
        headers = {"Idempotency_Key": key} if key else {}
        answer = self.service.call("POST", "/users", user, **headers)
        if key in self.requests:
            self.assert_replayed(answer, user, *self.requests[key])
        elif user.get("userId") in self.users:
            assert_refused(answer, 409, '"userId"')
        elif self.is_taken(user):
            assert_refused(answer, 409, '"email"')
        else:
            self.assert_created(answer, user)
            self.requests |= {key: (user, answer)} if key else {}

    @rule(key=st.sampled_from(KEYS))
    def create_again(self, key: str) -> None:
        if key in self.requests:
            self.create(self.requests[key][0], key)

    @rule(user_id=ids, form=conditions)
    def read(self, user_id: str, form: str | None) -> None:
        condition = self.condition(form, user_id)
        headers = {"If_None_Match": condition} if condition else {}
        answer = self.service.call("GET", f"/users/{user_id}", **headers)
        if user_id not in self.users:
            assert_refused(answer, 404)
        elif condition and names_it(condition.replace("W/", ""), self.users[user_id].etag):
            assert (answer.status, answer.body) == (304, b"")
            assert answer.headers["ETag"] == self.users[user_id].etag
        else:
            self.assert_is(answer, 200, user_id)

    @rule(user_id=ids, patch=patches, form=conditions)
    def patch(self, user_id: str, patch: Patch, form: str | None) -> None:
        answer = self.write("PATCH", user_id, form, patch)
        if self.is_refused(answer, user_id, form):
            return
        after = patched(self.users[user_id].document, patch)
        if self.is_taken(after):
            assert_refused(answer, 409, '"email"')
        else:
            if after != self.users[user_id].document:
                self.written(answer, after)
            self.assert_is(answer, 200, user_id)

    @rule(user_id=ids, patch=st.sampled_from(BAD_PATCHES), form=conditions)
    def patch_badly(self, user_id: str, patch: Patch, form: str | None) -> None:
        answer = self.write("PATCH", user_id, form, patch)
        if user_id not in self.users:
            assert_refused(answer, 404)
        else:
            assert_refused(answer, 400)
            assert [each["field"] for each in answer.json["errors"]] == [*patch]

    @rule(user_id=ids, form=conditions)
    def delete(self, user_id: str, form: str | None) -> None:
        answer = self.write("DELETE", user_id, form)
        if not self.is_refused(answer, user_id, form):
            assert (answer.status, answer.body) == (204, b"")
            self.former[user_id] = self.users.pop(user_id).etag
            self.removed.add(user_id)

    @rule(limit=st.sampled_from([None, 1, 2, 3, 100]))
    def read_all(self, limit: int | None) -> None:
        target = f"/users?limit={limit}" if limit else "/users?"
        pages = [self.service.call("GET", target)]
        while "next" in pages[-1].json:
            assert pages[-1].headers["Link"].endswith('; rel="next"')
            pages.append(self.service.call("GET", f"{target}&cursor={pages[-1].json['next']}"))
        found = [user for page in pages for user in page.json["users"]]
        assert {user["userId"]: user for user in found} == self.documents()
        assert (len(found), len(pages)) == (len(self.users), ceil(len(found) / (limit or 25)) or 1)

    @rule(email=emails)
    def look_up(self, email: str) -> None:
        answer = self.service.call("GET", f"/users?email={quote(email)}")
        owners = [each for each in self.documents().values() if address(each) == EMAILS[email]]
        assert (answer.status, answer.json) == (200, {"users": owners})

    @rule(request=st.sampled_from(BAD_REQUESTS))
    def send_badly(self, request: tuple[str, str, object, dict[str, str], int]) -> None:
        method, target, document, headers, status = request
        assert_refused(self.service.call(method, target, document, **headers), status)

    @rule(user_id=ids, name=names)
    def find_an_older_item(self, user_id: str, name: str) -> None:
        if user_id not in self.users:
            document = {"userId": user_id, "name": name}
            self.service.table().sync_put_item(self.service.settings.table("users"), document)
            etag = self.service.call("GET", f"/users/{user_id}").headers["ETag"]
            self.users[user_id] = Known(document, etag, version=0)

    @rule()
    def look_into_the_tables(self) -> None:
        tables, client = self.service.settings, self.service.table()
        versions = {
            item["userId"]: item.get("version", 0)
            for item in client.sync_scan(tables.table("users"))
        }
        assert versions == {each: self.users[each].version for each in self.users}
        assert len([*client.sync_scan(tables.table("idempotency"))]) == len(self.requests)
        assert_invariants(self.service, self.removed)

    def assert_created(self, answer: Answer, document: Document) -> None:
        user_id = document.get("userId") or answer.json["userId"]
        user = {"userId": user_id} | document | {"name": NAMES[document["name"]]}
        assert user_id not in self.users
        self.written(answer, user)
        self.assert_is(answer, 201, user_id)
        assert answer.headers["Location"].endswith(f"/users/{user_id}")
        assert "Idempotent-Replayed" not in answer.headers

    def assert_replayed(
        self, answer: Answer, document: Document, sent: Document, first: Answer
    ) -> None:
        if document != sent:
            assert_refused(answer, 422)
        else:
            assert (answer.status, answer.body) == (first.status, first.body)
            for name in ["ETag", "Location"]:
                assert answer.headers[name] == first.headers[name]
            assert answer.headers["Idempotent-Replayed"] == "true"

    def assert_is(self, answer: Answer, status: int, user_id: str) -> None:
        """Assert that the answer is this user as it should be."""
        known = self.users[user_id]
        assert (answer.status, answer.body) == (status, compact(known.document))
        assert answer.headers["ETag"] == known.etag
        assert ("Last-Modified" in answer.headers) == (known.version > 0)

    def written(self, answer: Answer, document: Document) -> None:
        """Take over what was written now: another revision than any before."""
        user_id, etag = document["userId"], answer.headers["ETag"]
        assert etag not in self.etags
        self.etags.add(etag)
        before = self.users.get(user_id)
        if before:
            self.former[user_id] = before.etag
        self.users[user_id] = Known(document, etag, before.version + 1 if before else 1)

    def write(
        self, method: str, user_id: str, form: str | None, patch: Patch | None = None
    ) -> Answer:
        """Send a call that writes, on a condition."""
        condition = self.condition(form, user_id)
        headers = {"If_Match": condition} if condition else {}
        return self.service.call(method, f"/users/{user_id}", patch, **headers)

    def is_refused(self, answer: Answer, user_id: str, form: str | None) -> bool:
        """Tell whether there is no such user or revision; compare the answer if so."""
        condition = self.condition(form, user_id)
        if user_id not in self.users:
            assert_refused(answer, 404)
        elif condition and not names_it(condition, self.users[user_id].etag):
            assert_refused(answer, 412)
        else:
            return False
        return True

    def is_taken(self, document: Document) -> bool:
        """Tell whether somebody else has the e-mail address of this user."""
        owners = {address(each): user_id for user_id, each in self.documents().items()}
        owner = owners.get(address(document)) if "email" in document else None
        return owner not in {None, document.get("userId")}

    def condition(self, form: str | None, user_id: str) -> str | None:
        """Return the entity tags that such a header has for this user."""
        current = self.users[user_id].etag if user_id in self.users else '"none"'
        former = self.former.get(user_id, '"former"')
        return form and form.format(current=current, former=former)

    def documents(self) -> dict[str, Document]:
        return {user_id: known.document for user_id, known in self.users.items()}


def address(document: Document) -> str | None:
    """Return whose e-mail address the user has."""
    return EMAILS[document["email"]] if "email" in document else None


def patched(document: Document, patch: Patch) -> Document:
    """Return the user as it is after the patch."""
    left = {field: value for field, value in (document | patch).items() if value is not None}
    return left | ({"name": NAMES[left["name"]]} if "name" in patch else {})


def names_it(header: str, etag: str) -> bool:
    """Tell whether `If-Match` accepts this revision."""
    return header == "*" or etag in header.split(", ")


def compact(document: Document) -> bytes:
    """Return the user as it is answered."""
    ordered = {field: document[field] for field in FIELDS if field in document}
    return json.dumps(ordered, separators=(",", ":"), ensure_ascii=False).encode()


def assert_refused(answer: Answer, status: int, says: str = "") -> None:
    """Assert that the request is refused with this status, and these words among others."""
    assert answer.status == status, answer
    assert says in answer.json["error"], answer


class OnWsgi(Users):
    """The service under a WSGI server."""

    transport = Wsgi


class OnLambda(Users):
    """The service on Lambda, behind API Gateway."""

    transport = RestApi


class StatefulTest(TestCase):
    """Whatever is sent in whatever order, the service answers as its model does."""

    def test_on_wsgi(self) -> None:
        """Under a WSGI server."""
        run_state_machine_as_test(OnWsgi, settings=SETTINGS)

    def test_on_lambda(self) -> None:
        """On Lambda, behind API Gateway."""
        run_state_machine_as_test(OnLambda, settings=SETTINGS)
