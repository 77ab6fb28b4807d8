"""What `make run` lets in, byte for byte, and what it shows of it."""

import re
import tempfile
from pathlib import Path
from unittest import TestCase

from tests.run.newcomer import MakeRun, copy_of_the_project
from tests.support.transports import Answer

LIMIT = 64 * 1024
JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"
JOHN = b'{"name":"John"}'


def chunks(body: bytes, size: int = 5000) -> bytes:
    """Return a body in chunks (RFC 9112, section 7.1)."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""])


class RequestsTest(TestCase):
    """One `make run`, asked for all kinds of things."""

    run_: MakeRun
    host: str

    @classmethod
    def setUpClass(cls) -> None:
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        project = copy_of_the_project(folder, ".venv", "node_modules")
        cls.run_ = MakeRun(project, cls.enterClassContext(tempfile.TemporaryFile()))
        cls.addClassCleanup(cls.run_.clean_up)
        cls.run_.until_up()
        cls.host = f"127.0.0.1:{cls.run_.port}"

    def send(self, line: str, *headers: str, body: bytes = b"", host: str | None = None) -> Answer:
        """Send a request with a `Host`, the right one if none is given."""
        lines = [line, f"Host: {self.host if host is None else host}", *headers]
        return self.raw("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    def raw(self, request: bytes) -> Answer:
        return self.run_.send(request)

    def users(self) -> int:
        return len(self.send("GET /users?limit=100 HTTP/1.1").json["users"])

    def assert_refused(self, answer: Answer, status: int) -> None:
        """Assert the one shape of a failure."""
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertTrue(answer.headers["X-Request-Id"])
        self.assertIn(list(answer.json), [["error"], ["error", "code"]])
        self.assertNotIn("evil", answer.json["error"])

    def test_own_names(self) -> None:
        """It answers to every name of this machine for itself."""
        for name in ("127.0.0.1", "localhost", "LOCALHOST", "[::1]"):
            with self.subTest(name):
                answer = self.send("GET / HTTP/1.1", host=f"{name}:{self.run_.port}")
                self.assertEqual(answer.status, 200)

    def test_foreign_names(self) -> None:
        """To any other name it is 421, whatever is asked for, and nothing is done."""
        before = self.users()
        for name in ("evil.example", f"evil.example:{self.run_.port}", "127.0.0.1", "localhost:1"):
            for line in ("GET /", "GET /users", "GET /docs", "GET /nothing", "TRACE /", "GET *"):
                with self.subTest(line, name=name):
                    answer = self.send(f"{line} HTTP/1.1", host=name)
                    self.assert_refused(answer, 421)
                    self.assertIn(f"http://{self.host}", answer.json["error"])
            head = self.send("HEAD /users HTTP/1.1", host=name)
            self.assertEqual((head.status, head.body), (421, b""))
            length = f"Content-Length: {len(JOHN)}"
            post = self.send("POST /users HTTP/1.1", JSON, length, body=JOHN, host=name)
            self.assert_refused(post, 421)
        self.assertEqual(self.users(), before)

    def test_not_one_name(self) -> None:
        """No `Host`, several, and names that contradict each other are refused."""
        port = self.run_.port
        own, evil = f"Host: {self.host}", f"Host: evil.example:{port}"
        for status, lines in (
            (400, ["GET /users HTTP/1.1"]),
            (400, ["GET /users HTTP/1.0"]),
            (400, ["GET /users"]),
            (400, ["GET /users HTTP/1.1", own, own]),
            (400, ["GET /users HTTP/1.1", own, evil]),
            (400, ["GET /users HTTP/1.1", evil, own]),
            (421, ["GET /users HTTP/1.1", own, " .evil.example"]),
            (421, ["GET /users HTTP/1.1", "Host:"]),
            (421, [f"GET http://evil.example:{port}/users HTTP/1.1", own]),
            (421, [f"GET http://{self.host}/users HTTP/1.1", evil]),
            (421, [f"GET http://{self.host}@evil.example/users HTTP/1.1", own]),
            (400, ["GET http://[evil/users HTTP/1.1", own]),
        ):
            with self.subTest(lines):
                request = "\r\n".join([*lines, "", ""]).encode()
                self.assert_refused(self.raw(request), status)
        self.assertEqual(self.send(f"GET http://{self.host}/users HTTP/1.1").status, 200)
        for target in ("", "/"):
            answer = self.send(f"GET http://{self.host}{target} HTTP/1.1")
            self.assertEqual((answer.status, answer.json["service"]), (200, "users-api"))

    def test_chunks(self) -> None:
        """A body in chunks is taken whole, or is 413; never cut and accepted."""
        before = self.users()
        for size in (len(JOHN), 5000, LIMIT - 1, LIMIT):
            with self.subTest(size):
                body = chunks(JOHN.ljust(size))
                answer = self.send("POST /users HTTP/1.1", JSON, CHUNKED, body=body)
                self.assertEqual(answer.status, 201)
        for size in (LIMIT + 1, LIMIT + len(JOHN), 3 * LIMIT, 11 * 1024 * 1024):
            with self.subTest(size):
                body = chunks(JOHN.ljust(size), size=50_000)
                answer = self.send("POST /users HTTP/1.1", JSON, CHUNKED, body=body)
                self.assert_refused(answer, 413)
        self.assertEqual(self.users(), before + 4)

    def test_form(self) -> None:
        """A body whose end readers may see in different places is refused."""
        before, length = self.users(), f"Content-Length: {len(JOHN)}"
        for body, headers in (
            (chunks(JOHN), [CHUNKED, length]),
            (chunks(JOHN), [length, CHUNKED]),
            (chunks(JOHN), [CHUNKED, CHUNKED]),
            (chunks(JOHN), ["Transfer-Encoding: gzip, chunked"]),
            (chunks(JOHN), ["Transfer-Encoding: xchunked"]),
            (chunks(JOHN), ["Transfer-Encoding:"]),
            (JOHN, ["Transfer-Encoding: identity", length]),
            (JOHN, [length, "Content-Length: 5"]),
            (JOHN, ["Content-Length: 5", length]),
            (JOHN, [length, length]),
            (JOHN, [f"Content-Length: {len(JOHN)}, {len(JOHN)}"]),
            (JOHN, [f"Content-Length: +{len(JOHN)}"]),
            (JOHN, ["Content-Length: 1_5"]),
            (JOHN, ["Content-Length: -1"]),
            (JOHN, ["Content-Length:"]),
            (JOHN, ["no header at all", length]),
            (JOHN, [f"Content-Length : {len(JOHN)}"]),
            (b"f\r\n" + JOHN + b"\r\nx\r\n", [CHUNKED]),
            (b"-1\r\n" + JOHN + b"\r\n0\r\n\r\n", [CHUNKED]),
            (b"e\r\n" + JOHN + b"\r\n0\r\n\r\n", [CHUNKED]),
        ):
            with self.subTest(headers, body=body):
                answer = self.send("POST /users HTTP/1.1", JSON, *headers, body=body)
                self.assert_refused(answer, 400)
        self.assertEqual(self.users(), before)

    def test_underscores(self) -> None:
        """A header with an underscore is not the one with a hyphen, nor added to it."""
        self.send("POST /users HTTP/1.1", JSON, CHUNKED, body=chunks(b'{"name":"a","userId":"a"}'))
        tag = self.send("GET /users/a HTTP/1.1").headers["ETag"]
        for status, headers in (
            (304, [f"If-None-Match: {tag}", 'If_None_Match: "other"']),
            (304, ['If_None_Match: "other"', f"If-None-Match: {tag}"]),
            (200, [f"If_None_Match: {tag}"]),
            (200, ['If-None-Match: "other"', f"If_None_Match: {tag}"]),
        ):
            with self.subTest(headers):
                self.assertEqual(self.send("GET /users/a HTTP/1.1", *headers).status, status)

    def test_targets(self) -> None:
        """A target is taken as it was sent: several slashes are not one, bytes are no text."""
        for target in (
            "//users",
            "///users",
            f"http://{self.host}//users",
            "/users/%ff",
            "/%2Fusers",
        ):
            with self.subTest(target):
                self.assert_refused(self.send(f"GET {target} HTTP/1.1"), 404)

    def test_terminal(self) -> None:
        """The terminal shows a short line for each request, and never its query."""
        start = len(self.run_.said())
        for request in (
            "GET /users?email=ada@example.com HTTP/1.1",
            f"GET http://{self.host}/users?email=ada@example.com HTTP/1.1",
            "GET /users/\x1b[31m%1b%0a\xe4?email=ada@example.com HTTP/1.1",
            f"GET /{'a' * 5000} HTTP/1.1",
            "G\x1bT /users HTTP/1.1",
            "GET /users?email=ada@example.com HTTP/1.1 ada@example.com",
            "GET /users?email=ada@example.com HTTP/3.14",
            "GET http://[/users?email=ada@example.com HTTP/1.1",
            f"GET /users?email=ada@example.com&{'a' * 70_000} HTTP/1.1",
        ):
            self.send(request)
        shown = self.run_.said()[start:]
        self.assertEqual(
            re.sub(r"(?m) \d+ ms$", "", shown).splitlines(),
            [
                "GET /users 200",
                "GET /users 200",
                "GET /users/%1B[31m%1b%0a%E4 404",
                f"GET /{'a' * 99}... 404",
                "G%1BT /users 405",
                "- - 400",
                "- - 505",
                "GET - 400",
                "- - 414",
            ],
        )
