"""`Idempotency-Key`: the same request twice is one request, whatever the resource."""

import json
import time

from tests.support.resources import Kind, ResourceTest, new_numbers
from tests.support.service import ServiceTest
from tests.support.transports import Answer
from users_api.app import RESOURCES


class IdempotencyTest(ResourceTest):
    """`POST /users` with a key."""

    needs = ("create", "read", "change", "remove", "be varied")

    def post(self, document: object, key: str) -> Answer:
        return self.call("POST", self.path, document, Idempotency_Key=key)

    def memories(self) -> list[dict[str, object]]:
        return list(self.service.table().sync_scan(self.service.settings.table("idempotency")))

    def test_replays(self) -> None:
        """The same key and document give the same answer, and one record."""
        before = len(list(self.records()))
        document = self.new() | self.changed(1)
        first = self.post(document, "replays")
        self.assertNotIn("Idempotent-Replayed", first.headers)
        backwards = dict(reversed(document.items()))
        body = json.dumps(backwards, indent=1, separators=(" , ", " : ")).encode()
        headers = {"Content_Type": "application/json", "Idempotency_Key": "replays"}
        for again in [
            self.post(document, "replays"),
            self.send("POST", self.path, body, **headers),
        ]:
            self.assertEqual((again.status, again.body), (201, first.body))
            for name in ["Location", "ETag", "Last-Modified"]:
                self.assertEqual(again.headers[name], first.headers[name])
            self.assertEqual(again.headers["Idempotent-Replayed"], "true")
        self.assertEqual(len(list(self.records())), before + 1)

    def test_replays_after_changes(self) -> None:
        """The first answer is given even when the record has changed or gone since."""
        document = self.new("fickle") | self.changed(1)
        first = self.post(document, "fickle")
        self.call("PATCH", self.one("fickle"), self.changed(2))
        self.assertEqual(self.post(document, "fickle").body, first.body)
        self.call("DELETE", self.one("fickle"))
        self.assertEqual(self.post(document, "fickle").body, first.body)
        self.assert_refused(self.call("GET", self.one("fickle")), 404)

    def test_other_document(self) -> None:
        """The same key with another document is refused."""
        first = self.post(self.new("first") | self.changed(1), "reused")
        for document in [self.new("first") | self.changed(2), self.new() | self.changed(1)]:
            with self.subTest(document=document):
                self.assert_refused(self.post(document, "reused"), 422)
        self.assertEqual(self.call("GET", self.one("first")).body, first.body)

    def test_only_success_is_remembered(self) -> None:
        """A request that failed may be sent again with the same key, corrected or not."""
        self.assert_refused(self.post(self.new() | {"x": 1}, "failed"), 400, "x")
        self.create("full")
        document = self.new("full")
        self.assert_refused(self.post(document, "failed"), 409, self.kind.key)
        self.call("DELETE", self.one("full"))
        self.assertEqual(self.post(document, "failed").status, 201)

    def test_bad_keys(self) -> None:
        """A key is 1 to 255 visible ASCII characters."""
        for key in ["", " ", "a b", "k" * 256, "é", "\x7f"]:
            with self.subTest(key=key[:9]):
                self.assert_refused(self.post(self.new(), key), 400)
        for key in ["!", "~" * 255]:
            with self.subTest(key=key[:9]):
                self.assertEqual(self.post(self.new(), key).status, 201)

    def test_expires_by_its_own_time(self) -> None:
        """A key is free after a day, whether or not the record has been cleared away."""
        client, table = self.service.table(), self.service.settings.table("idempotency")
        self.post(self.new("early"), "expires")
        for memory in self.memories():
            key = {"key": memory["key"]}
            client.sync_update_item(table, key, updates={"expiresAt": int(time.time()) - 1})
        answer = self.post(self.new("late"), "expires")
        self.assertEqual(answer.status, 201)
        self.assertNotIn("Idempotent-Replayed", answer.headers)

    def test_no_personal_data(self) -> None:
        """What is remembered tells nothing of the record that was sent, nor the key itself."""
        document = self.new("secret-id") | self.changed(7)
        self.post(document, "secret-key")
        can_be_told = "be numbered" in self.kind.can  # one of few values may also be a default
        values = self.changed(7).values() if can_be_told else []
        texts = [each for each in values if isinstance(each, str)]
        for memory in self.memories():
            for told in ["secret-key", *texts]:  # a number may well be part of a hash
                self.assertNotIn(told, str(memory))
            self.assertLessEqual(
                memory.keys(), {"key", "fingerprint", "expiresAt", "added", "updatedAt", "writeId"}
            )


class ScopeTest(ServiceTest):
    """A key belongs to the path that it was sent to."""

    def test_other_resource(self) -> None:
        """The same key is another one for each resource."""
        numbers = new_numbers()
        for kind in (Kind(each, numbers) for each in RESOURCES):
            with self.subTest(kind.name):
                document, headers = kind.required(self.service), {"Idempotency_Key": "key"}
                called = {kind.key: kind.identified("a")} if kind.is_called else {}
                created = self.call("POST", f"/{kind.name}", called | document, **headers)
                self.assertEqual(created.status, 201)
                self.assertNotIn("Idempotent-Replayed", created.headers)
