"""`make run ACCESS=token` and `make token`, as a newcomer sees them."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import skipUnless

from local import issuer
from tests.run.newcomer import make, until
from tests.run.test_run import RunTest
from users_api.app import RESOURCES

ALL = "SCOPE=users:read users:write"
ADA = b'{"userId":"ada","name":"Ada"}'
MISSING = b'{"error":"Could not find user with provided \\"userId\\""}'
SCOPES = [f"{each.name}:{right}" for each in RESOURCES for right in ("read", "write")]
PUBLIC = ["/", "/health", "/openapi.json", "/docs", "/docs/page.js"]


class AccessTest(RunTest):
    """A copy of the project that asks for tokens."""

    def token(self, *arguments: str) -> str:
        """Return what `make -s token` prints."""
        made = make(self.project, "-s", "token", *arguments)
        self.assertEqual((made.returncode, made.stderr), (0, ""))
        self.assertRegex(made.stdout, r"^[\w-]+\.[\w-]+\.[\w-]+\n$")
        return made.stdout.strip()

    def test_calls(self) -> None:
        """Without a token nothing; with one, one's own record; with scopes, all of them."""
        token = self.token("SUB=ada")  # before anything runs
        run = self.up(ACCESS="token")
        for path in PUBLIC:
            self.assertEqual(run.call("GET", path)[0], 200)
        for method, path in [("GET", "/users/ada"), ("GET", "/users"), ("POST", "/users")]:
            self.assertEqual(run.call(method, path)[0], 401)
            self.assertEqual(run.call(method, path, token=f"{token}x")[0], 401)
        self.assertEqual(run.call("POST", "/users", b'{"name": "Ada"}', token), (201, ADA))
        self.assertEqual(run.call("GET", "/users/ada", token=token), (200, ADA))
        self.assertEqual(run.call("GET", "/users/bob", token=token), (404, MISSING))
        self.assertEqual(run.call("GET", "/users", token=token)[0], 403)
        self.assertEqual(run.call("POST", "/users", b'{"name": "B", "userId": "b"}', token)[0], 403)
        both = self.token("SUB=x", ALL, "MINUTES=1")
        self.assertEqual(run.call("GET", "/users", token=both), (200, b'{"users":[' + ADA + b"]}"))
        self.assertEqual(run.call("DELETE", "/users/ada", token=both)[0], 204)

    def test_welcome(self) -> None:
        """The welcome says how to get a token; no token is in the terminal."""
        token = self.token("SUB=someUserId")
        run = self.up(ACCESS="token")
        run.call("GET", "/users/someUserId", token=token)
        run.call("GET", f"/users/{token}", token="x.y.z")
        self.assertIn("TOKEN=$(make -s token SUB=someUserId)", run.said())
        self.assertIn(f'With SCOPE="{" ".join(SCOPES)}" ', run.said())
        self.assertNotIn(token.rpartition(".")[2], run.said())

    def test_restarts(self) -> None:
        """It ends with nothing left behind; a token from before is good after."""
        token = self.token("SUB=ada")
        port = issuer.kept(self.project / ".local" / "issuer.json").port
        for ending in [signal.SIGINT, signal.SIGHUP]:
            run = self.up(ACCESS="token")
            self.assertEqual(run.call("GET", "/users/ada", token=token)[0], 404)
            run.signal_all(ending)
            run.exit_code()
            self.assertNotIn("Traceback", run.said())
            until(lambda: is_free(port), otherwise="the issuer is left behind")

    def test_reload(self) -> None:
        """A change of the authorizer is loaded, and the issuer stays."""
        token = self.token("SUB=ada")
        run = self.up(ACCESS="token")
        self.assertEqual(run.call("GET", "/users/ada", token=token)[0], 404)
        source = self.project / "authorizer" / "handler.py"
        original = source.read_text("utf-8")
        source.write_text("def handler(event, context):\n    raise RuntimeError", "utf-8")
        until(lambda: run.call("GET", "/users/ada", token=token)[0] == 503, otherwise="the old one")
        source.write_text(original, "utf-8")
        until(lambda: run.call("GET", "/users/ada", token=token)[0] == 404, otherwise="not mended")

    def test_another_issuer(self) -> None:
        """With ISSUER and AUDIENCE, the tokens of another provider count, and ours do not."""
        file = Path(self.enterContext(TemporaryDirectory())) / "issuer.json"
        url = self.enterContext(issuer.running(file))
        ours, theirs = self.token("SUB=ada"), issuer.kept(file).token("ada", "users:read", 60)
        run = self.up(ACCESS="token", ISSUER=url, AUDIENCE=issuer.AUDIENCE)
        self.assertIn(f"an access token of {url} for {issuer.AUDIENCE}", run.said())
        self.assertEqual(run.call("GET", "/users", token=theirs), (200, b'{"users":[]}'))
        self.assertEqual(run.call("GET", "/users", token=ours)[0], 401)

    def test_provider_is_down(self) -> None:
        """While the keys of the provider are not to be had, it says so: 503."""
        file = Path(self.enterContext(TemporaryDirectory())) / "issuer.json"
        theirs = issuer.kept(file)
        run = self.up(ACCESS="token", ISSUER=theirs.url, AUDIENCE=issuer.AUDIENCE)
        self.assertEqual(run.call("GET", "/users", token=theirs.token("ada", "", 60))[0], 503)


