"""What goes wrong on our side is told without details, and logged by its type and place."""

from unittest import TestCase

from flask import Flask, request

from local.tables import connection
from tests.support.resources import ResourceTest
from tests.support.service import Service, ServiceTest, fresh_settings
from tests.support.transports import RestApi, Wsgi
from users_api.app import create_app
from users_api.config import Settings
from users_api.http import log, setup

FAILED = b'{"error":"Internal server error","code":"internal_error"}'


class OwnFaultTest(ResourceTest):
    """500: nothing the client can do."""

    needs = ("create", "read", "stand alone")

    def test_missing_table(self) -> None:
        """A table that is not there is for us to see, not for the client."""
        variable = f"{self.kind.name.upper().replace('-', '_')}_TABLE"
        service = Service(fresh_settings(**{variable: "no-such-table"}))
        calls = [("GET", self.one("a"), None), ("POST", self.path, self.new())]
        for method, target, document in calls:
            with self.subTest(method=method), self.assertLogs("users_api", "ERROR") as logs:
                answer = service.call(method, target, document)
                self.assert_refused(answer, 500)
                self.assertEqual(answer.body, FAILED)
                self.assertEqual(len(logs.records), 1)
                self.assertIn(answer.headers["X-Request-Id"], logs.output[0])
                self.assertIn("ResourceNotFoundException", logs.output[0])

    def test_malformed_item(self) -> None:
        """An item that is no record is a fault of that record only."""
        table, client = self.service.settings.table(self.kind.name), self.service.table()
        self.create("good")
        client.sync_put_item(table, self.new("bad") | {self.kind.field: [[["not that"]]]})
        with self.assertLogs("users_api", "ERROR") as logs:
            self.assert_refused(self.call("GET", self.one("bad")), 500)
        self.assertNotIn("that", logs.output[0])
        self.assertEqual(self.call("GET", self.one("good")).status, 200)


class StoreDownTest(TestCase):
    """503: the store cannot answer."""

    def test_nobody_listens(self) -> None:
        """A store that refuses the connection is a moment's trouble."""
        app = create_app(fresh_settings(**connection("http://127.0.0.1:9")))
        answer = Wsgi(app)("GET", "/users/a", {}, b"")
        self.assertEqual((answer.status, answer.headers["Retry-After"]), (503, "1"))
        self.assertEqual(list(answer.json), ["error", "code"])


class ProblemTest(ServiceTest):
    """Failures as problem details (RFC 9457), for those who ask for them."""

    def test_every_failure(self) -> None:
        """Whatever fails, the problem says the same as the plain answer, and what code it has."""
        self.call("POST", "/users", {"userId": "a", "name": "a"})
        taken, stale = {"userId": "a", "name": "b"}, {"If_Match": '"stale"'}
        cases: list[tuple[str, str, object, dict[str, str], str]] = [
            ("POST", "/users", {"name": ""}, {}, "invalid_fields"),
            ("POST", "/users", [], {}, "invalid_request"),
            ("GET", "/users?limit=0&x=y", None, {}, "invalid_fields"),
            ("GET", "/users/nobody", None, {}, "not_found"),
            ("GET", "/nowhere", None, {}, "not_found"),
            ("PUT", "/users", None, {}, "method_not_allowed"),
            ("POST", "/users", taken, {}, "conflict"),
            ("PATCH", "/users/a", {"name": "c"}, stale, "precondition_failed"),
            ("POST", "/users", {"name": "n" * 70_000}, {}, "body_too_large"),
            ("POST", "/users", {}, {"Content_Type": "text/plain"}, "unsupported_media_type"),
        ]
        for method, target, document, headers, code in cases:
            with self.subTest(method=method, target=target, code=code):
                plain = self.call(method, target, document, **headers)
                accept = {"Accept": "application/problem+json"}
                answer = self.call(method, target, document, **headers, **accept)
                self.assertEqual(answer.status, plain.status)
                self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
                self.assertEqual(answer.headers.get("Allow"), plain.headers.get("Allow"))
                said = answer.json
                self.assertEqual(said.pop("requestId"), answer.headers["X-Request-Id"])
                self.assertTrue(said.pop("title"))
                self.assertEqual(
                    said,
                    {"type": "about:blank", "status": plain.status, "code": code}
                    | {"detail": plain.json["error"]}
                    | {name: plain.json[name] for name in plain.json if name == "errors"},
                )

    def test_accept(self) -> None:
        """Problem details are for those who name them, and like them no less than plain JSON."""
        for accept, content_type in [
            ("application/problem+json", "application/problem+json"),
            ("application/problem+json, application/json", "application/problem+json"),
            ("application/problem+json;q=0.9, application/json;q=0.1", "application/problem+json"),
            ("application/problem+json;q=0.1, application/json", "application/json"),
            ("Application/Problem+JSON; charset=utf-8", "application/problem+json"),
            ("application/problem+json;q=0", "application/json"),
            ("application/json", "application/json"),
            ("application/*", "application/json"),
            ("*/*", "application/json"),
            ("text/html", "application/json"),
            ("garbage;;;", "application/json"),
        ]:
            with self.subTest(accept=accept):
                answer = self.call("GET", "/users/nobody", Accept=accept)
                self.assertEqual(answer.headers["Content-Type"], content_type)


class Bug(BaseException):
    """As far from an ordinary exception as can be."""


class BugTest(TestCase):
    """A bug in a view, whatever it raises, is one answer of 500."""

    def setUp(self) -> None:
        self.app = Flask("buggy")
        log.install(self.app, Settings(), {})
        setup.install(self.app)
        self.app.add_url_rule("/<name>", view_func=self.view)
        self.bugs = {
            kind.__name__: kind
            for kind in [ValueError, RecursionError, MemoryError, SystemExit, Bug]
        }

    def view(self, name: str) -> str:
        if name in self.bugs:
            raise self.bugs[name]("the secret cause")
        return request.path

    def test_on_lambda(self) -> None:
        """Nothing ends the environment, and the next request is clean."""
        call = RestApi(self.app)
        for name in self.bugs:
            with self.subTest(name), self.assertLogs("users_api", "ERROR") as logs:
                answer = call("GET", f"/{name}", {}, b"")
                self.assertEqual(answer.status, 500)
                self.assertEqual(answer.body, FAILED)
                self.assertTrue(answer.headers["X-Request-Id"])
                [told] = logs.output
                self.assertIn(f"{name} at ", told)
                self.assertIn("test_failures.py", told)
                self.assertNotIn("the secret cause", told)
            self.assertEqual(call("GET", "/fine", {}, b"").body, b"/fine")

    def test_under_wsgi(self) -> None:
        """An ordinary exception is an answer of 500, also while debugging."""
        self.app.debug = True
        with self.assertLogs("users_api", "ERROR"):
            answer = Wsgi(self.app)("GET", "/ValueError", {}, b"")
        self.assertEqual(answer.body, FAILED)
