"""A resource of two words, with two unique fields, and with calls of its own."""

from datetime import datetime
from typing import Annotated, Any
from unittest import TestCase

from flask import Response, abort
from msgspec import Meta, Struct, defstruct, field
from msgspec.structs import replace

from tests.support.service import Service, ServiceTest, fresh_settings
from tests.support.transports import Transport, transport
from users_api.app import create_app
from users_api.config import Settings
from users_api.errors import ConflictError, FieldError
from users_api.http import answers, preconditions
from users_api.openapi.document import contract
from users_api.resource import Call, Id, Resource, new_id
from users_api.store.collection import Collection
from users_api.users import USERS

Code = Annotated[str, Meta(max_length=9)]


class BookCopy(Struct, frozen=True, kw_only=True, rename="camel"):
    """A copy of a book, which is lent to one reader at a time."""

    copy_id: Id = field(default_factory=new_id)
    barcode: Code | None = None
    shelf: Code | None = None
    reader_id: Annotated[Id | None, Meta(extra_json_schema={"readOnly": True})] = None


class Loan(Struct, frozen=True, kw_only=True, rename="camel"):
    """To whom a copy is lent."""

    reader_id: Id
    note: str | None = None


def lend(copies: Collection[BookCopy], copy_id: str, loan: Loan) -> Response:
    """Lend a copy."""

    def lent(copy: BookCopy) -> BookCopy:
        if copy.reader_id:
            raise ConflictError(FieldError("readerId", "is set already"))
        return replace(copy, reader_id=loan.reader_id)

    return answers.record(copies.change(copy_id, lent, preconditions.if_match()))


def give_back(copies: Collection[BookCopy], copy_id: str) -> Response:
    """Give a copy back."""
    accepts = preconditions.if_match()
    return answers.record(copies.change(copy_id, lambda it: replace(it, reader_id=None), accepts))


def peek(copies: Collection[BookCopy], copy_id: str) -> Response:
    """Look at a copy."""
    return answers.record(copies.get(copy_id))


def forget(_: Collection[BookCopy], __: str) -> None:
    """Forget to answer."""


def give_up(_: Collection[BookCopy], __: str) -> None:
    """Give up."""
    abort(500)


LEND = Call(method="POST", path="lend", function=lend, needs="write", body=Loan)
GIVE_BACK = Call(method="POST", path="give-back", function=give_back, needs="write")
PEEK = Call(method="GET", path="peek", function=peek, needs="read")
COPIES = Resource(
    name="book-copies",
    model=BookCopy,
    key="copyId",
    unique={"barcode": str, "shelf": str},
    references={"readerId": USERS},
    own_calls=(LEND, GIVE_BACK, PEEK),
)
ONE = "/book-copies/a"
JSON = {"Content-Type": "application/json"}


