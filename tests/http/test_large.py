"""Large records: how large one may become by many changes, and what that means for a list."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from tests.support.service import Service, ServiceTest, fresh_settings
from users_api.resource import Id, Resource

Lines = Annotated[list[str], Meta(max_length=60)]
LINES = ["x" * 1000] * 60  # as much as one request can bring
KIB = 1024


class Book(Struct, frozen=True, kw_only=True, rename="camel"):
    """A book that is written page by page."""

    user_id: Id
    first: Lines = []
    second: Lines = []
    third: Lines = []
    fourth: Lines = []
    fifth: Lines = []


BOOKS = Resource(name="books", model=Book, key="userId")
PAGES = ["first", "second", "third", "fourth", "fifth"]


class LargeTest(ServiceTest):
    """An application that serves books, in the table of users."""

    def setUp(self) -> None:
        settings = fresh_settings()
        tables = {**settings.tables, "BOOKS_TABLE": settings.table("users")}
        self.service = Service(replace(settings, tables=tables), (BOOKS,))

    def write(self, book: str, *pages: str) -> None:
        """Create a book with these pages."""
        self.call("POST", "/books", {"userId": book})
        for page in pages:
            answer = self.call("PATCH", f"/books/{book}", {page: LINES})
            self.assertEqual(answer.status, 200)

    def test_grown(self) -> None:
        """A record becomes no larger than 256 KiB, however many changes there are."""
        self.write("ada", *PAGES[:4])
        before = self.call("GET", "/books/ada")
        refused = self.call("PATCH", "/books/ada", {PAGES[4]: LINES})
        self.assert_refused(refused, 400)
        self.assertEqual(refused.json["error"], "The record would be larger than 256 KiB")
        self.assertEqual(self.call("GET", "/books/ada").body, before.body)
        self.assertEqual(self.call("PATCH", "/books/ada", {"first": LINES[1:]}).status, 200)

    def test_listed(self) -> None:
        """A page ends before Lambda could not return it, and all of them have every record once."""
        books = [f"book{number}" for number in range(8)]
        for book in books:
            self.write(book, *PAGES[:4])
        seen: list[str] = []
        target = "/books?limit=100"
        while target:
            page = self.call("GET", target)
            self.assertLess(len(page.body), 2 * KIB * KIB)
            seen += [each["userId"] for each in page.json["books"]]
            following = page.json.get("next")
            target = f"/books?limit=100&cursor={following}" if following else ""
        self.assertEqual(sorted(seen), books)