class RefusalTest(RunTest):
    """What is asked for in a way that is impossible."""

    def test_run(self) -> None:
        """`make run` says in one sentence what is wrong."""
        for variables, word in [
            ({"ACCESS": "closed"}, "ACCESS must be open or token"),
            ({"ACCESS": "token", "ISSUER": "https://idp.example"}, "AUDIENCE is missing"),
            (
                {"ACCESS": "token", "ISSUER": "http://idp.example", "AUDIENCE": "a"},
                "ISSUER must be",
            ),
        ]:
            with self.subTest(word):
                run = self.start(**variables)
                self.assertNotEqual(run.exit_code(), 0)
                sentence, *make_says = run.said().splitlines()
                self.assertIn(word, sentence)
                self.assertRegex("\n".join(make_says), r"^make: \*\*\* .* Error 1$")

    def test_token(self) -> None:
        """`make token` does, too, and prints no token."""
        for arguments, word in [
            ([], "SUB=ada"),
            (["SUB=ada", "MINUTES=9999"], "MINUTES must be a number from 1 to 1440"),
        ]:
            with self.subTest(word):
                made = make(self.project, "-s", "token", *arguments)
                self.assertNotEqual(made.returncode, 0)
                self.assertEqual(made.stdout, "")
                self.assertIn(word, made.stderr.splitlines()[0])

    @skipUnless(Path("/dev/full").exists(), "only Linux has it")
    def test_nowhere_to_write(self) -> None:
        """A token that cannot be written is one sentence, too."""
        command = [sys.executable, "-m", "local.token"]
        with Path("/dev/full").open("wb") as full:
            ended = subprocess.run(
                command,
                cwd=self.project,
                env=os.environ | {"SUB": "ada"},
                stdout=full,
                stderr=subprocess.PIPE,
                check=False,
            )
        self.assertEqual(ended.returncode, 1)
        self.assertEqual(ended.stderr, b"The token cannot be written: No space left on device.\n")

    def test_useless_token(self) -> None:
        """`make token` tells what in a token is of no use, beside the token."""
        for arguments, said in [
            (["SUB=ada", "SCOPE=users:read users:write"], ""),
            (["SUB=a b"], "No record can belong to 'a b': none can name it as its owner.\n"),
            (
                ["SUB=ada", "SCOPE=users:read user:write"],
                f"No call needs the scope 'user:write'; the scopes are {', '.join(SCOPES)}.\n",
            ),
        ]:
            with self.subTest(arguments):
                made = make(self.project, "-s", "token", *arguments)
                self.assertEqual(made.stderr, said)
                self.assertEqual(made.stdout.count("."), 2)

    def test_token_of_unfinished_code(self) -> None:
        """A token can be made while the service does not load."""
        (self.project / "users_api" / "app.py").write_text("def create_app(:", "utf-8")
        made = make(self.project, "-s", "token", "SUB=ada", "SCOPE=users:read")
        self.assertEqual((made.returncode, made.stderr), (0, ""))
        self.assertNotIn("SCOPE", self.up(ACCESS="token").said())


class OpenTest(RunTest):
    """`make run` as it is without ACCESS."""

    def test_needs_no_cryptography(self) -> None:
        """It loads nothing that only tokens need, and makes no issuer."""
        for library in ["jwt", "cryptography"]:
            (self.project / f"{library}.py").write_text("raise SystemExit('loaded')", "utf-8")
        self.assertNotIn("loaded", self.up().said())
        self.assertFalse((self.project / ".local" / "issuer.json").exists())


def is_free(port: int) -> bool:
    """Tell whether nobody listens at a port."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
