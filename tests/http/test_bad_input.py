"""Whatever is wrong in a request is a 4xx in the one shape, and nothing is stored."""

import json
from urllib.parse import quote

from tests.support.service import ServiceTest
from tests.support.transports import Answer

JSON = "application/json"


class BadInputTest(ServiceTest):
    """Every case is refused, repeats no value of the request, and leaves no trace."""

    def tearDown(self) -> None:
        self.assertEqual(self.stored(), [])

    def post(self, body: bytes) -> Answer:
        return self.send("POST", "/users", body, Content_Type=JSON)

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
        """A number may be as long as Python reads it; a text is still what belongs there."""
        for number in [b"1e999", b"1e-999", b"-0", b"1" * 4_000, b"1." + b"1" * 60_000]:
            with self.subTest(number=number[:9]):
                self.assert_refused(self.post(b'{"name":' + number + b"}"), 400, "name")

    def test_depth(self) -> None:
        """However deep a value is nested, it is an error of that field."""
        for opening, closing in [(b'{"a":', b"}"), (b"[", b"]")]:
            for depth in [1, 31, 700]:
                with self.subTest(opening=opening, depth=depth):
                    body = b'{"name":' + opening * depth + b"1" + closing * depth + b"}"
                    self.assert_refused(self.post(body), 400, "name")

    def test_not_an_object(self) -> None:
        """A user is an object."""
        for body in [b"[]", b'[{"name":"John"}]', b'"John"', b"1", b"null", b"true"]:
            with self.subTest(body=body):
                self.assert_refused(self.post(body), 400)

    def test_wrong_types(self) -> None:
        """Nothing is coerced."""
        for value in [1, 1.5, True, {}, {"a": "b"}, [], ["John"], None]:
            for field in ["userId", "name", "email"]:
                with self.subTest(field=field, value=value):
                    document = {"userId": "a", "name": "a", "email": "a@b.c"} | {field: value}
                    self.assert_refused(self.call("POST", "/users", document), 400, field)

    def test_bad_names(self) -> None:
        """A name is not blank, not too long, and has no control characters."""
        for name in [
            "",
            " ",
            "\u00a0\u2003",
            "n" * 257,
            "a\x00b",
            "a\nb",
            "John\n",
            "a\x7fb",
            "a\x85b",
            "a\u202eb",
            "a\u2066b",
            "a\u200eb",
            "a\u200fb",
            "a\u061cb",
            *"\u200b\u3164\u2800\u00ad\ufeff\U000e0001",
            "a" + "\u0344" * 8_000 + "\u0316" * 2_000,
        ]:
            with self.subTest(name=name[:10]):
                self.assert_refused(self.call("POST", "/users", {"name": name}), 400, "name")

    def test_bad_ids(self) -> None:
        """An id is of unreserved characters only, so that it stands in a URL as it is."""
        for user_id in ["", ".", "..", "a/b", "a b", "ä", "\U0001f600", "a\n", "a%20", "u" * 129]:
            with self.subTest(user_id=user_id[:10]):
                document = {"userId": user_id, "name": "John"}
                self.assert_refused(self.call("POST", "/users", document), 400, "userId")

    def test_bad_emails(self) -> None:
        """An e-mail address has one @, a dotted domain, and no spaces or controls."""
        for email in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "ada@example.com.",
            "ada@.example.com",
            "ada@example..com",
            "ada@b@example.com",
            "a da@example.com",
            "ada@exa mple.com",
            " ada@example.com",
            "ada@example.com\n",
            "ada@example.com\r\nBcc: x",
            "ada\u0000@example.com",
            "ada\u202e@example.com",
            "ada@example.com\u0085",
            f"{'l' * 65}@example.com",
            f"{'l' * 64}@{'d' * 62}.{'e' * 62}.{'f' * 59}.info",
            "\u017fam@example.com",
            "\u212aelvin@example.com",
            "\ufb01@example.com",
            "a\u200b@example.com",
            "a\u00ad@example.com",
            "a@b\u00fccher.de",
            "\u0390" * 240 + "@b.c",
        ]:
            with self.subTest(email=email[:30]):
                document = {"name": "Ada", "email": email}
                self.assert_refused(self.call("POST", "/users", document), 400, "email")
                self.assert_refused(self.call("GET", f"/users?email={quote(email)}"), 400, "email")

    def test_names_every_bad_field(self) -> None:
        """All bad fields are named at once: ours in their order, then those we do not know."""
        document = {"zzz": 1, "version": 7, "email": 1, "name": "", "userId": "a b", "writeId": "x"}
        answer = self.call("POST", "/users", document)
        self.assert_refused(answer, 400, "userId", "name", "email", "zzz", "version", "writeId")
        self.assert_refused(self.call("POST", "/users", {}), 400, "name")

    def test_repeats_no_value(self) -> None:
        """An answer does not carry what was sent."""
        for document in [
            {"name": "secret\x00"},
            {"name": "a", "userId": "secret/"},
            {"x": "secret"},
        ]:
            with self.subTest(document=document):
                self.assertNotIn(b"secret", self.call("POST", "/users", document).body)

    def test_many_unknown_fields(self) -> None:
        """However many fields are unknown, the answer stays short."""
        answer = self.call("POST", "/users", {str(n): n for n in range(4_000)} | {"y" * 9_000: 1})
        self.assertEqual(answer.status, 400)
        self.assertLess(len(answer.body), 10_000)

    def test_media_types(self) -> None:
        """A body is JSON and says so."""
        body = json.dumps({"name": "John"}).encode()
        for content_type in ["", "text/plain", "multipart/form-data; boundary=x", "text/json"]:
            with self.subTest(content_type=content_type):
                answer = self.send("POST", "/users", body, Content_Type=content_type)
                self.assert_refused(answer, 415)
        for charset in ["latin1", "utf-16", "us-ascii", "utf8"]:
            with self.subTest(charset=charset):
                content_type = f"application/json; charset={charset}"
                answer = self.send("POST", "/users", body, Content_Type=content_type)
                self.assert_refused(answer, 415)
        answer = self.send("POST", "/users", body, Content_Type=JSON, Content_Encoding="gzip")
        self.assert_refused(answer, 415)

    def test_size(self) -> None:
        """A body of more than 64 KiB is not even parsed."""
        self.assert_refused(self.post(b'{"name":"' + b"n" * 65_536), 413)
        self.assert_refused(self.post(b'{"name":"'.ljust(65_536, b"n")), 400)


