"""Where the service is mounted: stages, base paths of custom domains, and what leads elsewhere."""

import json
from typing import Any

from tests.support.senders import assert_legal, recorded, sent
from tests.support.service import ServiceTest
from tests.support.transports import Answer, LambdaContext, answered
from users_api.events import Handler

JSON = {"Content-Type": "application/json"}
JOHN = b'{"name":"John"}'
HOSTILE = '/dev"><script>alert(1)</script>'


def based(base: str, event: dict[str, Any]) -> dict[str, Any]:
    """Return the event that a REST API makes of a request to a custom domain with a base path."""
    path = f"{base}{event['path']}"
    context = event["requestContext"] | {"path": path, "domainName": "api.example.com"}
    return event | {"path": path, "requestContext": context}


def routed(raw_path: str, route: str, **parameters: str) -> dict[str, Any]:
    """Return the event that an HTTP API makes of a request that one of its routes has matched."""
    event = sent("http-v2", "GET", raw_path) | {"routeKey": f"ANY {route}"}
    return event | ({"pathParameters": parameters} if parameters else {})


class MountTest(ServiceTest):
    """What a client is told to go on with leads back to where it came from."""

    def setUp(self) -> None:
        self.handler = Handler(self.service.app)

    def answer(self, event: dict[str, Any]) -> Answer:
        result = self.handler(event, LambdaContext())
        assert_legal(result)
        return answered(result)

    def assert_index(self, event: dict[str, Any], base: str) -> None:
        """Assert that an event asks for the index, and that its links carry the base."""
        answer = self.answer(event)
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.json["links"]["users"], f"{base}/users")

    def test_base_path(self) -> None:
        """A base path is part of every address, and of nothing else."""
        for base in ["/v1", "/a-b/c.d", "/$x", "/users"]:
            with self.subTest(base=base):
                created = self.answer(based(base, sent("rest-v1", "POST", "/users", JSON, JOHN)))
                location = f"{base}/users/{created.json['userId']}"
                self.assertEqual((created.status, created.headers["Location"]), (201, location))
                self.answer(based(base, sent("rest-v1", "POST", "/users", JSON, JOHN)))
                page = self.answer(based(base, sent("rest-v1", "GET", "/users?limit=1")))
                self.assertTrue(page.headers["Link"].startswith(f"<{base}/users?limit=1&"))
                contract = self.answer(based(base, sent("rest-v1", "GET", "/openapi.json")))
                self.assertEqual(contract.json["servers"], [{"url": base}])
                for path in ["/docs", "/docs/"]:
                    docs = self.answer(based(base, sent("rest-v1", "GET", path))).body.decode()
                    self.assertIn(f'data-contract="{base}/openapi.json"', docs)
                    self.assertIn(f'src="{base}/docs/page.js"', docs)
                self.assert_index(based(base, sent("rest-v1", "GET", "/")), base)
                nobody = self.answer(based(base, sent("rest-v1", "GET", "/users/nobody")))
                self.assert_refused(nobody, 404)

    def test_root(self) -> None:
        """The root is the index, with a slash and without."""
        for path in ["/dev", "/dev/"]:
            with self.subTest(path=path):
                event = sent("rest-v1", "GET", "/")
                event["requestContext"]["path"] = path
                self.assert_index(event, "/dev")
                staged = sent("http-v2", "GET", path)
                staged["requestContext"]["stage"] = "dev"
                self.assert_index(staged, "/dev")
        self.assert_index(sent("http-v2", "GET", "/"), "")
        self.assert_index(sent("alb", "GET", "/"), "")

    def test_routes_of_a_gateway(self) -> None:
        """Whatever routes lead to the function, they tell where it is mounted."""
        for route, parameters, path in [
            ("/docs/{proxy+}", {"proxy": "page.js"}, "/docs/page.js"),
            ("/health", None, "/health"),
            ("/users/{userId}", {"userId": "nobody"}, "/users/nobody"),
        ]:
            with self.subTest(route=route):
                direct = self.answer(sent("rest-v1", "GET", path))
                event = sent("rest-v1", "GET", path)
                event |= {"resource": route, "pathParameters": parameters}
                self.assertEqual(self.answer(based("/v1", event)).body, direct.body)

    def test_stage_of_an_http_api(self) -> None:
        """An HTTP API puts a named stage into the path."""
        event = sent("http-v2", "POST", "/dev/users", JSON, b'{"userId":"staged","name":"John"}')
        event["requestContext"]["stage"] = "dev"
        self.assertEqual(self.answer(event).headers["Location"], "/dev/users/staged")
        event = sent("http-v2", "GET", "/developers")
        event["requestContext"]["stage"] = "dev"
        self.assert_refused(self.answer(event), 404)

    def test_routes_of_an_http_api(self) -> None:
        """A route tells the base path of an HTTP API, too."""
        self.assert_index(routed("/v1", "/"), "/v1")
        self.assert_index(routed("/v1/", "/"), "/v1")
        docs = self.answer(routed("/v1/docs", "/{proxy+}", proxy="docs")).body.decode()
        self.assertIn('data-contract="/v1/openapi.json"', docs)

    def test_path_that_is_decoded_already(self) -> None:
        """The path of an HTTP API has been decoded, and is not decoded again."""
        self.call("POST", "/users", {"userId": "alice", "name": "Alice"})
        for path, status in [("alice", 200), ("%61lice", 404), ("alice?x", 404), ("a%2Flice", 404)]:
            with self.subTest(path=path):
                event = recorded("http-v2") | {"rawPath": f"/users/{path}"}
                self.assertEqual(self.answer(event).status, status)
        for kind in ["function-url", "alb", "rest-v1"]:
            with self.subTest(kind=kind):
                self.assertEqual(self.answer(sent(kind, "GET", "/users/%61lice")).status, 200)

    def test_forged_base(self) -> None:
        """A base that cannot be one is none: nothing of it gets into a page or a header."""
        for base in [HOSTILE, "/dev\r\nX-Evil: 1", "//evil.example", "/d\ud800", "evil", "/a//b"]:
            with self.subTest(base=base):
                event = sent("rest-v1", "GET", "/docs")
                event["requestContext"]["path"] = f"{base}/docs"
                answer = self.answer(event)
                self.assertEqual(answer.status, 200)
                self.assertIn(b'data-contract="/openapi.json"', answer.body)
                event = sent("http-v2", "GET", "/docs") | {"rawPath": f"{base}/docs"}
                event["requestContext"]["stage"] = base.removeprefix("/")
                self.assert_refused(self.answer(event), 404)
        event = sent("http-v2", "POST", "/users", JSON, JOHN)
        event |= {"rawPath": f"{HOSTILE}/users", "routeKey": "ANY /users"}
        self.assert_refused(self.answer(event), 404)

    def test_forged_base_under_wsgi(self) -> None:
        """Whatever a WSGI server takes for the base, the page stays what it is."""
        mounted = {"SCRIPT_NAME": HOSTILE, "PATH_INFO": "/docs"}
        answer = self.service.app.test_client().get("/docs", environ_overrides=mounted)
        self.assertIn("/dev&quot;&gt;&lt;script&gt;", answer.text)
        self.assertNotIn("<script>alert", answer.text)

    def test_no_way_out(self) -> None:
        """No answer leads to a host that the client has named."""
        for kind in ["rest-v1", "http-v2", "alb"]:
            for path in ["/", "/users", "/docs", "/docs/", "//evil.example/", "/users/", ""]:
                with self.subTest(kind=kind, path=path):
                    answer = self.answer(sent(kind, "GET", path, {"Host": "evil.example"}))
                    self.assertIn(answer.status, [200, 404])
                    self.assertNotIn("evil", json.dumps(dict(answer.headers)))
                    self.assertNotIn(b"evil", answer.body)
