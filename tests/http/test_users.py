"""Creating and reading users: the two calls that never change, and what belongs to them."""

from email.utils import parsedate_to_datetime
from uuid import UUID

from tests.support.service import ServiceTest

JOHN = {"name": "John", "userId": "someUserId"}


class CreateTest(ServiceTest):
    """`POST /users`."""

    def test_answers_byte_for_byte(self) -> None:
        """A new user is answered in compact JSON, its id first, and where to find it."""
        answer = self.call("POST", "/users", JOHN)
        self.assertEqual(answer.status, 201)
        self.assertEqual(answer.body, b'{"userId":"someUserId","name":"John"}')
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        self.assertTrue(answer.headers["Location"].endswith("/users/someUserId"))
        self.assertEqual(
            answer.headers["ETag"], self.call("GET", "/users/someUserId").headers["ETag"]
        )

    def test_makes_an_id(self) -> None:
        """A user without an id is given a random UUID."""
        answer = self.call("POST", "/users", {"name": "Ada"})
        self.assertEqual(UUID(answer.json["userId"]).version, 4)
        self.assertEqual(self.call("GET", f"/users/{answer.json['userId']}").body, answer.body)

    def test_never_overwrites(self) -> None:
        """An id that is taken is a conflict, and the user who has it stays as it is."""
        self.call("POST", "/users", {"userId": "taken", "name": "First"})
        for others in [{}, {"email": "other@example.com"}]:
            with self.subTest(others=others):
                answer = self.call("POST", "/users", {"userId": "taken", "name": "Other"} | others)
                self.assert_refused(answer, 409, "userId")
                self.assertIn("userId", answer.json["error"])
        self.assertEqual(self.call("GET", "/users/taken").json["name"], "First")
        self.assertEqual(self.call("GET", "/users?email=other@example.com").json["users"], [])

    def test_takes_an_email_once(self) -> None:
        """An e-mail address is returned as given, and taken in whatever case it is written."""
        document = {"userId": "ada", "name": "Ada", "email": "Ada@Example.com"}
        answer = self.call("POST", "/users", document)
        self.assertEqual(answer.body, b'{"userId":"ada","name":"Ada","email":"Ada@Example.com"}')
        for email in ["Ada@Example.com", "ADA@EXAMPLE.COM", "ada@example.com"]:
            with self.subTest(email=email):
                answer = self.call("POST", "/users", {"name": "Other", "email": email})
                self.assert_refused(answer, 409, "email")
                self.assertIn("email", answer.json["error"])

    def test_stores_names_composed(self) -> None:
        """A name is stored and returned in NFC, and its length counted so."""
        answer = self.call("POST", "/users", {"name": "Zoe\u0308"})
        self.assertEqual(answer.json["name"], "Zo\u00eb")
        self.assertEqual(self.call("POST", "/users", {"name": "e\u0301" * 256}).status, 201)

    def test_counts_code_points(self) -> None:
        """Emoji are counted in Unicode code points."""
        self.assertEqual(self.call("POST", "/users", {"name": "\U0001f600" * 256}).status, 201)
        self.assert_refused(self.call("POST", "/users", {"name": "\U0001f600" * 257}), 400, "name")

    def test_takes_every_field_at_its_longest(self) -> None:
        """The limits are inclusive."""
        email = f"{'l' * 64}@{'d' * 62}.{'e' * 62}.{'f' * 58}.info"
        self.assertEqual(len(email), 254)
        answer = self.call(
            "POST", "/users", {"userId": "u" * 128, "name": "n" * 256, "email": email}
        )
        self.assertEqual(answer.status, 201)


class ReadTest(ServiceTest):
    """`GET /users/{userId}`."""

    def test_answers_byte_for_byte(self) -> None:
        """A user is answered as it was when it was made."""
        self.call("POST", "/users", JOHN)
        answer = self.call("GET", "/users/someUserId")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.body, b'{"userId":"someUserId","name":"John"}')
        self.assertTrue(parsedate_to_datetime(answer.headers["Last-Modified"]))

    def test_knows_nobody(self) -> None:
        """A user that does not exist is answered byte for byte, too."""
        answer = self.call("GET", "/users/nobody")
        self.assertEqual(answer.status, 404)
        self.assertEqual(answer.body, b'{"error":"Could not find user with provided \\"userId\\""}')


class OlderItemTest(ServiceTest):
    """Items that the original service wrote: a `userId` and a `name`, and nothing more."""

    def setUp(self) -> None:
        self.service.table().sync_put_item(
            self.service.settings.table("users"), {"userId": "old", "name": "n" * 300}
        )

    def test_is_read(self) -> None:
        """It is read as it is, even if it breaks a rule of today."""
        answer = self.call("GET", "/users/old")
        self.assertEqual(answer.json, {"userId": "old", "name": "n" * 300})
        self.assertNotIn("Last-Modified", answer.headers)
        etag = answer.headers["ETag"]
        self.assertEqual(self.call("GET", "/users/old", If_None_Match=etag).status, 304)

    def test_lacks_a_field(self) -> None:
        """One without a field that is required today is read, listed, and mended."""
        table, client = self.service.settings.table("users"), self.service.table()
        client.sync_put_item(table, {"userId": "older"})
        self.assertEqual(self.call("GET", "/users/older").json, {"userId": "older"})
        self.assertIn({"userId": "older"}, self.call("GET", "/users").json["users"])
        changed = self.call("PATCH", "/users/older", {"email": "older@example.com"})
        self.assertEqual(changed.json, {"userId": "older", "email": "older@example.com"})
        self.assertEqual(self.call("PATCH", "/users/older", {"name": "a"}).json["name"], "a")
        self.assertEqual(self.call("DELETE", "/users/older").status, 204)

    def test_is_listed(self) -> None:
        """It is in the list."""
        self.assertEqual(self.call("GET", "/users").json["users"][0]["userId"], "old")

    def test_is_changed(self) -> None:
        """It can be changed, also on a condition, and is like any other from then on."""
        etag = self.call("GET", "/users/old").headers["ETag"]
        answer = self.call("PATCH", "/users/old", {"email": "old@example.com"}, If_Match=etag)
        self.assertEqual(answer.status, 200)
        stale = self.call("PATCH", "/users/old", {"name": "new"}, If_Match=etag)
        self.assert_refused(stale, 412)
        self.assertEqual(self.call("PATCH", "/users/old", {"name": "new"}).json["name"], "new")
        self.assertEqual(self.call("DELETE", "/users/old").status, 204)

    def test_is_removed(self) -> None:
        """It can be removed, and its id taken again."""
        self.assert_refused(
            self.call("POST", "/users", {"userId": "old", "name": "a"}), 409, "userId"
        )
        self.assertEqual(self.call("DELETE", "/users/old").status, 204)
        self.assert_refused(self.call("GET", "/users/old"), 404)
        self.assertEqual(self.call("POST", "/users", {"userId": "old", "name": "a"}).status, 201)
        self.call("DELETE", "/users/old")