class BookCopiesTest(ServiceTest):
    """An application that serves copies of books beside users."""

    settings: Settings

    @classmethod
    def setUpClass(cls) -> None:
        settings = fresh_settings()
        table = settings.table("users").replace("users", "book-copies")
        settings = replace(settings, tables={**settings.tables, "BOOK_COPIES_TABLE": table})
        cls.settings = settings
        cls.service = Service(settings)
        cls.service.table().sync_create_table(table, ("copyId", "S"), wait=True)
        cls.service.send = transport(create_app(settings, (USERS, COPIES)))

    def setUp(self) -> None:
        self.call("POST", "/users", {"userId": "ada", "name": "Ada"})
        self.call("POST", "/book-copies", {"copyId": "a", "barcode": "1", "shelf": "A"})

    def tearDown(self) -> None:
        self.call("DELETE", ONE)

    def test_body(self) -> None:
        """What a call of its own reads is checked as a new record is."""
        for document, named in [
            ({}, ["readerId"]),
            ({"readerId": "", "note": 1, "x": 1}, ["readerId", "note", "x"]),
        ]:
            with self.subTest(document=document):
                self.assert_refused(self.call("POST", f"{ONE}/lend", document), 400, *named)
        for body, media_type, status in [
            (b"", "application/json", 400),
            (b'{"readerId":"ada"}', "text/plain", 415),
            (b" " * 65_537, "application/json", 413),
        ]:
            with self.subTest(media_type, status=status):
                refused = self.send("POST", f"{ONE}/lend", body, Content_Type=media_type)
                self.assert_refused(refused, status)
        lent = self.call("POST", f"{ONE}/lend", {"readerId": "ada"})
        self.assertEqual((lent.status, lent.json["readerId"]), (200, "ada"))
        self.assertEqual(self.call("GET", ONE).body, lent.body)

    def serving(self, copies: Resource[Any]) -> Transport:
        """Return a way to call a service whose copies are others."""
        return transport(create_app(self.settings, (USERS, copies)))

    def test_looked_up(self) -> None:
        """What is no text is looked up by its text: a moment in whatever zone, a number."""
        added = [("bought_at", datetime | None, None), ("number", int | None, None)]
        model = defstruct("BookCopy", added, bases=(BookCopy,), kw_only=True, rename="camel")
        unique = {"boughtAt": str, "number": str}
        send = self.serving(replace(COPIES, model=model, unique=unique, own_calls=()))
        given = b'{"copyId":"looked-up","boughtAt":"2026-11-26T03:55:00+02:00","number":7}'
        self.addCleanup(send, "DELETE", "/book-copies/looked-up", {}, b"")
        self.assertEqual(send("POST", "/book-copies", JSON, given).status, 201)
        for query in ("boughtAt=2026-11-26T01:55:00Z", "number=7"):
            [found] = send("GET", f"/book-copies?{query}", {}, b"").json["book-copies"]
            self.assertEqual(found["copyId"], "looked-up", query)
        self.assertEqual(send("POST", "/book-copies", JSON, b'{"number":7}').status, 409)

    def test_no_answer(self) -> None:
        """A call that answers nothing, or gives up, is a fault of ours, told by its kind."""
        for function, kind in [(forget, "TypeError"), (give_up, "InternalServerError")]:
            call = Call(method="POST", path="x", function=function, needs="write")
            send = self.serving(replace(COPIES, own_calls=(call,)))
            with self.subTest(kind), self.assertLogs("users_api", "ERROR") as logs:
                self.assert_refused(send("POST", f"{ONE}/x", {}, b""), 500)
            self.assertRegex(logs.output[0], f" 500: {kind} at ")

    def test_conflicts(self) -> None:
        """It is refused with 409 for what it refers to, and for what its function says."""
        loan = {"readerId": "ada"}
        nobody = self.call("POST", f"{ONE}/lend", {"readerId": "nobody"})
        self.assertEqual(nobody.json["errors"][0]["message"], "is not the id of any user")
        self.assert_refused(nobody, 409, "readerId")
        self.assert_refused(self.call("POST", f"{ONE}/lend", loan, If_Match='"x"'), 412)
        self.assertEqual(self.call("POST", f"{ONE}/lend", loan).status, 200)
        again = self.call("POST", f"{ONE}/lend", loan)
        self.assertEqual(again.json["error"], 'The "readerId" is set already')
        self.assert_refused(again, 409, "readerId")

    def test_without_a_body(self) -> None:
        """A call that reads no body and no query minds neither, like the usual ones."""
        body = b"{bad" + b" " * 70_000
        for method, target, status in [
            ("POST", f"{ONE}/give-back?x=1", 200),
            ("GET", f"{ONE}/peek?x=1", 200),
            ("GET", f"{ONE}?x=1", 200),
            ("DELETE", f"{ONE}?x=1", 204),
        ]:
            with self.subTest(method, target=target):
                answer = self.send(method, target, body, Content_Type="text/plain")
                self.assertEqual(answer.status, status)

    def test_not_found(self) -> None:
        """A record is called by the words of its type."""
        missing = {"error": 'Could not find book copy with provided "copyId"'}
        for target in ("/book-copies/none", "/book-copies/none/peek"):
            self.assertEqual(self.call("GET", target).json, missing)

    def test_look_up(self) -> None:
        """A record is looked up by one field at a time; a limit says nothing then."""
        self.call("POST", "/book-copies", {"copyId": "b", "barcode": "2", "shelf": "B"})
        for query, others in [
            ("barcode=1&shelf=A", ["shelf"]),
            ("shelf=B&barcode=1", ["shelf"]),
            ("shelf=A&cursor=x", ["cursor"]),
            ("cursor=x&shelf=A&barcode=1&limit=1", ["shelf", "cursor"]),
        ]:
            with self.subTest(query):
                refused = self.call("GET", f"/book-copies?{query}")
                wrong = {each["message"] for each in refused.json["errors"]}
                first = "barcode" if "barcode" in query else "shelf"
                self.assertEqual(wrong, {f"does not go with `{first}`"})
                self.assert_refused(refused, 400, *others)
        for query in ("barcode=1", "shelf=A&limit=1"):
            with self.subTest(query):
                [found] = self.call("GET", f"/book-copies?{query}").json["book-copies"]
                self.assertEqual(found["copyId"], "a")


