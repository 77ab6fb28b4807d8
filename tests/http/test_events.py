"""Events of every kind that a Lambda function is sent."""

import base64
import json
from typing import Any

from tests.support.service import ServiceTest
from tests.support.transports import Answer, LambdaContext, answered, recorded
from users_api.events import Gateway


class GatewayTest(ServiceTest):
    """The application as a Lambda handler."""

    def setUp(self) -> None:
        self.handler = Gateway(self.service.app)

    def answer(self, event: Any) -> Answer:
        return answered(self.handler(event, LambdaContext()))

    def creation(self, kind: str, user_id: str) -> dict[str, Any]:
        """Return a recorded event, as it is when a user is created."""
        event = recorded(kind)
        for place in [event, event["requestContext"]]:
            for key in ["path", "rawPath"]:
                if key in place:
                    place[key] = place[key].replace("/users/someUserId", "/users")
        if "httpMethod" in event:
            event["httpMethod"] = "POST"
        else:
            event["requestContext"]["http"] |= {"method": "POST", "path": "/users"}
        if "headers" in event:
            event["headers"]["content-type"] = "application/json"
        if "multiValueHeaders" in event:
            event["multiValueHeaders"]["content-type"] = ["application/json"]
        event["body"] = json.dumps({"name": "Zoë", "userId": user_id})
        return event

    def test_same_answer_to_every_sender(self) -> None:
        """Every sender gets the same answer; only where the service is mounted differs."""
        for kind, mount in [
            ("rest-v1", "/dev"),
            ("http-v2", ""),
            ("alb", ""),
            ("alb-multi-value", ""),
        ]:
            with self.subTest(kind=kind):
                created = self.answer(self.creation(kind, kind))
                self.assertEqual(created.status, 201)
                self.assertEqual(created.json, {"userId": kind, "name": "Zoë"})
                self.assertEqual(created.headers["Location"], f"{mount}/users/{kind}")
                self.assertEqual(created.headers["X-Request-Id"], LambdaContext.aws_request_id)
                read = self.answer(
                    json.loads(json.dumps(recorded(kind)).replace("someUserId", kind))
                )
                self.assertEqual((read.status, read.body), (200, created.body))

    def test_answers_in_the_form_of_the_sender(self) -> None:
        """Who sends multi-value headers gets them back; an ALB also gets a status line."""
        self.assertIn("multiValueHeaders", self.handler(recorded("alb-multi-value"), None))
        self.assertIn("headers", self.handler(recorded("http-v2"), None))
        self.assertEqual(self.handler(recorded("alb"), None)["statusDescription"], "404 Not Found")

    def test_stage_of_an_http_api(self) -> None:
        """An HTTP API puts a named stage into the path."""
        event = self.creation("http-v2", "staged")
        event["requestContext"]["stage"] = "dev"
        event["rawPath"] = "/dev/users"
        self.assertEqual(self.answer(event).headers["Location"], "/dev/users/staged")

    def test_base64(self) -> None:
        """A body may be base64; one that is not what it claims is refused."""
        event = self.creation("rest-v1", "base64")
        encoded = base64.b64encode(event["body"].encode()).decode()
        self.assertEqual(
            self.answer(event | {"body": encoded, "isBase64Encoded": True}).status, 201
        )
        for body in ["a", "%%%%", encoded[:-1], encoded + "\n", "ü"]:
            with self.subTest(body=body[-5:]):
                answer = self.answer(event | {"body": body, "isBase64Encoded": True})
                self.assert_refused(answer, 400)

    def test_incomplete_events(self) -> None:
        """Whatever part of an event is missing or null, the answer is a proper one."""
        cases: list[tuple[str, dict[str, Any], int]] = [
            ("rest-v1", {"headers": None, "multiValueHeaders": None}, 404),
            ("rest-v1", {"headers": {"X-Null": None}, "multiValueHeaders": None}, 404),
            ("rest-v1", {"queryStringParameters": None}, 404),
            ("rest-v1", {"path": None}, 200),
            ("rest-v1", {"requestContext": None}, 404),
            ("rest-v1", {"requestContext": {"identity": None, "authorizer": None}}, 404),
            ("rest-v1", {"body": None, "isBase64Encoded": True}, 404),
            ("rest-v1", {"body": None, "isBase64Encoded": None}, 404),
            ("http-v2", {"headers": None}, 404),
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
        ]
        for event in events:
            with self.subTest(event=event), self.assertLogs("users_api", "ERROR") as logs:
                self.assertEqual(self.answer(event).status, 400)
                self.assertEqual(len(logs.records), 1)

    def test_warm_up(self) -> None:
        """What keeps the function warm does not fill the log."""
        for source in ["aws.events", "serverless-plugin-warmup"]:
            with self.subTest(source=source), self.assertNoLogs("users_api"):
                self.assertEqual(self.answer({"source": source}).status, 400)
        self.assertEqual(self.answer(recorded("rest-v1")).status, 404)
