"""A service that asks for a token, and callers by the claims that a gateway hands over."""

import json
import time
from collections.abc import Mapping
from types import MappingProxyType

from tests.support.service import Service, ServiceTest, engine, fresh_settings
from tests.support.transports import Answer, Claims
from tests.support.wire import Wire, tapped

READ, WRITE = "users:read", "users:write"
INSUFFICIENT = 'Bearer error="insufficient_scope"'

# ways to write a path that could lead to somebody else
PATHS_TO_BOB = (
    *("/users/%62ob", "/users/b%6Fb", "/users/%2562ob", "/users/bob/", "/users//bob"),
    *("//users/bob", "/users/./bob", "/users/x/../bob", "/users/ada/../bob"),
    *(
        "/users/ada%2F..%2Fbob",
        "/users/ada%2f%2e%2e%2fbob",
        "/users/bob%00",
        "/users/bob;a",
    ),
    *("/users/bob%20", "/users/%20bob", "/users/bob%0a", "/users/BOB", "/users/bob?x=1"),
    *(
        "/users/bob%23",
        "/users/ada%00bob",
        "/users/ada,bob",
        "/users/ada/bob",
        "/USERS/bob",
    ),
    *("/users/%ef%bd%82ob", "/users/bo%C2%ADb", "/users/bob%3F", "/users/ada;/../bob"),
    *("/users%2Fbob", "/users\\bob", "/users/..%5Cbob", "/./users/bob", "/users/bob/."),
    *("/%75sers/bob", "/users/%e2%80%8bbob", "/users/bob%c0%80", "/users/%u0062ob"),
)


def claims(sub: str = "ada", *scopes: str, **others: object) -> dict[str, object]:
    """Return the claims of a token that is good for a day, however slow the machine."""
    return {"sub": sub, "scope": " ".join(scopes), "exp": time.time() + 86_400} | others


NOBODY, ADMIN = None, claims("admin", READ, WRITE)


def told(answer: Answer) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return all that a client can see, but for the id of the request."""
    headers = [each for each in answer.headers.items() if each[0] != "X-Request-Id"]
    request_id = answer.headers["X-Request-Id"].encode()
    return answer.status, headers, answer.body.replace(request_id, b"")


class AccessTest(ServiceTest):
    """A service that asks for a token, and the requests that it makes to DynamoDB."""

    wire: Wire

    @classmethod
    def setUpClass(cls) -> None:
        cls.wire = cls.enterClassContext(tapped(engine()))
        cls.service = cls.made()

    @classmethod
    def made(cls, **settings: str) -> Service:
        url = {"AWS_ENDPOINT_URL_DYNAMODB": cls.wire.url}
        return Service(fresh_settings(ACCESS="token", **settings, **url))

    def setUp(self) -> None:
        self.send_as(ADMIN, "POST", "/users", {"userId": "ada", "name": "Ada"})
        self.send_as(ADMIN, "POST", "/users", {"userId": "bob", "name": "Bob"})
        self.wire.calls.clear()

    def tearDown(self) -> None:
        self.send_as(ADMIN, "DELETE", "/users/ada")
        self.send_as(ADMIN, "DELETE", "/users/bob")

    def send_as(
        self,
        caller: Claims,
        method: str,
        target: str,
        document: object = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        """Send a request as the caller with these claims."""
        body = b"" if document is None else json.dumps(document).encode()
        named = {"Content-Type": "application/json"} if body else {}
        return self.service.send(method, target, {**named, **headers}, body, caller)

    def assert_refused_at_once(self, answer: Answer, status: int, challenge: str = "") -> None:
        """Assert a refusal that asked nothing of DynamoDB."""
        self.assert_refused(answer, status)
        self.assertEqual(answer.headers.get("WWW-Authenticate", ""), challenge)
        self.assertEqual(self.wire.calls, [])

    def assert_forbidden(self, answer: Answer, scope: str = "") -> None:
        """Assert that it is not allowed, and which scope would allow it."""
        challenge = f'{INSUFFICIENT}, scope="{scope}"' if scope else INSUFFICIENT
        self.assert_refused_at_once(answer, 403, challenge)
