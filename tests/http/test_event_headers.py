"""What events tell besides the address: headers, cookies, where from, and who calls."""

from typing import Any
from unittest import TestCase

from flask import Flask, request

from tests.support.senders import SENDERS, sent, verified
from tests.support.service import ServiceTest
from tests.support.transports import Answer, LambdaContext, answered
from users_api.events import Handler
from users_api.http.access import CLAIMS

JSON = {"Content-Type": "application/json"}


def with_headers(event: dict[str, Any], **headers: str) -> dict[str, Any]:
    """Add headers to an event, in every form that it has; two underscores stand for a hyphen."""
    for name, value in headers.items():
        spelled = name.replace("__", "-")
        if "headers" in event:
            event["headers"][spelled] = value
        if "multiValueHeaders" in event:
            event["multiValueHeaders"][spelled] = [value]
    return event


class HeadersTest(ServiceTest):
    """Headers as they were sent, whoever hands them over."""

    etag: str

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        user = {"userId": "ada", "name": "Ada"}
        cls.etag = cls.service.call("POST", "/users", user).headers["ETag"]

    def answer(self, event: dict[str, Any]) -> Answer:
        return answered(Handler(self.service.app)(event, LambdaContext()))

    def test_underscores(self) -> None:
        """A header with an underscore is not the one with a hyphen, nor added to it."""
        for kind in SENDERS:
            for status, headers in [
                (304, {"If__None__Match": self.etag, "If_None_Match": '"other"'}),
                (304, {"If_None_Match": '"other"', "If__None__Match": self.etag}),
                (304, {"If_None-Match": '"other"', "If__None__Match": self.etag}),
                (200, {"If_None_Match": self.etag}),
                (200, {"If__None__Match": '"other"', "If_None_Match": self.etag}),
            ]:
                with self.subTest(kind=kind, headers=headers):
                    event = with_headers(sent(kind, "GET", "/users/ada"), **headers)
                    self.assertEqual(self.answer(event).status, status)

    def test_keys_with_underscores(self) -> None:
        """An idempotency key is that of the header with the hyphen."""
        for kind in SENDERS:
            with self.subTest(kind=kind):
                document = b'{"name":"Bob"}'
                one = {"Idempotency__Key": f"one-{kind}", "Idempotency_Key": "two"}
                event = with_headers(sent(kind, "POST", "/users", JSON, document), **one)
                first = self.answer(event)
                again = self.answer(with_headers(event, Idempotency_Key="three"))
                self.assertEqual((first.status, again.body), (201, first.body))
                self.assertEqual(again.headers["Idempotent-Replayed"], "true")

    def test_length(self) -> None:
        """The body is what the event holds, whatever headers say of its length and its coding."""
        for kind in SENDERS:
            for number, headers in enumerate(
                [
                    {"Transfer__Encoding": "chunked"},
                    {"transfer__encoding": "gzip, chunked", "Content__Length": "5"},
                    {"Content__Length": "70000"},
                    {"content__length": "x"},
                ]
            ):
                with self.subTest(kind=kind, headers=headers):
                    user = b'{"userId":"%b-%d","name":"John"}' % (kind.encode(), number)
                    event = sent(kind, "POST", "/users", JSON, user)
                    answer = self.answer(with_headers(event, **headers))
                    self.assertEqual((answer.status, answer.body), (201, user))

    def test_several_values(self) -> None:
        """A header that comes twice, or in two cases, counts as one with both values."""
        for values in [['"other"', self.etag], [self.etag, '"other"']]:
            event = sent("rest-v1", "GET", "/users/ada")
            event["multiValueHeaders"]["If-None-Match"] = values
            self.assertEqual(self.answer(event).status, 304)
            event = sent("alb", "GET", "/users/ada")
            event["headers"] |= zip(["If-None-Match", "if-none-match"], values, strict=True)
            self.assertEqual(self.answer(event).status, 304)

    def test_control_characters(self) -> None:
        """What no header can hold is refused where it matters, and never gets into an answer."""
        for kind in SENDERS:
            for text in ["a\r\nX-Evil: 1", "\n", "a\x00", "\ud800", "é", "\x85"]:
                for method, path, name in [
                    ("PATCH", "/users/ada", "If-Match"),
                    ("GET", "/users/ada", "If-None-Match"),
                    ("POST", "/users", "Idempotency-Key"),
                ]:
                    with self.subTest(kind=kind, text=text, name=name):
                        headers = {**JSON, "Origin": text, "Accept": text, name: text}
                        answer = self.answer(sent(kind, method, path, headers, b'{"name":"a"}'))
                        self.assert_refused(answer, 400)
                        self.assertNotIn("X-Evil", answer.headers)


class EnvironTest(TestCase):
    """What an application finds in its WSGI environment."""

    def environ(self, event: dict[str, Any]) -> dict[str, Any]:
        app, found = Flask("looking"), {}

        @app.route("/<path:_>", methods=["GET", "POST"])
        def look(_: str) -> str:
            found.update(request.environ)
            return ""

        self.assertEqual(Handler(app)(event, None)["statusCode"], 200)
        return found

    def test_cookies(self) -> None:
        """The cookies of an HTTP API are one header, as elsewhere."""
        environ = self.environ(sent("http-v2", "GET", "/a") | {"cookies": ["a=1", "b=2"]})
        self.assertEqual(environ["HTTP_COOKIE"], "a=1; b=2")
        environ = self.environ(sent("rest-v1", "GET", "/a", {"Cookie": "a=1; b=2"}))
        self.assertEqual(environ["HTTP_COOKIE"], "a=1; b=2")

    def test_source(self) -> None:
        """Where a request comes from is what the gateway says; an ALB does not."""
        for kind in SENDERS:
            source = "" if kind.startswith("alb") else "203.0.113.7"
            with self.subTest(kind=kind):
                self.assertEqual(self.environ(sent(kind, "GET", "/a"))["REMOTE_ADDR"], source)

    def test_claims(self) -> None:
        """Who calls is what the authorizer of the gateway says, and nothing else."""
        claims = {"sub": "ada", "scope": "users:read", "exp": 1_800_000_000}
        texts = {name: str(value) for name, value in claims.items()}
        for kind in ["rest-v1", "http-v2"]:
            with self.subTest(kind=kind):
                event = sent(kind, "GET", "/a", {"users_api.claims": "x", "Users-Api.Claims": "x"})
                self.assertIsNone(self.environ(event)[CLAIMS])
                self.assertEqual(self.environ(verified(event, claims))[CLAIMS], texts)
        others: list[Any] = [None, {}, {"jwt": None}, {"jwt": {}}, {"iam": {"userId": "ada"}}]
        for authorizer in others:
            with self.subTest(authorizer=authorizer):
                event = sent("http-v2", "GET", "/a")
                event["requestContext"]["authorizer"] = authorizer
                self.assertFalse(self.environ(event)[CLAIMS])

    def test_text_beyond_ascii(self) -> None:
        """Text is a character for each byte, as WSGI has it."""
        event = sent("http-v2", "GET", "/%C3%A9", {"X-Name": "é"})
        environ = self.environ(event)
        self.assertEqual((environ["PATH_INFO"], environ["HTTP_X_NAME"]), ("/Ã©", "Ã©"))
        environ = self.environ(sent("http-v2", "GET", "/a", {"Ho\u017ft": "evil"}))
        self.assertNotIn("evil", environ["HTTP_HOST"])
