"""Resources whose records name their owner in a field of their own, or not at all."""

from typing import Annotated

from flask import Response
from msgspec import Meta, Struct
from msgspec.structs import replace

from tests.support.callers import ADMIN, AccessTest, claims, told
from tests.support.service import Service, fresh_settings
from users_api.http import access, answers
from users_api.openapi.document import contract
from users_api.resource import Call, Resource
from users_api.store.collection import Collection
from users_api.users import USERS


class Note(Struct, frozen=True, kw_only=True, rename="camel"):
    """A record whose owner is not its key."""

    note_id: Annotated[str, Meta(min_length=1, max_length=9, pattern="^[a-z]+$")]
    author: Annotated[str, Meta(max_length=9)] | None = None
    title: Annotated[str, Meta(max_length=9)]


def publish(notes: Collection[Note], record_id: str) -> Response:
    """Publish a note.

    Everybody is told.
    """
    return answers.record(notes.get(record_id))


def titles(notes: Collection[Note], record_id: str) -> Response:
    """Tell the titles of all notes that can be seen."""
    found, _ = notes.list(100, None)
    same = [each.record.note_id for each in notes.find("title", record_id * 3)]
    return answers.answer([sorted(each.record.title for each in found), same])


OWN_CALLS = (
    Call(method="POST", path="publish", function=publish, needs="write"),
    Call(method="GET", path="titles", function=titles, needs="read"),
)
NOTES: Resource[Note] = Resource(
    name="notes",
    model=Note,
    key="noteId",
    owner="author",
    unique={"title": str.lower},
    own_calls=OWN_CALLS,
)
N_READ, N_WRITE = "notes:read", "notes:write"


