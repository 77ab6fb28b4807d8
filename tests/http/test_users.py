"""The two calls that never change, and what belongs to them."""

from uuid import UUID

from tests.service import Service, ServiceTest, engine, fresh_settings
from tests.wire import tapped

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

    def test_makes_an_id(self) -> None:
        """A user without an id is given a random UUID."""
        answer = self.call("POST", "/users", {"name": "Ada"})
        self.assertEqual(UUID(answer.json["userId"]).version, 4)
        self.assertEqual(self.call("GET", f"/users/{answer.json['userId']}").body, answer.body)

    def test_never_overwrites(self) -> None:
        """An id that is taken is a conflict, and the user who has it stays as it is."""
        self.call("POST", "/users", {"userId": "taken", "name": "First"})
        self.assert_refused(self.call("POST", "/users", {"userId": "taken", "name": "Other"}), 409)
        self.assertEqual(self.call("GET", "/users/taken").json["name"], "First")

    def test_stores_names_composed(self) -> None:
        """A name is stored and returned in NFC, and its length counted so."""
        decomposed = "Zoe\u0308"
        answer = self.call("POST", "/users", {"name": decomposed})
        self.assertEqual(answer.json["name"], "Zo\u00eb")
        self.assertEqual(self.call("POST", "/users", {"name": "e\u0301" * 256}).status, 201)

    def test_counts_code_points(self) -> None:
        """Emoji are counted in Unicode code points."""
        self.assertEqual(self.call("POST", "/users", {"name": "\U0001f600" * 256}).status, 201)
        self.assert_refused(self.call("POST", "/users", {"name": "\U0001f600" * 257}), 400, "name")

    def test_takes_every_field_at_its_longest(self) -> None:
        """The limits are inclusive."""
        answer = self.call("POST", "/users", {"userId": "u" * 128, "name": "n" * 256})
        self.assertEqual(answer.status, 201)


class ReadTest(ServiceTest):
    """`GET /users/{userId}`."""

    def test_answers_byte_for_byte(self) -> None:
        """A user is answered as it was when it was made."""
        self.call("POST", "/users", JOHN)
        answer = self.call("GET", "/users/someUserId")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.body, b'{"userId":"someUserId","name":"John"}')

    def test_knows_nobody(self) -> None:
        """A user that does not exist is answered byte for byte, too."""
        answer = self.call("GET", "/users/nobody")
        self.assertEqual(answer.status, 404)
        self.assertEqual(answer.body, b'{"error":"Could not find user with provided \\"userId\\""}')

    def test_head_has_no_body(self) -> None:
        """HEAD answers with the headers of GET."""
        self.call("POST", "/users", {"userId": "head", "name": "John"})
        got, head = self.call("GET", "/users/head"), self.call("HEAD", "/users/head")
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(head.headers["Content-Length"], str(len(got.body)))

    def test_is_private(self) -> None:
        """No cache keeps personal data."""
        answer = self.call("GET", "/users/nobody")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")


class CostTest(ServiceTest):
    """What a call costs at DynamoDB, counted on the wire."""

    def test_one_request_each(self) -> None:
        """A create is one write, a read is one read, and an impossible id is nothing."""
        wire = self.enterContext(tapped(engine()))
        service = Service(fresh_settings(AWS_ENDPOINT_URL_DYNAMODB=wire.url))
        for method, target, document, cost in [
            ("POST", "/users", JOHN, ["PutItem"]),
            ("GET", "/users/someUserId", None, ["GetItem"]),
            ("GET", "/users/nobody", None, ["GetItem"]),
            ("GET", "/users/a%20b", None, []),
            ("POST", "/users", {"name": ""}, []),
        ]:
            with self.subTest(method=method, target=target):
                wire.calls.clear()
                service.call(method, target, document)
                self.assertEqual(wire.calls, cost)