class BookCopiesContractTest(TestCase):
    """What the contract says of them."""

    contract: dict[str, Any]

    @classmethod
    def setUpClass(cls) -> None:
        cls.contract = contract((USERS, COPIES))

    def test_words(self) -> None:
        """A sentence has the words of the resource, a name of the contract has them in one."""
        self.assertIn("stores users and book copies.", self.contract["info"]["description"])
        listed = self.contract["paths"]["/book-copies"]["get"]
        self.assertEqual(listed["operationId"], "listBookCopies")
        self.assertEqual(listed["summary"], "List book copies, or look one up")
        created = self.contract["paths"]["/book-copies"]["post"]
        self.assertEqual(created["summary"], "Create a new book copy")
        self.assertIn("BookCopiesByShelf", self.contract["components"]["parameters"])

    def test_look_up(self) -> None:
        """It says that a record is looked up by one field at a time."""
        described = self.contract["paths"]["/book-copies"]["get"]["description"]
        self.assertIn("With `barcode` or `shelf`: the one with this value, or none;", described)
        self.assertIn("one at a time, without `cursor`.", described)

    def test_reference(self) -> None:
        """A field that refers to another resource says to which."""
        schemas = self.contract["components"]["schemas"]
        told = schemas["BookCopy"]["properties"]["readerId"]["description"]
        self.assertEqual(told, "The id of one of the users.")

    def test_own_calls(self) -> None:
        """Each of its own calls has the parameters, the body and the answers that there are."""
        always = {"200", "400", "404", "429", "500", "503"}
        write, body = {"409", "412"}, {"413", "415"}
        for path, method, statuses in [
            ("lend", "post", always | write | body),
            ("give-back", "post", always | write),
            ("peek", "get", always),
        ]:
            with self.subTest(path):
                call = self.contract["paths"][f"/book-copies/{{copyId}}/{path}"][method]
                named = [each["$ref"].rpartition("/")[2] for each in call.get("parameters", [])]
                self.assertEqual(named, ["IfMatch"] * (write <= statuses))
                self.assertEqual("requestBody" in call, body <= statuses)
                self.assertEqual(call["responses"].keys(), statuses)
                headers = call["responses"]["200"]["headers"].keys()
                self.assertEqual(headers, {"X-Request-Id", "ETag", "Last-Modified"})

    def test_body(self) -> None:
        """What a call of its own reads is a schema of its own."""
        told = self.contract["components"]["schemas"]["Loan"]
        self.assertEqual(told["description"], "To whom a copy is lent.")
        self.assertEqual(told["required"], ["readerId"])
        self.assertEqual(told["examples"][0], {"readerId": "someId"})


class NamesTest(TestCase):
    """The names of calls of its own."""

    def test_taken(self) -> None:
        """A function cannot be called as another call is."""

        def record(copies: Collection[BookCopy], copy_id: str) -> Response:
            """Do what has the name of a route."""
            return peek(copies, copy_id)

        named_so = Call(method="POST", path="x", function=record, needs="write")
        twice = Call(method="POST", path="x", function=peek, needs="write")
        for calls, name in [((named_so,), "record"), ((PEEK, twice), "peek")]:
            with self.subTest(name), self.assertRaises(ValueError) as raised:
                replace(COPIES, own_calls=calls)
            sentence = f"`book-copies` has a call named `{name}` already"
            self.assertEqual(str(raised.exception), sentence)