class OtherResourceTest(AccessTest):
    """A resource whose records name their owner in a field of their own, or not at all."""

    def setUp(self) -> None:
        self.service = self.serve(NOTES)
        for note_id, author in {"a": "ada", "b": "bob"}.items():
            note = {"noteId": note_id, "author": author, "title": note_id * 3}
            self.send_as(claims("x", N_WRITE), "POST", "/notes", note)
        self.wire.calls.clear()

    def serve(self, resource: Resource[Note]) -> Service:
        """Return a service of this resource, on a table of its own."""
        settings = fresh_settings(ACCESS="token", AWS_ENDPOINT_URL_DYNAMODB=self.wire.url)
        name = settings.table("users").replace("users", "notes")
        self.service.table().sync_create_table(name, ("noteId", "S"), wait=True)
        tables = {**settings.tables, "NOTES_TABLE": name}
        return Service(replace(settings, tables=tables), [resource])

    def tearDown(self) -> None:
        """Leave the users alone."""

    def test_rules(self) -> None:
        """Scopes are named by the resource; every route of it has a rule."""
        self.assertEqual(
            {rule.scope for rule in access.rules([NOTES]).values()}, {"", N_READ, N_WRITE}
        )
        routes = {rule.endpoint for rule in self.service.app.url_map.iter_rules()}
        self.assertEqual({endpoint for endpoint, _ in access.rules([NOTES])}, routes)
        self.assertEqual(self.send_as(ADMIN, "GET", "/notes").status, 403)
        reader = claims("x", N_READ)
        self.assertEqual(self.send_as(reader, "GET", "/notes").status, 200)

    def test_keys_of_another_resource(self) -> None:
        """The same idempotency key on another path is another key."""
        table = self.service.settings.tables["IDEMPOTENCY_TABLE"]
        others = Service(replace(self.service.settings, access="open"))
        key = {"Idempotency-Key": "same"}
        user = others.call("POST", "/users", {"name": "Ada"}, Idempotency_Key="same")
        writer = claims("x", N_WRITE)
        note = self.send_as(writer, "POST", "/notes", {"noteId": "k", "title": "k"}, headers=key)
        for answer in (user, note):
            self.assertEqual(answer.status, 201)
            self.assertNotIn("Idempotent-Replayed", answer.headers)
        self.assertEqual(len(list(self.service.table().sync_scan(table))), 2)

    def test_reference(self) -> None:
        """An owner that has to be a user, too, creates that first: until then it is 409."""
        self.service = self.serve(replace(NOTES, references={"author": USERS}))
        note = {"noteId": "n", "title": "n"}
        self.assertEqual(self.send_as(claims("ada"), "POST", "/notes", note).status, 409)
        others = Service(replace(self.service.settings, access="open"))
        others.call("POST", "/users", {"userId": "ada", "name": "Ada"})
        self.assertEqual(self.send_as(claims("ada"), "POST", "/notes", note).status, 201)

    def test_contract(self) -> None:
        """The contract says what its calls need, its own ones too; with owners, what they may."""
        cases: list[tuple[str | None, list[object]]] = [("author", [{"token": []}]), (None, [])]
        for owner, ways in cases:
            with self.subTest(owner=owner):
                paths = contract([replace(NOTES, owner=owner)], token=True)["paths"]
                for path, method, scope in [
                    ("/notes/{noteId}", "delete", N_WRITE),
                    ("/notes/{noteId}/publish", "post", N_WRITE),
                    ("/notes/{noteId}/titles", "get", N_READ),
                ]:
                    call = paths[path][method]
                    self.assertEqual(call["security"], [{"token": [scope]}, *ways])
                    self.assertEqual("caller's own" in call["description"], bool(owner))

    def test_others(self) -> None:
        """Somebody else's record is a missing one, at the cost of a missing one."""
        for method, target, document in [
            ("GET", "", None),
            ("PATCH", "", {"title": "x"}),
            ("PATCH", "", {"title": 1}),
            ("DELETE", "", None),
            ("POST", "/publish", None),
        ]:
            with self.subTest(method=method, target=target):
                seen = []
                for note_id in ["b", "z"]:
                    self.wire.calls.clear()
                    path = f"/notes/{note_id}{target}"
                    answer = self.send_as(claims("ada"), method, path, document)
                    seen.append((told(answer), list(self.wire.calls)))
                self.assertEqual(*seen)
                self.assertEqual(seen[0][0][0], 404)
                self.assertEqual(seen[0][1], ["GetItem"])

    def test_own(self) -> None:
        """One's own can be read, changed, used and removed, but not given away."""
        for method, target, document, status in [
            ("GET", "", None, 200),
            ("PATCH", "", {"title": "x"}, 200),
            ("PATCH", "", {"title": "y", "author": "ada"}, 200),
            ("PATCH", "", {"author": "bob"}, 403),
            ("PATCH", "", {"author": None}, 403),
            ("POST", "/publish", None, 200),
            ("DELETE", "", None, 204),
        ]:
            with self.subTest(method=method, document=document):
                path = f"/notes/a{target}"
                answer = self.send_as(claims("ada"), method, path, document)
                self.assertEqual(answer.status, status)

    def test_given_away_with_the_scope(self) -> None:
        """With the scope, a record changes hands."""
        writer = claims("x", N_WRITE)
        answer = self.send_as(writer, "PATCH", "/notes/a", {"author": "bob"})
        self.assertEqual(answer.json["author"], "bob")
        self.assertEqual(self.send_as(claims("ada"), "GET", "/notes/a").status, 404)

    def test_create(self) -> None:
        """A new record is its caller's, given or not; nobody else's, nor nobody's."""
        cases: list[tuple[str, dict[str, object], int]] = [
            ("ada", {}, 201),
            ("ada", {"author": "ada"}, 201),
            ("ada", {"author": "bob"}, 403),
            ("ada", {"author": None}, 403),
            ("e\u0301ve", {}, 403),  # stored in NFC, it would be somebody else's
            ("e\u0301ve", {"author": "e\u0301ve"}, 403),
            ("longer than nine", {}, 403),
        ]
        for number, (sub, author, status) in enumerate(cases):
            with self.subTest(sub=sub, author=author):
                note = {"noteId": "xyzuvwq"[number], "title": f"t{number}", **author}
                answer = self.send_as(claims(sub), "POST", "/notes", note)
                self.assertEqual(answer.status, status)
                if status == 201:
                    self.assertEqual(answer.json["author"], sub)

    def test_own_call_sees_what_its_caller_may_see(self) -> None:
        """A resource's own call gets a collection without the records of others."""
        for caller, target, seen in [
            (claims("ada"), "a", [["aaa"], ["a"]]),
            (claims("ada"), "b", [["aaa"], []]),
            (claims("x", N_READ), "b", [["aaa", "bbb"], ["b"]]),
        ]:
            with self.subTest(caller=caller, target=target):
                answer = self.send_as(caller, "GET", f"/notes/{target}/titles", None)
                self.assertEqual((answer.status, answer.json), (200, seen))

    def test_without_owners(self) -> None:
        """Records without owners are for those who have the scope."""
        self.service = self.serve(replace(NOTES, owner=None, own_calls=OWN_CALLS[:1]))
        self.wire.calls.clear()
        note = {"noteId": "a", "title": "a", "author": "ada"}
        for method, target, document, scope in [
            ("GET", "/notes", None, N_READ),
            ("POST", "/notes", note, N_WRITE),
            ("GET", "/notes/a", None, N_READ),
            ("GET", "/notes/ada", None, N_READ),
            ("PATCH", "/notes/a", {"title": "b"}, N_WRITE),
            ("POST", "/notes/a/publish", None, N_WRITE),
            ("DELETE", "/notes/a", None, N_WRITE),
        ]:
            with self.subTest(method=method, target=target):
                other = {N_READ: N_WRITE, N_WRITE: N_READ}[scope]
                for caller in [claims("ada"), claims("ada", other)]:
                    answer = self.send_as(caller, method, target, document)
                    self.assert_forbidden(answer, scope)
        writer = claims("x", N_WRITE)
        self.assertEqual(self.send_as(writer, "POST", "/notes", note).status, 201)
        changed = self.send_as(writer, "PATCH", "/notes/a", {"author": "bob"})
        self.assertEqual(changed.json["author"], "bob")
