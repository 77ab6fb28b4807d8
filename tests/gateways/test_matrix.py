"""Every route, with every kind of token, through every gateway: a table of what is right."""

import json
import re
from collections.abc import Iterator
from typing import ClassVar

from msgspec.structs import replace

from tests.support.callers import ADMIN, PATHS_TO_BOB, AccessTest
from tests.support.doors import DOORS, Door
from tests.support.issuing import ALL, Issuing, issuing
from tests.support.output import written
from tests.support.transports import Answer, Wsgi
from users_api.app import RESOURCES, create_app

PUBLIC = ("index", "health", "openapi", "docs", "docs_file")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "NONSENSE")

LIST, CREATE, ONE = ("users", "GET"), ("users", "POST"), "users.record"
RIGHT: dict[tuple[str, str], dict[str, int]] = {  # by call and by what the token is
    LIST: {"own": 403, "other's": 403, "read": 200, "write": 403, "both": 200},
    CREATE: {"own": 201, "other's": 403, "read": 403, "write": 201, "both": 201},
    (ONE, "GET"): {"own": 200, "other's": 404, "read": 200, "write": 404, "both": 200},
    (ONE, "PATCH"): {"own": 200, "other's": 404, "read": 404, "write": 200, "both": 200},
    (ONE, "DELETE"): {"own": 204, "other's": 404, "read": 404, "write": 204, "both": 204},
}


