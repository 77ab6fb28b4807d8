"""What a caller without scopes may do, with ACCESS=token, to records of its own and of others."""

from tests.support.callers import ADMIN, PATHS_TO_BOB, READ, WRITE, AccessTest, claims, told
from tests.support.transports import Answer, Claims

NOT_FOUND = b'{"error":"Could not find user with provided \\"userId\\""}'


class OthersTest(AccessTest):
    """Somebody else's record."""

    def test_cannot_be_told_from_a_missing_one(self) -> None:
        """One answer, whatever is sent and whether it exists; DynamoDB is not asked."""
        etag = self.send_as(ADMIN, "GET", "/users/bob").headers["ETag"]
        self.wire.calls.clear()
        sent: list[tuple[str, bytes, dict[str, str]]] = [
            (method, body, {"Content-Type": kind} | condition)
            for method in ("GET", "HEAD", "PATCH", "DELETE")
            for kind in ("application/json", "application/merge-patch+json", "text/plain")
            for body in (
                b"",
                b'{"name":"x"}',
                b'{"name":1}',
                b'{"userId":"ada"}',
                b"{",
                b"x" * 70_000,
            )
            for condition in (
                *({}, {"If-Match": etag}, {"If-Match": "*"}, {"If-Match": "bad"}),
                *({"If-None-Match": etag}, {"If-None-Match": "*"}, {"If-None-Match": "bad"}),
                *({"Idempotency-Key": "k"}, {"Accept": "application/problem+json"}),
            )
        ]
        for method, body, headers in sent:
            with self.subTest(method=method, body=body[:9], headers=headers):
                answers = [
                    self.service.send(method, f"/users/{each}", headers, body, claims("ada"))
                    for each in ("bob", "nobody")
                ]
                self.assertEqual(*map(told, answers))
                self.assertEqual(answers[0].status, 404)
                if "Accept" not in headers:
                    self.assertEqual(answers[0].body, b"" if method == "HEAD" else NOT_FOUND)
        self.assertEqual(self.wire.calls, [])

    def test_is_answered_as_a_missing_one_to_those_who_may_see_all(self) -> None:
        """It is also the answer of a record that does not exist to whoever may read all."""
        others = self.send_as(claims("ada"), "GET", "/users/bob")
        missing = self.send_as(claims("ada", READ), "GET", "/users/nobody")
        self.assertEqual(told(others), told(missing))

    def test_stays_as_it_is(self) -> None:
        """Nothing of it is changed, and its owner still finds it."""
        before = self.send_as(claims("bob"), "GET", "/users/bob")
        for caller in [claims("ada"), claims("ada", READ)]:
            self.send_as(caller, "PATCH", "/users/bob", {"name": "x"})
            self.send_as(caller, "DELETE", "/users/bob")
        after = self.send_as(claims("bob"), "GET", "/users/bob")
        self.assertEqual((after.status, after.body), (200, before.body))
        self.assertEqual(after.headers["ETag"], before.headers["ETag"])

    def test_however_its_path_is_written(self) -> None:
        """No way to write a path leads to it."""
        for path in PATHS_TO_BOB:
            for method in ["GET", "HEAD", "PATCH", "DELETE"]:
                with self.subTest(method=method, path=path):
                    document = {"name": "x"} if method == "PATCH" else None
                    answer = self.send_as(claims("ada"), method, path, document)
                    self.assertIn(answer.status, {404, 405})
                    self.assertNotIn(b"Bob", answer.body)
                    self.assertEqual(self.wire.calls, [])


