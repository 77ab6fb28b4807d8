"""What goes wrong on our side is told without details, and logged with them."""

from unittest import TestCase

from flask import Flask, request

from local.tables import connection
from tests.service import Service, ServiceTest, engine
from tests.transports import RestApi, Wsgi
from users_api import web
from users_api.app import create_app
from users_api.config import Settings


class OwnFaultTest(ServiceTest):
    """500: nothing the client can do."""

    def test_missing_table(self) -> None:
        """A table that is not there is for us to see, not for the client."""
        variables = connection(engine()) | {"USERS_TABLE": "no-such-table"}
        service = Service(settings=Settings.from_environment(variables))
        for method, target, document in [
            ("GET", "/users/a", None),
            ("POST", "/users", {"name": "John"}),
        ]:
            with self.subTest(method=method), self.assertLogs("users_api", "ERROR") as logs:
                answer = service.call(method, target, document)
                self.assert_refused(answer, 500)
                self.assertEqual(answer.body, b'{"error":"Internal server error"}')
                self.assertEqual(len(logs.records), 1)
                self.assertIn(answer.headers["X-Request-Id"], logs.output[0])
                self.assertIn("ResourceNotFoundException", logs.output[0])

    def test_malformed_item(self) -> None:
        """An item that is no user is a fault of that user only."""
        table, client = self.service.settings.users_table, self.service.table()
        self.call("POST", "/users", {"userId": "good", "name": "Good"})
        items: list[dict[str, object]] = [{}, {"name": 5}, {"name": ["John"]}]
        for number, item in enumerate(items):
            with self.subTest(item=item), self.assertLogs("users_api", "ERROR"):
                client.sync_put_item(table, {"userId": f"bad{number}"} | item)
                self.assert_refused(self.call("GET", f"/users/bad{number}"), 500)
        self.assertEqual(self.call("GET", "/users/good").status, 200)

    def test_older_item(self) -> None:
        """An item that only breaks a rule of today is still read."""
        item = {"userId": "old", "name": "n" * 300, "something": "else"}
        self.service.table().sync_put_item(self.service.settings.users_table, item)
        answer = self.call("GET", "/users/old")
        self.assertEqual(answer.json, {"userId": "old", "name": "n" * 300})


class StoreDownTest(TestCase):
    """503: the store cannot answer."""

    def test_nobody_listens(self) -> None:
        """A store that refuses the connection is a moment's trouble."""
        variables = connection("http://127.0.0.1:9") | {"USERS_TABLE": "users"}
        app = create_app(Settings.from_environment(variables))
        answer = Wsgi(app)("GET", "/users/a", {}, b"")
        self.assertEqual((answer.status, answer.headers["Retry-After"]), (503, "1"))
        self.assertEqual(list(answer.json), ["error"])


class Bug(BaseException):
    """As far from an ordinary exception as can be."""


class BugTest(TestCase):
    """A bug in a view, whatever it raises, is one answer of 500."""

    def setUp(self) -> None:
        self.app = Flask("buggy")
        web.install(self.app)
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
                self.assertEqual(answer.body, b'{"error":"Internal server error"}')
                self.assertTrue(answer.headers["X-Request-Id"])
                self.assertIn("the secret cause", logs.output[0])
            self.assertEqual(call("GET", "/fine", {}, b"").body, b"/fine")

    def test_under_wsgi(self) -> None:
        """An ordinary exception is an answer of 500, also while debugging."""
        self.app.debug = True
        with self.assertLogs("users_api", "ERROR"):
            answer = Wsgi(self.app)("GET", "/ValueError", {}, b"")
        self.assertEqual(answer.body, b'{"error":"Internal server error"}')