class PatchTest(ServiceTest):
    """What is wrong with a patch is told as it is of a new user, and changes nothing."""

    def setUp(self) -> None:
        self.etag = self.call("POST", "/users", {"userId": "a", "name": "a"}).headers["ETag"]

    def tearDown(self) -> None:
        self.assertEqual(self.call("GET", "/users/a").headers["ETag"], self.etag)
        self.call("DELETE", "/users/a")

    def test_nested(self) -> None:
        """An object where a text belongs is an error of that field, however deep it goes."""
        for depth in [1, 31, 700]:
            with self.subTest(depth=depth):
                body = b'{"name":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
                answer = self.send("PATCH", "/users/a", body, Content_Type=JSON)
                self.assert_refused(answer, 400, "name")

    def test_null(self) -> None:
        """What is required cannot be removed."""
        answer = self.call("PATCH", "/users/a", {"name": None})
        self.assert_refused(answer, 400, "name")
        self.assertEqual(answer.json["errors"][0]["message"], "is required")


class AddressTest(ServiceTest):
    """Ids, paths and methods that lead nowhere."""

    def test_impossible_ids(self) -> None:
        """An id that no user can have is not found, however it is written."""
        for user_id in [
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
            with self.subTest(user_id=user_id[:20]):
                self.assert_refused(self.call("GET", f"/users/{user_id}"), 404)

    def test_unknown_paths(self) -> None:
        """A path is found as it is written, or not at all."""
        for path in ["/users/", "//users", "/users//a", "/Users", "/nowhere", "/users/a/b"]:
            with self.subTest(path=path):
                self.assert_refused(self.call("GET", path), 404)

    def test_methods(self) -> None:
        """A method that a path does not have is refused with those that it has."""
        for method, path, allowed in [
            ("DELETE", "/users", "GET, HEAD, POST"),
            ("TRACE", "/users", "GET, HEAD, POST"),
            ("OPTIONS", "/users", "GET, HEAD, POST"),
            ("PROPFIND", "/users/a", "DELETE, GET, HEAD, PATCH"),
            ("POST", "/users/a", "DELETE, GET, HEAD, PATCH"),
            ("TRACE", "/users/a", "DELETE, GET, HEAD, PATCH"),
            ("delete", "/users/a", "DELETE, GET, HEAD, PATCH"),
            ("Post", "/users", "GET, HEAD, POST"),
            ("get", "/health", "GET, HEAD"),
        ]:
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
                document = {"userId": f"lie{number}", "name": "John"}
                answer = self.call("POST", "/users", document, **headers)
                self.assertEqual(answer.status, 201)
                self.assertNotIn("evil", answer.headers["Location"])
                self.assertTrue(answer.headers["Location"].endswith(f"/users/lie{number}"))

    def test_always_json(self) -> None:
        """There is no HTML, whatever is asked for."""
        for path in ["/users/nobody", "/nowhere"]:
            with self.subTest(path=path):
                self.assert_refused(self.call("GET", path, Accept="text/html"), 404)

    def test_charset(self) -> None:
        """A charset may be told, in any case."""
        for content_type in ["application/json; charset=UTF-8", "Application/JSON;charset=utf-8"]:
            with self.subTest(content_type=content_type):
                body = b'{"name":"John"}'
                answer = self.send("POST", "/users", body, Content_Type=content_type)
                self.assertEqual(answer.status, 201)
