"""Resources that differ from users: with fewer calls, references, and fields of every kind."""

from datetime import date
from typing import Annotated, Literal

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


NOTES = Resource(
    name="notes", model=Note, key="userId", references={"readerId": USERS}, calls=("create",)
)
THINGS = Resource(name="things", model=Thing, key="thingId")


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
