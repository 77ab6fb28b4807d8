"""The gateway of a laptop: what it asks the authorizer, and what it makes of the answer."""

from collections.abc import Mapping
from typing import Any
from unittest import TestCase

from local.gateway import Gateway, allows
from tests.support.transports import Wsgi
from tests.unit.test_config import TABLES
from users_api.app import create_app
from users_api.config import Settings

TOKEN = "Bearer eyJh.eyJz.c2ln"
OTHER = "bearer b.b.b"
STAGE = "arn:aws:execute-api:us-east-1:000000000000:local/local/"


def policy(effect: str = "Allow", resource: str = f"{STAGE}*") -> dict[str, Any]:
    """Return a policy of one statement."""
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


class GatewayTest(TestCase):
    """A gateway whose authorizer answers as a test says, and at a time that it says."""

    def setUp(self) -> None:
        self.asked: list[Mapping[str, Any]] = []
        self.answer: dict[str, Any] | Exception = {
            "policyDocument": policy(),
            "context": {"sub": "ada", "scope": "users:read", "exp": 9999999999},
        }
        self.now = 0.0
        settings = Settings.from_environment(TABLES | {"ACCESS": "token"})
        self.gateway = Gateway(create_app(settings), self.authorize, lambda: self.now)

    def authorize(self, event: Mapping[str, Any], _context: object) -> dict[str, Any]:
        self.asked.append(event)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def status(self, method: str, path: str, token: str = "") -> int:
        """Return the status with which a request is answered; none of these asks DynamoDB."""
        headers = {"Authorization": token} if token else {}
        return Wsgi(self.gateway)(method, path, headers, b"").status

    def test_public(self) -> None:
        """What is about the service itself is open, and so is a preflight; nobody is asked."""
        for method, path in [
            ("GET", "/"),
            ("GET", "/openapi.json"),
            ("GET", "/docs"),
            ("GET", "/docs/"),
            ("GET", "/docs/page.js"),
            ("POST", "/health"),
            ("OPTIONS", "/users/ada"),
        ]:
            for token in ["", TOKEN, "nonsense"]:
                with self.subTest(method=method, path=path, token=token):
                    self.assertIsNone(self.gateway.claims(method, path, token or None))
        self.assertEqual(self.status("GET", "/docs"), 200)
        self.assertEqual(self.status("OPTIONS", "/users"), 401)  # for it is no preflight
        self.assertEqual(self.asked, [])

    def test_private(self) -> None:
        """Everything else asks for a token."""
        for path in (
            *("/users", "/users/ada", "/healthy", "/health/x", "/docsx", "/openapi.json/x", "/x"),
            *("/users/docs", "//users", "/openapi", "/%75sers/ada", "/users/../health"),
        ):
            for method in ["GET", "POST", "HEAD", "TRACE"]:
                with self.subTest(method=method, path=path):
                    self.assertEqual(self.status(method, path), 401)
        self.assertEqual(self.asked, [])

    def test_shape(self) -> None:
        """What is not shaped like a token is refused without asking the authorizer."""
        for token in (
            *(
                "Bearer",
                "Bearer ",
                "Bearer a",
                "Bearer a.b",
                "Bearer a.b.c.d",
                "Bearer a.b.c=",
                "a.b.c",
            ),
            *("Basic a.b.c", "Bearer  a.b.c", "Bearer a.b.c ", "Bearer a.b.c, Bearer a.b.c"),
            *(
                "Bearer ä.b.c",
                f"Bearer {'a' * 9000}.b.c",
                "Token a.b.c",
                "Bearer ..",
                "Bearer a.b.é",
            ),
        ):
            with self.subTest(token=token[:30]):
                self.assertEqual(self.status("GET", "/users", token), 401)
        self.assertEqual(self.asked, [])

    def test_event(self) -> None:
        """The authorizer is asked as on AWS, and what it tells comes as text."""
        claims = self.gateway.claims("GET", "/users/ada", TOKEN)
        self.assertEqual(claims, {"sub": "ada", "scope": "users:read", "exp": "9999999999"})
        event = {
            "type": "TOKEN",
            "authorizationToken": TOKEN,
            "methodArn": f"{STAGE}GET/users/ada",
        }
        self.assertEqual(self.asked, [event])
        self.assertEqual(self.status("GET", "/users/bob/x", TOKEN), 404)  # the service has them
        self.assertEqual(self.status("POST", "/users/bob", TOKEN), 405)

    def test_remembers(self) -> None:
        """An answer holds for the token on every path, for 300 seconds."""
        for path, token, now, asked in [
            ("/users", TOKEN, 0, 1),
            ("/users/ada", TOKEN, 299, 1),
            ("/users", OTHER, 299, 2),
            ("/users", TOKEN, 301, 3),
            ("/users", OTHER, 598, 3),
        ]:
            with self.subTest(path=path, token=token, now=now):
                self.now = now
                self.gateway.claims("GET", path, token)
                self.assertEqual(len(self.asked), asked)

    def test_does_not_grow(self) -> None:
        """However many tokens come, only so many are remembered."""
        for number in [*range(1001), 0]:
            self.gateway.claims("GET", "/users", f"Bearer a.b.{number}")
        self.assertEqual(len(self.asked), 1002)

    def test_unauthorized(self) -> None:
        """A token that the authorizer does not accept is 401, and is looked at again each time."""
        self.answer = Exception("Unauthorized")
        for asked in [1, 2]:
            self.assertEqual(self.status("GET", "/users", TOKEN), 401)
            self.assertEqual(len(self.asked), asked)

    def test_fails(self) -> None:
        """An authorizer that fails is 503: never a door, and logged by its type alone."""
        self.answer = RuntimeError("secret")
        with self.assertLogs("users_api", "ERROR") as logs:
            self.assertEqual(self.status("GET", "/users", TOKEN), 503)
        self.assertIn("RuntimeError", logs.output[0])
        self.assertNotIn("secret", logs.output[0])
        self.answer = {"policyDocument": policy(), "context": {"sub": "ada", "exp": 9999999999}}
        self.assertEqual(self.status("GET", "/users", TOKEN), 403)

    def test_policy(self) -> None:
        """A policy that does not allow the call is 403; also one that is remembered."""
        self.answer = {"policyDocument": policy(resource=f"{STAGE}GET/users"), "context": {}}
        self.assertEqual(self.gateway.claims("GET", "/users", TOKEN), {})
        self.assertEqual(self.status("GET", "/users/ada", TOKEN), 403)
        self.answer = {"policyDocument": policy("Deny"), "context": {"sub": "ada"}}
        self.assertEqual(self.status("GET", "/users", OTHER), 403)
        self.assertEqual(len(self.asked), 2)

    def test_allows(self) -> None:
        """A statement must allow a call, and none may forbid it."""
        allow, deny = policy()["Statement"], policy("Deny")["Statement"]
        other = policy(resource=STAGE.replace("/local/", "/prod/") + "*")["Statement"]
        for statements, allowed in [
            (allow, True),
            ([*allow, *deny], False),
            ([*allow, *other], True),
            (other, False),
            (deny, False),
            ([], False),
        ]:
            with self.subTest(statements=statements):
                self.assertEqual(allows({"Statement": statements}, f"{STAGE}GET/users"), allowed)
