"""Whatever is wrong in a request is a 4xx in the one shape, and nothing is stored."""

import json
import sys

from tests.support.resources import ResourceTest
from tests.support.transports import Answer

JSON = "application/json"
DEEPEST = 480 if sys.version_info >= (3, 12) else 240  # pairs: Python 3.11 reads fewer


class BodyTest(ResourceTest):
    """Every body is refused, repeats no value of the request, and leaves no trace."""

    def tearDown(self) -> None:
        self.assertEqual(list(self.records()), [])

    def post(self, body: bytes) -> Answer:
        return self.send("POST", self.path, body, Content_Type=JSON)

    def with_field(self, value: bytes) -> bytes:
        """Return a body with one field."""
        return b'{"%s":%s}' % (self.kind.field.encode(), value)

    def test_not_json(self) -> None:
        """Only one JSON document in UTF-8 is JSON."""
        for body in [
            b"",
            b'{"name":',
            b'{"name":"John"',
            b"NaN",
            b'{"name":NaN}',
            b'{"name":Infinity}',
            b'{"name":"John",}',
            b"{'name':'John'}",
            b'{"name":"John"}{"name":"John"}',
            b'{"name":"John"} x',
            b'\xef\xbb\xbf{"name":"John"}',
            '{"name":"John"}'.encode("utf-16"),
            '{"name":"Zoë"}'.encode("latin-1"),
            b'{"name":"a","name":"b"}',
            b'{"name":"a","x":{"y":1,"y":2}}',
            b"[" * 60_000,
            b'{"a":' * 10_000,
            b'{"name":"\\ud800"}',
            b'{"name":"\\udc00\\ud800"}',
            b'{"name":' + b"1" * 5_000 + b"}",
        ]:
            with self.subTest(body=body[:40]):
                self.assert_refused(self.post(body), 400)

    def test_extreme_numbers(self) -> None:
        """A number may be as long as Python reads it; it is an error where it does not belong."""
        for number in [b"1e999", b"1e-999", b"-0", b"1" * 4_000, b"1." + b"1" * 60_000]:
            with self.subTest(number=number[:9]):
                answer = self.post(b'{"x":' + number + b"}")
                self.assertEqual(answer.status, 400)
                self.assertIn("x", [each["field"] for each in answer.json["errors"]])

    def test_depth(self) -> None:
        """However deep a value is nested, it is an error of that field."""
        for opening, closing in [(b'{"a":', b"}"), (b"[[", b"]]")]:
            for depth in [1, 31, DEEPEST]:
                with self.subTest(opening=opening, depth=depth):
                    body = self.with_field(opening * depth + b"{}" + closing * depth)
                    answer = self.post(body)
                    self.assertEqual(answer.status, 400)
                    named = [each["field"] for each in answer.json["errors"]]
                    self.assertTrue(any(each.startswith(self.kind.field) for each in named), named)

    def test_not_an_object(self) -> None:
        """A record is an object."""
        for body in [b"[]", b'[{"name":"John"}]', b'"John"', b"1", b"null", b"true"]:
            with self.subTest(body=body):
                self.assert_refused(self.post(body), 400)

    def test_unknown_fields(self) -> None:
        """What is no field is refused, and so is what the service keeps for itself."""
        for field in ["zzz", "version", "writeId", "createdAt"]:
            with self.subTest(field=field):
                self.assert_refused(
                    self.call("POST", self.path, self.new() | {field: 1}), 400, field
                )

    def test_repeats_no_value(self) -> None:
        """An answer does not carry what was sent."""
        cases: list[dict[str, object]] = [{"x": "secret"}, {self.kind.field: {"x": "secret"}}]
        for document in cases:
            with self.subTest(document=document):
                answer = self.call("POST", self.path, self.new() | document)
                self.assertEqual(answer.status, 400)
                self.assertNotIn(b"secret", answer.body)

    def test_many_unknown_fields(self) -> None:
        """However many fields are unknown, the answer stays short."""
        answer = self.call("POST", self.path, {str(n): n for n in range(4_000)} | {"y" * 9_000: 1})
        self.assertEqual(answer.status, 400)
        self.assertLess(len(answer.body), 10_000)

    def test_media_types(self) -> None:
        """A body is JSON and says so."""
        body = json.dumps(self.new()).encode()
        for content_type in ["", "text/plain", "multipart/form-data; boundary=x", "text/json"]:
            with self.subTest(content_type=content_type):
                answer = self.send("POST", self.path, body, Content_Type=content_type)
                self.assert_refused(answer, 415)
        for charset in ["latin1", "utf-16", "us-ascii", "utf8"]:
            with self.subTest(charset=charset):
                content_type = f"application/json; charset={charset}"
                answer = self.send("POST", self.path, body, Content_Type=content_type)
                self.assert_refused(answer, 415)
        answer = self.send("POST", self.path, body, Content_Type=JSON, Content_Encoding="gzip")
        self.assert_refused(answer, 415)

    def test_size(self) -> None:
        """A body of more than 64 KiB is not even parsed."""
        self.assert_refused(self.post(b'{"name":"' + b"n" * 65_536), 413)
        self.assert_refused(self.post(b'{"name":"'.ljust(65_536, b"n")), 400)