class CreateTest(AccessTest):
    """`POST /users` without the scope to write."""

    def setUp(self) -> None:
        super().setUp()
        self.send_as(ADMIN, "DELETE", "/users/ada")
        self.wire.calls.clear()

    def create(self, caller: Claims, document: object) -> Answer:
        return self.send_as(caller, "POST", "/users", document)

    def test_own(self) -> None:
        """A caller creates the record that is named as itself, given or not."""
        for document in [{"name": "Ada"}, {"name": "Ada", "userId": "ada"}]:
            for caller in [claims("ada"), claims("ada", READ)]:
                with self.subTest(document=document, caller=caller):
                    answer = self.create(caller, document)
                    self.assertEqual(answer.body, b'{"userId":"ada","name":"Ada"}')
                    self.assertEqual(answer.status, 201)
                    self.assertTrue(answer.headers["Location"].endswith("/users/ada"))
                    self.assertEqual(self.send_as(caller, "DELETE", "/users/ada").status, 204)

    def test_once(self) -> None:
        """It is created once."""
        self.assertEqual(self.create(claims("ada"), {"name": "Ada"}).status, 201)
        self.assert_refused(self.create(claims("ada"), {"name": "Ada"}), 409, "userId")

    def test_others(self) -> None:
        """Another id is refused, whether it is taken or not, and whatever else is wrong."""
        ids: list[object] = ["bob", "nobody", "Ada", "ada ", "", None, 1, ["ada"], {"ada": 1}]
        others: list[dict[str, object]] = [{"name": "x"}, {"name": 1}, {}, {"email": "b@b.example"}]
        for user_id in ids:
            for other in others:
                with self.subTest(user_id=user_id, other=other):
                    answer = self.create(claims("ada"), {**other, "userId": user_id})
                    self.assert_forbidden(answer, WRITE)
        document = {"userId": "bob", "name": "x"}
        headers = {"Idempotency-Key": "bad key"}
        answer = self.send_as(claims("ada"), "POST", "/users", document, headers=headers)
        self.assert_forbidden(answer, WRITE)

    def test_impossible_owner(self) -> None:
        """A caller that can be no id owns nothing: it creates, reads, changes, removes nothing."""
        for sub in ("auth0|ada", "a" * 129, "ada\n", "ada/x", "a b", ".", "..", "é", "\u212aim"):
            with self.subTest(sub=sub):
                caller = claims(sub)
                self.assert_forbidden(self.create(caller, {"name": "x"}), WRITE)
                self.assert_forbidden(self.create(caller, {"name": "x", "userId": sub}), WRITE)
                for method in ["GET", "DELETE"]:
                    for target in ["ada", sub, sub.replace("\n", "%0a").replace("|", "%7C")]:
                        answer = self.send_as(caller, method, f"/users/{target}")
                        self.assert_refused_at_once(answer, 404)

    def test_with_the_scope(self) -> None:
        """With the scope, the id is whatever is sent, or made anew."""
        caller = claims("ada", WRITE)
        answer = self.create(caller, {"name": "x"})
        self.assertEqual(answer.status, 201)
        self.assertNotEqual(answer.json["userId"], "ada")
        self.assertEqual(self.create(caller, {"name": "x", "userId": "eve"}).status, 201)
        self.assert_refused(self.create(caller, {"name": "x", "userId": "eve"}), 409, "userId")

    def test_no_change_of_hands(self) -> None:
        """The id of one's own record stays, too."""
        self.create(claims("ada"), {"name": "Ada"})
        changed = self.send_as(claims("ada"), "PATCH", "/users/ada", {"userId": "bob"})
        self.assert_refused(changed, 400, "userId")


class IdempotencyTest(AccessTest):
    """`Idempotency-Key`, which belongs to its caller."""

    def create(self, caller: Claims, document: object, key: str) -> Answer:
        return self.send_as(caller, "POST", "/users", document, headers={"Idempotency-Key": key})

    def test_of_another_caller(self) -> None:
        """The same key from somebody else is another key."""
        for number, caller in enumerate([claims("x", WRITE), claims("y", WRITE), claims("z")]):
            document = {"name": f"n{number}"}
            answer = self.create(caller, document, "same")
            self.assertEqual(answer.status, 201)
            self.assertNotIn("Idempotent-Replayed", answer.headers)
            self.assertEqual(self.create(caller, document, "same").body, answer.body)

    def test_with_another_token(self) -> None:
        """It is the caller who counts, not the token."""
        first = self.create(claims("w", WRITE), {"name": "w"}, "k")
        again = self.create(claims("w", WRITE, READ, jti="another"), {"name": "w"}, "k")
        self.assertEqual((again.status, again.body), (201, first.body))

    def test_own(self) -> None:
        """One's own id, given or not, is the same request."""
        first = self.create(claims("own"), {"name": "o"}, "k")
        again = self.create(claims("own"), {"name": "o", "userId": "own"}, "k")
        self.assertEqual((again.status, again.body), (201, first.body))
        self.assertEqual(again.headers["Idempotent-Replayed"], "true")

    def test_without_the_scope_that_it_had(self) -> None:
        """Who no longer has the scope is not told of the records that it made with it."""
        caller, less = claims("w", WRITE), claims("w")
        self.create(caller, {"name": "1"}, "made")
        self.create(caller, {"name": "2", "userId": "given"}, "given")
        self.wire.calls.clear()
        self.assert_forbidden(self.create(less, {"name": "2", "userId": "given"}, "given"), WRITE)
        self.assert_refused(self.create(less, {"name": "1"}, "made"), 422)

    def test_after_its_record_is_gone(self) -> None:
        """A replay tells what the caller sent itself, and nothing of what others wrote since."""
        first = self.create(claims("gone"), {"name": "mine"}, "k")
        self.send_as(ADMIN, "DELETE", "/users/gone")
        self.send_as(ADMIN, "POST", "/users", {"userId": "gone", "name": "theirs"})
        self.assertEqual(self.create(claims("gone"), {"name": "mine"}, "k").body, first.body)
