"""`Idempotency-Key`: the same request twice is one request."""

import time

from tests.support.service import ServiceTest
from tests.support.transports import Answer

ADA = {"name": "Ada", "email": "ada@example.com"}


class IdempotencyTest(ServiceTest):
    """`POST /users` with a key."""

    def post(self, document: object, key: str) -> Answer:
        return self.call("POST", "/users", document, Idempotency_Key=key)

    def records(self) -> list[dict[str, object]]:
        return list(self.service.table().sync_scan(self.service.settings.table("idempotency")))

    def test_replays(self) -> None:
        """The same key and document give the same answer, and one user."""
        first = self.post(ADA, "replays")
        self.assertNotIn("Idempotent-Replayed", first.headers)
        body = b' { "email" : "ada@example.com" , "name" : "\\u0041da" } '
        headers = {"Content_Type": "application/json", "Idempotency_Key": "replays"}
        for again in [self.post(ADA, "replays"), self.send("POST", "/users", body, **headers)]:
            self.assertEqual((again.status, again.body), (201, first.body))
            for name in ["Location", "ETag", "Last-Modified"]:
                self.assertEqual(again.headers[name], first.headers[name])
            self.assertEqual(again.headers["Idempotent-Replayed"], "true")
        users = self.call("GET", "/users?limit=100").json["users"]
        self.assertEqual([user["name"] for user in users].count("Ada"), 1)

    def test_replays_after_changes(self) -> None:
        """The first answer is given even when the user has changed or gone since."""
        first = self.post({"userId": "fickle", "name": "a"}, "fickle")
        self.call("PATCH", "/users/fickle", {"name": "b"})
        self.assertEqual(self.post({"userId": "fickle", "name": "a"}, "fickle").body, first.body)
        self.call("DELETE", "/users/fickle")
        self.assertEqual(self.post({"userId": "fickle", "name": "a"}, "fickle").body, first.body)
        self.assert_refused(self.call("GET", "/users/fickle"), 404)

    def test_other_document(self) -> None:
        """The same key with another document is refused."""
        self.post({"userId": "first", "name": "a"}, "reused")
        for document in [{"userId": "first", "name": "b"}, {"name": "a"}]:
            with self.subTest(document=document):
                self.assert_refused(self.post(document, "reused"), 422)
        self.assertEqual(self.call("GET", "/users/first").json["name"], "a")

    def test_only_success_is_remembered(self) -> None:
        """A request that failed may be sent again with the same key, corrected or not."""
        self.assert_refused(self.post({"name": ""}, "failed"), 400, "name")
        self.call("POST", "/users", {"userId": "full", "name": "a"})
        self.assert_refused(self.post({"userId": "full", "name": "b"}, "failed"), 409, "userId")
        self.call("DELETE", "/users/full")
        self.assertEqual(self.post({"userId": "full", "name": "b"}, "failed").status, 201)

    def test_bad_keys(self) -> None:
        """A key is 1 to 255 visible ASCII characters."""
        for key in ["", " ", "a b", "k" * 256, "é", "\x7f"]:
            with self.subTest(key=key[:9]):
                self.assert_refused(self.post({"name": "a"}, key), 400)
        for key in ["!", "~" * 255]:
            with self.subTest(key=key[:9]):
                self.assertEqual(self.post({"name": "a"}, key).status, 201)

    def test_expires_by_its_own_time(self) -> None:
        """A key is free after a day, whether or not the record has been cleared away."""
        client, table = self.service.table(), self.service.settings.table("idempotency")
        self.post({"userId": "early", "name": "a"}, "expires")
        for record in self.records():
            key = {"key": record["key"]}
            client.sync_update_item(table, key, updates={"expiresAt": int(time.time()) - 1})
        answer = self.post({"userId": "late", "name": "b"}, "expires")
        self.assertEqual(answer.status, 201)
        self.assertNotIn("Idempotent-Replayed", answer.headers)

    def test_no_personal_data(self) -> None:
        """The record tells nothing of the user, nor the key itself."""
        self.post({"name": "Secret", "email": "secret@example.com"}, "secret-key")
        for record in self.records():
            self.assertNotIn("secret", str(record).lower())
            self.assertLessEqual(
                record.keys(), {"key", "fingerprint", "expiresAt", "added", "updatedAt", "writeId"}
            )