class AddressTest(ResourceTest):
    """Ids, paths and methods that lead nowhere."""

    def test_impossible_ids(self) -> None:
        """An id that no record can have is not found, however it is written."""
        for record_id in [
            "a%2Fb",
            "a%00",
            "a%0d%0aX-Evil:%201",
            "a%0a",
            "%ff",
            "%20",
            "%F0%9F%98%80",
            "..",
            "%2e%2e",
            "u" * 129,
            "u" * 2049,
        ]:
            with self.subTest(record_id=record_id[:20]):
                self.assert_refused(self.call("GET", f"{self.path}/{record_id}"), 404)

    def test_unknown_paths(self) -> None:
        """A path is found as it is written, or not at all."""
        for path in [
            f"{self.path}/",
            f"/{self.path}",
            f"{self.path}//a",
            self.path.upper(),
            "/nowhere",
            f"{self.path}/a/nowhere",
        ]:
            with self.subTest(path=path):
                self.assert_refused(self.call("GET", path), 404)

    def test_methods(self) -> None:
        """A method that a path does not have is refused with those that it has."""
        several = {"list": ["GET", "HEAD"], "create": ["POST"]}
        one = {"read": ["GET", "HEAD"], "change": ["PATCH"], "remove": ["DELETE"]}
        for method, path, calls in [
            ("DELETE", self.path, several),
            ("TRACE", self.path, several),
            ("OPTIONS", self.path, several),
            ("PROPFIND", f"{self.path}/a", one),
            ("POST", f"{self.path}/a", one),
            ("TRACE", f"{self.path}/a", one),
            ("delete", f"{self.path}/a", one),
            ("Post", self.path, several),
            ("get", "/health", {"read": ["GET", "HEAD"]}),
        ]:
            usual = [methods for call, methods in calls.items() if call in self.kind.can]
            allowed = ", ".join(sorted(method for methods in usual for method in methods))
            with self.subTest(method=method, path=path):
                answer = self.send(method, path, b"secret", X_Secret="secret")
                self.assert_refused(answer, 405)
                self.assertEqual(answer.headers["Allow"], allowed)
                self.assertNotIn(b"secret", answer.body)

    def test_headers_that_lie(self) -> None:
        """Neither a method override nor a forged host changes what a request is."""
        for number, headers in enumerate(
            [
                {"X_HTTP_Method_Override": "DELETE"},
                {"Host": "evil.example"},
                {"Host": "evil.amazonaws.com"},
                {"X_Forwarded_Host": "evil.example", "X_Forwarded_Prefix": "/evil"},
            ]
        ):
            with self.subTest(headers=headers):
                document = self.new(f"lie{number}")
                answer = self.call("POST", self.path, document, **headers)
                self.assertEqual(answer.status, 201)
                self.assertNotIn("evil", answer.headers["Location"])
                self.assertTrue(answer.headers["Location"].endswith(self.one(f"lie{number}")))

    def test_always_json(self) -> None:
        """There is no HTML, whatever is asked for."""
        for path in [self.one("nobody"), "/nowhere"]:
            with self.subTest(path=path):
                self.assert_refused(self.call("GET", path, Accept="text/html"), 404)

    def test_charset(self) -> None:
        """A charset may be told, in any case."""
        for content_type in ["application/json; charset=UTF-8", "Application/JSON;charset=utf-8"]:
            with self.subTest(content_type=content_type):
                body = json.dumps(self.new()).encode()
                answer = self.send("POST", self.path, body, Content_Type=content_type)
                self.assertEqual(answer.status, 201)
