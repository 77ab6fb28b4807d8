"""Resources that differ from users: with fewer calls, references, and fields of every kind."""

from datetime import date
from typing import Annotated, Literal
from urllib.parse import quote

from msgspec import Meta, Struct

from local.tables import connection
from tests.support.kinds import Address
from tests.support.service import ServiceTest, fresh_settings
from tests.support.transports import transport
from users_api.app import create_app
from users_api.openapi.document import contract
from users_api.resource import Id, Resource
from users_api.store.connection import Connection
from users_api.users import USERS
from users_api.validation import create, document


class Note(Struct, frozen=True, kw_only=True, rename="camel"):
    """A note for a user, which can be left but not read."""

    user_id: Id
    reader_id: Id | None = None


class Thing(Struct, frozen=True, kw_only=True, rename="camel"):
    """A thing with a field of every kind, none of which says an example."""

    thing_id: Id
    text: Annotated[str, Meta(min_length=9, max_length=9)]
    whole: Annotated[int, Meta(ge=3, le=5)]
    decimal: float
    flag: bool
    role: Literal["member", "admin"]
    born: date
    labels: Annotated[list[str], Meta(min_length=2)]
    address: Address | None = None


class Motto(Struct, frozen=True, kw_only=True, rename="camel"):
    """A motto, whose fields say nothing about what they may be."""

    user_id: str
    text: str | None = None
    reader_id: str | None = None
    writer_id: str | None = None


NOTES = Resource(
    name="notes", model=Note, key="userId", references={"readerId": USERS}, calls=("create",)
)
THINGS = Resource(name="things", model=Thing, key="thingId")
MOTTOS = Resource(
    name="mottos",
    model=Motto,
    key="userId",
    unique={"text": str.casefold},
    references={"readerId": USERS, "writerId": USERS},
)


class SpecialTest(ServiceTest):
    """An application that serves notes beside users, in one table."""

    def test_reference(self) -> None:
        """A note is for a user that exists."""
        first = fresh_settings()
        settings = fresh_settings(
            USERS_TABLE=first.table("users"), NOTES_TABLE=first.table("users")
        )
        self.service.send = transport(create_app(settings, (USERS, NOTES)))
        self.call("POST", "/users", {"userId": "ada", "name": "Ada"})
        note = {"userId": "note", "readerId": "ada"}
        self.assertEqual(self.call("POST", "/notes", note).json, note)
        refused = self.call("POST", "/notes", {"userId": "other", "readerId": "nobody"})
        self.assert_refused(refused, 409, "readerId")
        self.assertEqual(refused.json["errors"][0]["message"], "is not the id of any user")
        self.assert_refused(self.call("GET", "/notes/note"), 404)
        self.assert_refused(self.call("GET", "/notes"), 405)

    def serve_mottos(self) -> None:
        """Serve users and mottos, in one table."""
        table = self.service.settings.table("users")
        settings = fresh_settings(USERS_TABLE=table, MOTTOS_TABLE=table)
        self.service.send = transport(create_app(settings, (USERS, MOTTOS)))

    def test_references_to_one(self) -> None:
        """Two references may be to the same record, and both to one that is not there."""
        self.serve_mottos()
        self.call("POST", "/users", {"userId": "both", "name": "Ada"})
        motto = {"userId": "m", "readerId": "both", "writerId": "both"}
        self.assertEqual(self.call("POST", "/mottos", motto).json, motto)
        for reader, writer, wrong in [("no", "no", "readerId"), ("both", "no", "writerId")]:
            patch = {"readerId": reader, "writerId": writer}
            for refused in [
                self.call("POST", "/mottos", {"userId": "other", **patch}),
                self.call("PATCH", "/mottos/m", patch),
            ]:
                self.assert_refused(refused, 409, wrong)
        self.assertEqual(self.call("GET", "/mottos/m").json, motto)

    def test_plain_texts(self) -> None:
        """What a key of DynamoDB or a path cannot be is refused; what is long is unique as well."""
        self.serve_mottos()
        for motto_id in ["", ".", "..", "a/b", "a b", "\u00e9", "a" * 129, "\u00e9" * 1024]:
            with self.subTest(motto_id=motto_id[:9]):
                refused = self.call("POST", "/mottos", {"userId": motto_id})
                self.assert_refused(refused, 400, "userId")
                self.assert_refused(self.call("GET", f"/mottos/{quote(motto_id, safe='')}"), 404)
        for reader in ["a b", "..", "\u6f22" * 1024]:
            with self.subTest(reader=reader[:9]):
                refused = self.call("POST", "/mottos", {"userId": "a", "readerId": reader})
                self.assert_refused(refused, 409, "readerId")
        for text in ["a" * 1024, "\u6f22" * 700, "\u0390" * 1024]:
            with self.subTest(text=text[:9]):
                motto = {"userId": "first", "text": text}
                self.assertEqual(self.call("POST", "/mottos", motto).status, 201)
                again = self.call("POST", "/mottos", {"userId": "second", "text": text})
                self.assert_refused(again, 409, "text")
                other = {"userId": "other", "text": text + "x" if len(text) < 1024 else text[1:]}
                self.assertEqual(self.call("POST", "/mottos", other).status, 201)
                found = self.call("GET", f"/mottos?text={quote(text)}").json["mottos"]
                self.assertEqual(found, [motto])
                for motto_id in ["first", "other"]:
                    self.assertEqual(self.call("DELETE", f"/mottos/{motto_id}").status, 204)

    def test_contract(self) -> None:
        """The contract has the calls that there are, and a good example of each kind of field."""
        told = contract((USERS, NOTES, THINGS))
        self.assertEqual(told["paths"]["/notes"].keys(), {"post"})
        self.assertNotIn("/notes/{userId}", told["paths"])
        examples = told["components"]["schemas"]["NewThing"]["examples"]
        self.assertTrue(examples)
        for example in examples:
            with self.subTest(example=example):
                self.assertEqual(document(create(Thing, example)), example)


class RestoredTest(ServiceTest):
    """An application whose connection is gone, as after the restoration of a snapshot."""

    def test_renewed(self) -> None:
        """It connects anew, also where nobody answers, and serves as before."""
        for settings, status in [
            (self.service.settings, 200),
            (fresh_settings(**connection("http://127.0.0.1:9")), 503),
        ]:
            with self.subTest(status=status):
                renewed = Connection(settings)
                self.service.send = transport(create_app(settings, connection=renewed))
                renewed.renew()
                self.assertEqual(self.call("GET", "/health").status, status)