class MatrixTest(AccessTest):
    """A service with the users ada and bob, and an issuer that its gateways trust."""

    ours: Issuing
    good: ClassVar[dict[str, str]]
    bad: ClassVar[dict[str, str]]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.ours, others = cls.enterClassContext(issuing()), cls.enterClassContext(issuing())
        token, now = cls.ours.token, 1_700_000_000
        tokens = {
            "own": token("ada"),
            "other's": token("bob"),
            "read": token("x", "users:read"),
            "write": token("x", "users:write"),
            "both": token("x", ALL),
        }
        cls.good = {name: f"Bearer {text}" for name, text in tokens.items()}
        both = tokens["both"]
        cls.bad = {
            "none": "",
            "empty": "Bearer ",
            "malformed": "Bearer ada",
            "parts": "Bearer a.b.c",
            "scheme": f"Basic {both}",
            "no scheme": both,
            "two": f"Bearer {both}, Bearer {both}",
            "cut": f"Bearer {both[:-9]}",
            "expired": f"Bearer {token('ada', ALL, iat=now, exp=now + 60)}",
            "audience": f"Bearer {token('ada', ALL, aud='another')}",
            "issuer": f"Bearer {token('ada', ALL, iss='https://another.example')}",
            "key": f"Bearer {others.token('ada', ALL)}",
        }

    def setUp(self) -> None:
        super().setUp()
        self.direct = Wsgi(self.service.app)

    def sent(self, door: Door, method: str, path: str, authorization: str) -> Answer:
        """Send a request that would do something, if it may; it finds ada unless it creates her."""
        content = {"name": "Ada"} | ({"userId": "ada"} if method == "POST" else {})
        body = json.dumps(content).encode() if method in {"POST", "PATCH", "PUT"} else b""
        create = "DELETE" if method == "POST" else "POST"
        path_of_ada = "/users/ada" if create == "DELETE" else "/users"
        ada = json.dumps({"userId": "ada", "name": "Ada"}).encode()
        json_type = {"Content-Type": "application/json"}
        self.direct(create, path_of_ada, json_type, b"" if create == "DELETE" else ada, ADMIN)
        self.wire.calls.clear()
        headers = json_type if body else {}
        headers |= {"Authorization": authorization} if authorization else {}
        return door(method, path, headers, body)

    def routes(self) -> Iterator[tuple[str, str, str]]:
        """Yield every route with every method: endpoint, method and an address.

        Those of other resources go by the same rules, or are refused: tests/http sees to that.
        """
        others = {each.name for each in RESOURCES} - {"users"}
        for rule in self.service.app.url_map.iter_rules():
            if rule.endpoint.partition(".")[0] in others:
                continue
            path = rule.rule.replace("<record_id>", "ada").replace("<path:name>", "page.js")
            for method in METHODS:
                yield rule.endpoint, method, path

    def right(self, endpoint: str, method: str) -> dict[str, int]:
        """Return what is right, for each kind of token."""
        everybody = [*self.good, *self.bad]
        call = endpoint, {"HEAD": "GET"}.get(method, method)
        if endpoint in PUBLIC:
            return dict.fromkeys(everybody, 200 if call[1] == "GET" else 405)
        if method == "OPTIONS":  # gateways ask nobody for a token, for browsers send none
            return dict.fromkeys(everybody, 401)
        return dict.fromkeys(self.bad, 401) | RIGHT.get(call, dict.fromkeys(self.good, 405))

    def test_matrix(self) -> None:
        """Each is answered as the table says, and what is refused asks nothing of DynamoDB."""
        tokens = self.good | self.bad
        routes = list(self.routes())
        self.assertLessEqual({endpoint for endpoint, _ in RIGHT}, {each[0] for each in routes})
        for make in DOORS:
            door = make(self.service.app, self.ours)
            for endpoint, method, path in routes:
                for kind, status in self.right(endpoint, method).items():
                    answer = self.sent(door, method, path, tokens[kind])
                    asked = list(self.wire.calls)
                    with self.subTest(make.__name__, method=method, path=path, token=kind):
                        self.assertEqual(answer.status, status, answer.body)
                        if status >= 400:
                            self.assertEqual(asked, [])

    def test_no_such_path(self) -> None:
        """An address that there is not is 404 for who has a token, 401 for who has none."""
        tokens = self.good | self.bad
        right = dict.fromkeys(self.good, 404) | dict.fromkeys(self.bad, 401)
        for make in DOORS:
            door = make(self.service.app, self.ours)
            for path in ["/nothing", "/users/ada/x", "/users/ada/", "/user", "/users/", "/docsx"]:
                for kind, status in right.items():
                    with self.subTest(make.__name__, path=path, token=kind):
                        answer = self.sent(door, "GET", path, tokens[kind])
                        self.assertEqual((answer.status, self.wire.calls), (status, []))

    def test_paths_of_others(self) -> None:
        """However a path is written, it leads nobody to a record of others."""
        for make in DOORS:
            door = make(self.service.app, self.ours)
            for path in PATHS_TO_BOB:
                for method in ["GET", "HEAD", "PATCH", "DELETE"]:
                    with self.subTest(make.__name__, method=method, path=path):
                        answer = self.sent(door, method, path, self.good["own"])
                        self.assertIn(answer.status, {400, 404, 405})
                        self.assertNotIn(b"Bob", answer.body)
                        self.assertEqual(self.wire.calls, [])

    def test_log(self) -> None:
        """No part of a token is logged or answered, wherever it is sent."""
        tokens = [*self.good.values(), *self.bad.values()]
        parts = {part for text in tokens for part in re.split("[ .]", text) if len(part) > 20}
        talkative = replace(self.service.settings, metrics_namespace="test")
        for make in DOORS:
            door = make(create_app(talkative), self.ours)
            with written() as output:
                for text in tokens:
                    token = text.removeprefix("Bearer ")
                    for path in [
                        f"/users/{token}",
                        f"/users?email={token}",
                        f"/{token}",
                        "/users/ada",
                    ]:
                        for method in ["GET", "POST", "PATCH"]:
                            answer = self.sent(door, method, path, text)
                            told = f"{answer.headers}{answer.body!r}"
                            self.assertFalse([each for each in parts if each in told])
            self.assertIn('"errorCode"', output.getvalue())
            for part in parts:
                self.assertNotIn(part, output.getvalue())
