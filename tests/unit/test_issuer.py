"""The token issuer of a laptop, and what `make run` and `make token` make of it."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase
from urllib.request import urlopen

from authorizer.config import Settings
from authorizer.gateway import create_authorizer
from local import issuer, token
from local.access import AccessError, provided
from local.address import Address

STAGE = "arn:aws:execute-api:us-east-1:000000000000:local/local/GET/users"


class IssuerTest(TestCase):
    """An issuer that is kept in a folder of its own."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.file = self.folder / ".local" / "issuer.json"

    def test_made_once(self) -> None:
        """It is made when it is first asked for, and the same ever after, whoever comes at once."""
        with ThreadPoolExecutor(8) as threads:
            made = list(threads.map(issuer.kept, [self.file] * 8))
        self.assertEqual(made, [issuer.kept(self.file)] * 8)
        self.assertEqual([each.name for each in self.file.parent.iterdir()], ["issuer.json"])

    def test_private(self) -> None:
        """Only its owner reads the key, and it tells nobody the private half."""
        kept = issuer.kept(self.file)
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
        self.assertNotIn(kept.key["d"], json.dumps(kept.documents()))

    def test_documents(self) -> None:
        """It serves what leads to its keys, and nothing else; when it ends its port is free."""
        with issuer.running(self.file) as url:
            with urlopen(f"{url}/.well-known/openid-configuration") as answer:
                configuration = json.load(answer)
            self.assertEqual(configuration["issuer"], url)
            with urlopen(configuration["jwks_uri"]) as answer:
                self.assertEqual(len(json.load(answer)["keys"]), 1)
            for path in ["/", "/issuer.json", "/../issuer.json"]:
                with self.subTest(path), self.assertRaisesRegex(OSError, "404"):
                    urlopen(url + path)
        with issuer.running(self.file) as again:
            self.assertEqual(again, url)

    def test_token(self) -> None:
        """The authorizer accepts its tokens, for as long as they say, with what they say."""
        with issuer.running(self.file) as url:
            settings = Settings(url, frozenset({issuer.AUDIENCE}))
            made = issuer.kept(self.file).token("ada", "users:read users:write", 60)
            event = {"authorizationToken": f"Bearer {made}", "methodArn": STAGE}
            context = create_authorizer(settings)(event, None)["context"]
        self.assertEqual((context["sub"], context["scope"]), ("ada", "users:read users:write"))

    def test_not_kept(self) -> None:
        """What cannot be kept, or cannot be read, is said in one sentence."""
        self.file.parent.mkdir()
        for content in ["", "{}", "[]", '{"key": {}}', '{"x": 1}']:
            with self.subTest(content):
                self.file.write_text(content, "utf-8")
                with self.assertRaisesRegex(AccessError, "damaged: remove it"):
                    issuer.kept(self.file)
        (self.folder / "file").touch()
        with self.assertRaisesRegex(AccessError, "cannot be kept in"):
            issuer.kept(self.folder / "file" / "issuer.json")

    def test_taken_port(self) -> None:
        """Another program at its port is named, with what to do."""
        port = issuer.kept(self.file).port
        with (
            socket.create_server(("127.0.0.1", port)),
            self.assertRaisesRegex(AccessError, f"{port} .*Address already in use.*remove"),
            issuer.running(self.file),
        ):
            self.fail("it runs")


class MakeTokenTest(TestCase):
    """The variables of `make token`."""

    def test_refusals(self) -> None:
        """Who it is for must be said; how long it lives is a number of minutes, a day at most."""
        for variables, word in [
            ({}, "SUB=ada"),
            ({"SUB": ""}, "SUB=ada"),
            *(
                ({"SUB": "ada", "MINUTES": minutes}, "from 1 to 1440")
                for minutes in ("0", "-1", "1.5", "1441", "an hour", "٣", "9" * 9)
            ),
        ]:
            with self.subTest(variables), self.assertRaisesRegex(AccessError, word):
                token.main(variables)


class ProvidedTest(TestCase):
    """What `make run` is told about access."""

    def provided(self, host: str = "127.0.0.1", **environ: str) -> tuple[str, dict[str, str]]:
        with provided(environ, Address(host, 5000)) as said:
            return said, environ

    def test_open(self) -> None:
        """Unless a token is asked for, everybody may call; a warning says so where all can."""
        for host, warns in {"127.0.0.1": False, "0.0.0.0": True, "192.0.2.1": True}.items():
            for environ in [{}, {"ACCESS": ""}, {"ACCESS": "open"}]:
                with self.subTest(host, environ=environ):
                    said, after = self.provided(host, **environ)
                    self.assertEqual("It is open to the network" in said, warns)
                    self.assertNotIn("token of", said)
                    self.assertEqual(after, {"ACCESS": "open"})

    def test_another_issuer(self) -> None:
        """Another issuer is named, and needs an audience; nothing is changed for it."""
        environ = {"ACCESS": "token", "ISSUER": "https://idp.example/x", "AUDIENCE": "b a"}
        said, after = self.provided(**environ)
        self.assertIn("token of https://idp.example/x for a or b.", said)
        self.assertEqual(after, environ)

    def test_refusals(self) -> None:
        """What is impossible is said in one sentence, by the name of its variable."""
        for environ, word in [
            ({"ACCESS": "closed"}, "ACCESS .*'closed'"),
            ({"ACCESS": "Token"}, "ACCESS"),
            ({"ACCESS": "token", "ISSUER": "https://idp.example"}, "AUDIENCE"),
            ({"ACCESS": "token", "ISSUER": "http://idp.example", "AUDIENCE": "a"}, "ISSUER"),
            ({"ACCESS": "token", "ISSUER": "idp", "AUDIENCE": "a"}, "ISSUER"),
        ]:
            with self.subTest(environ), self.assertRaisesRegex(AccessError, word):
                self.provided(**environ)
