"""Events of every kind that a Lambda function is sent."""

import base64
import json
from typing import Any

from flask import Flask, Response

from tests.support.senders import SENDERS, assert_legal, recorded, sent
from tests.support.service import ServiceTest
from tests.support.transports import Answer, Lambda, LambdaContext, Wsgi, answered
from users_api.events import Handler

JSON = {"Content-Type": "application/json"}


class GatewayTest(ServiceTest):
    """The application as a Lambda handler."""

    def setUp(self) -> None:
        self.handler = Handler(self.service.app)

    def answer(self, event: Any) -> Answer:
        result = self.handler(event, LambdaContext())
        assert_legal(result)
        return answered(result)

    def creation(self, kind: str, user_id: str) -> dict[str, Any]:
        """Return the event that creates a user."""
        body = json.dumps({"name": "Zoë", "userId": user_id})
        return sent(kind, "POST", "/users", JSON, b"") | {"body": body}


class SendersTest(GatewayTest):
    """What is true whoever sends an event."""

    def test_same_answer_to_every_sender(self) -> None:
        """Every sender gets the same answer; only where the service is mounted differs."""
        for kind in SENDERS:
            with self.subTest(kind=kind):
                created = self.answer(self.creation(kind, kind))
                self.assertEqual(created.status, 201)
                self.assertEqual(created.json, {"userId": kind, "name": "Zoë"})
                mount = "/dev" if kind == "rest-v1" else ""
                self.assertEqual(created.headers["Location"], f"{mount}/users/{kind}")
                self.assertEqual(created.headers["X-Request-Id"], LambdaContext.aws_request_id)
                read = self.answer(sent(kind, "GET", f"/users/{kind}", {}, b""))
                self.assertEqual((read.status, read.body), (200, created.body))

    def test_same_answer_as_under_wsgi(self) -> None:
        """Whatever is asked for, every sender gets what a WSGI server gets."""
        self.call("POST", "/users", {"userId": "a~b", "name": "Zoë"})
        under_wsgi = Wsgi(self.service.app)
        requests: list[tuple[str, str, dict[str, str], bytes]] = [
            ("GET", "/health", {}, b""),
            ("GET", "/docs/", {}, b""),
            ("HEAD", "/users/a~b", {}, b""),
            ("GET", "/users/a~b", {"Accept": "text/html"}, b""),
            ("GET", "/users/nobody", {"Accept": "application/problem+json"}, b""),
            ("GET", "/users/", {}, b""),
            ("GET", "//users", {}, b""),
            ("GET", "/users/%ff%0d%0a", {}, b""),
            ("GET", "/users?limit=0&email=%ff", {}, b""),
            ("GET", "/users?email=a%2Bb@example.com", {}, b""),
            ("GET", "/users?limit", {}, b""),
            ("GET", "/users?n%C3%A4me=a+b%26c", {}, b""),
            ("PATCH", "/users/a~b", JSON | {"If-Match": '"x"'}, b'{"name":"b"}'),
            ("POST", "/users", JSON, b'{"name":"\xff"}'),
            ("POST", "/users", JSON | {"Content-Encoding": "gzip"}, b"\x1f\x8b"),
            ("POST", "/users", {"Content-Type": "text/plain"}, b"{}"),
            ("TRACE", "/users", {}, b""),
        ]
        for request in requests:
            expected = under_wsgi(*request)
            for kind in SENDERS:
                with self.subTest(request=request, kind=kind):
                    answer = Lambda(self.service.app, kind)(*request)
                    self.assertEqual(answer.status, expected.status)
                    if "docs" not in request[1] and "problem" not in str(request):
                        self.assertEqual(answer.body, expected.body)
                    for name in ["Content-Type", "Allow", "Cache-Control", "Content-Length"]:
                        if name != "Content-Length" or request[0] == "HEAD":
                            told = answer.headers.get(name)
                            self.assertEqual(told, expected.headers.get(name))

    def test_answers_in_the_form_of_the_sender(self) -> None:
        """Who sends multi-value headers gets them back; an ALB also gets a status line."""
        self.assertIn("multiValueHeaders", self.handler(recorded("rest-v1"), None))
        self.assertIn("multiValueHeaders", self.handler(recorded("alb-multi-value"), None))
        self.assertIn("headers", self.handler(recorded("http-v2"), None))
        self.assertEqual(self.handler(recorded("alb"), None)["statusDescription"], "404 Not Found")

    def test_repeated_headers(self) -> None:
        """Equal headers all arrive: as several, as one, or as cookies where there is a place."""
        app = Flask("repeating")

        @app.get("/")
        def _() -> Response:
            headers = [("Link", "<a>"), ("Link", "<b>"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b")]
            return Response(headers=headers, status=299)

        cases: list[tuple[str, dict[str, Any]]] = [
            ("rest-v1", {"Link": ["<a>", "<b>"], "Set-Cookie": ["a=1", "b"]}),
            ("http-v2", {"Link": "<a>, <b>"}),
            ("alb", {"Link": "<a>, <b>"}),
        ]
        for kind, expected in cases:
            with self.subTest(kind=kind):
                result = Handler(app)(sent(kind, "GET", "/", {}, b""), None)
                told = result.get("multiValueHeaders") or result["headers"]
                self.assertEqual(expected, {name: told[name] for name in expected})
                self.assertEqual(result.get("cookies"), {"http-v2": ["a=1", "b"]}.get(kind))
                self.assertIn(result.get("statusDescription"), [None, "299 Unknown"])

    def test_answer_that_is_no_text(self) -> None:
        """Bytes that are no text go in base64, the others as they are."""
        app = Flask("binary")
        app.add_url_rule("/bytes", "bytes", lambda: Response(b"\x89PNG"))
        app.add_url_rule("/text", "text", lambda: Response("é", mimetype="application/x-any"))
        for path, body, encoded in [("/bytes", "iVBORw==", True), ("/text", "é", False)]:
            with self.subTest(path=path):
                result = Handler(app)(sent("rest-v1", "GET", path, {}, b""), None)
                self.assertEqual((result["body"], result["isBase64Encoded"]), (body, encoded))

    def test_largest_answer(self) -> None:
        """Even the script of the page, the largest answer of all, is small enough for an ALB."""
        for kind, coding in [("alb", "gzip"), ("alb-multi-value", "gzip"), ("rest-v1", None)]:
            with self.subTest(kind=kind):
                event = sent(kind, "GET", "/docs/swagger-ui-bundle.js", {}, b"")
                result = self.handler(event, None)
                assert_legal(result, 1_000_000 if coding else 6_000_000)
                headers = answered(result).headers
                self.assertEqual(headers.get("Content-Encoding"), coding)
                self.assertEqual(result["statusCode"], 200)


class ShapesTest(GatewayTest):
    """Events that lack something, or are something else."""

    def test_base64(self) -> None:
        """A body may be base64; one that is not what it claims is refused."""
        event = self.creation("rest-v1", "base64")
        encoded = base64.b64encode(event["body"].encode()).decode()
        self.assertEqual(
            self.answer(event | {"body": encoded, "isBase64Encoded": True}).status, 201
        )
        for body in ["a", "%%%%", encoded[:-1], encoded + "\n", "ü", "\ud800"]:
            with self.subTest(body=body[-5:]), self.assertLogs("users_api", "ERROR"):
                answer = self.answer(event | {"body": body, "isBase64Encoded": True})
                self.assert_refused(answer, 400)

    def test_incomplete_events(self) -> None:
        """Whatever part of an event is missing or null, the answer is a proper one."""
        cases: list[tuple[str, dict[str, Any], int]] = [
            ("rest-v1", {"headers": None, "multiValueHeaders": None}, 404),
            ("rest-v1", {"headers": {"X-Null": None}, "multiValueHeaders": None}, 404),
            ("rest-v1", {"multiValueHeaders": {"X-Null": None}}, 404),
            ("rest-v1", {"queryStringParameters": None}, 404),
            ("rest-v1", {"path": None, "requestContext": None}, 200),
            ("rest-v1", {"path": None}, 404),  # the route tells it as well
            ("rest-v1", {"httpMethod": None}, 405),
            ("rest-v1", {"pathParameters": None}, 404),
            ("rest-v1", {"pathParameters": {"proxy": None}}, 404),
            ("rest-v1", {"requestContext": None}, 404),
            ("rest-v1", {"requestContext": {"identity": None, "authorizer": None}}, 404),
            ("rest-v1", {"body": None, "isBase64Encoded": True}, 404),
            ("rest-v1", {"body": None, "isBase64Encoded": None}, 404),
            ("http-v2", {"headers": None}, 404),
            ("http-v2", {"headers": {"x-null": None}}, 404),
            ("http-v2", {"rawPath": None, "rawQueryString": None, "cookies": None}, 200),
            ("http-v2", {"requestContext": {"http": {}, "authorizer": None}}, 405),
            ("alb", {"headers": None, "queryStringParameters": None}, 404),
        ]
        for kind, part, status in cases:
            with self.subTest(kind=kind, part=part):
                self.assertEqual(self.answer(recorded(kind) | part).status, status)
        for kind, key in [(each, key) for each in ["rest-v1", "alb"] for key in recorded(each)]:
            if key not in {"httpMethod", "path"}:
                with self.subTest(kind=kind, without=key):
                    event = recorded(kind)
                    del event[key]
                    self.assert_refused(self.answer(event), 404)

    def test_wrong_types(self) -> None:
        """An event of HTTP with a part of a wrong type is refused, and said once in the log."""
        cases: list[tuple[str, dict[str, Any]]] = [
            ("rest-v1", {"headers": [], "multiValueHeaders": None}),
            ("rest-v1", {"multiValueHeaders": {"Accept": "*/*"}}),
            ("rest-v1", {"path": {"proxy": "users"}}),
            ("rest-v1", {"httpMethod": ["GET"]}),
            ("rest-v1", {"body": {"name": "John"}}),
            ("rest-v1", {"requestContext": "dev"}),
            ("rest-v1", {"queryStringParameters": {"limit": 5}}),
            ("rest-v1", {"queryStringParameters": {"limit": None}}),
            ("rest-v1", {"queryStringParameters": {"limit": {"a": "b"}}}),
            ("rest-v1", {"multiValueQueryStringParameters": {"limit": [None]}}),
            ("rest-v1", {"\ud800": "", "path": 5}),
            ("http-v2", {"requestContext": {"http": {"method": 5}}}),
            ("http-v2", {"requestContext": {"http": None}}),
            ("http-v2", {"cookies": "a=b"}),
            ("http-v2", {"headers": {"accept": ["*/*"]}}),
            ("alb", {"requestContext": {"elb": True}}),
        ]
        for kind, part in cases:
            with self.subTest(kind=kind, part=part), self.assertLogs("users_api", "ERROR") as logs:
                answer = self.answer(sent(kind, "GET", "/users", {}, b"") | part)
                self.assert_refused(answer, 400)
                self.assertEqual(answer.headers["X-Request-Id"], LambdaContext.aws_request_id)
                self.assertEqual(len(logs.records), 1)

    def test_other_events(self) -> None:
        """What is no HTTP request gets a fixed answer and one line in the log."""
        events: list[Any] = [
            {},
            None,
            [],
            "event",
            {"Records": [{"eventSource": "aws:sqs", "body": "{}"}]},
            {"_serverless-wsgi": {"command": "exec", "data": "raise SystemExit"}},
            {"version": "2.0"},
            {"version": "2.0", "requestContext": []},
            {"source": ["aws.events"]},
        ]
        for event in events:
            with self.subTest(event=event), self.assertLogs("users_api", "ERROR") as logs:
                self.assertEqual(self.answer(event).status, 400)
                self.assertEqual(len(logs.records), 1)

    def test_warm_up(self) -> None:
        """What keeps the function warm does not fill the log, and is not told from its source."""
        for source in ["aws.events", "serverless-plugin-warmup"]:
            with self.subTest(source=source), self.assertNoLogs("users_api"):
                self.assertEqual(self.answer({"source": source}).status, 400)
                self.assertEqual(self.answer(recorded("rest-v1") | {"source": source}).status, 404)
