"""The documents of an issuer, and everything that can be wrong with them."""

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socket import create_server
from tempfile import TemporaryDirectory
from threading import Event
from unittest import TestCase

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from authorizer.discovery import BYTES, DocumentError, Lookup, fetch_jwks
from tests.authorizer.issuer import (
    DISCOVERY,
    JWKS,
    Fault,
    Issuer,
    answer,
    closes,
    drips,
    drips_content,
    hangs,
    hangs_midway,
    running_issuer,
    sends,
)
from tests.authorizer.tokens import ES256

PROGRAM = """
import sys
from authorizer.discovery import fetch_jwks
print(fetch_jwks(sys.argv[1], float(sys.argv[2])))
"""

SOON = 0.3  # seconds
ALL_DAY = 60.0

HTML = b"<!doctype html><title>Maintenance</title>"
FAULTS: dict[str, tuple[Fault, str]] = {
    "closes": (closes, "RemoteDisconnected"),
    "no HTTP": (sends(b"SSH-2.0-x\r\n"), "BadStatusLine"),
    "half an answer": (sends(answer(200, b"{}" * 9)[:-9]), "JSONDecodeError"),
    "500": (sends(answer(500, b"{}")), "status 500"),
    "404": (sends(answer(404, b"{}")), "status 404"),
    "204": (sends(b"HTTP/1.1 204 \r\n\r\n"), "status 204"),
    "HTML": (sends(answer(200, HTML, "Content-Type: text/html")), "JSONDecodeError"),
    "nothing": (sends(answer(200, b"")), "JSONDecodeError"),
    "an array": (sends(answer(200, b"[]")), "ValueError"),
    "a name twice": (sends(answer(200, b'{"keys":[],"keys":[]}')), "ValueError"),
    "not UTF-8": (sends(answer(200, b'{"keys":"\xff"}')), "UnicodeDecodeError"),
    "nested": (sends(answer(200, b'{"keys":' + b"[" * 100_000)), "ValueError"),
    "one byte too many": (sends(answer(200, b" " * (BYTES + 1))), "too large"),
    "endless headers": (sends(b"HTTP/1.1 200 \r\n" + b"A: b\r\n" * 200), "HTTPException"),
    "an endless line": (sends(b"HTTP/1.1 200 " + b"a" * 100_000), "LineTooLong"),
}


class DiscoveryTest(TestCase):
    """An issuer, asked for its keys."""

    issuer: Issuer

    def setUp(self) -> None:
        self.issuer = self.enterContext(running_issuer())
        self.issuer.publish(ES256.jwk())

    def assert_fails(self, document: str, reason: str, seconds: float = ALL_DAY) -> None:
        """Assert that the keys are not to be had, and which document is why."""
        with self.assertRaises(DocumentError) as caught:
            fetch_jwks(self.issuer.url, seconds)
        error = caught.exception
        self.assertEqual((error.document, error.reason), (document, reason))

    def test_finds_the_keys(self) -> None:
        """The configuration leads to the keys."""
        self.assertEqual(fetch_jwks(self.issuer.url, ALL_DAY), [ES256.jwk()])
        self.assertEqual(self.issuer.asked, [DISCOVERY, JWKS])

    def test_an_issuer_may_have_a_path(self) -> None:
        """The configuration is below the issuer's own path, with one slash between."""
        for path in ("/pool", "/pool/"):
            with self.subTest(path):
                url = self.issuer.url + path
                self.issuer.publish(ES256.jwk(), issuer=url)
                configuration = self.issuer.documents[DISCOVERY]
                self.issuer.documents["/pool" + DISCOVERY] = configuration
                self.assertEqual(fetch_jwks(url, ALL_DAY), [ES256.jwk()])

    def test_keys_may_be_anywhere(self) -> None:
        """The URL of the keys may have a query, and no path."""
        for path in ("/keys?policy=a", "/?"):
            with self.subTest(path):
                self.issuer.publish(jwks_uri=self.issuer.url + path)
                self.issuer.documents |= {path: {"keys": [1]}, "/": {"keys": [1]}}
                self.assertEqual(fetch_jwks(self.issuer.url, ALL_DAY), [1])
        self.issuer.publish(jwks_uri=self.issuer.url)
        self.issuer.documents["/"] = {"keys": [2]}
        self.assertEqual(fetch_jwks(self.issuer.url, ALL_DAY), [2])

    def test_a_document_may_be_as_large_as_the_limit(self) -> None:
        """A document of exactly the limit is read."""
        self.issuer.documents[JWKS] = b'{"keys":[]}'.ljust(BYTES)
        self.assertEqual(fetch_jwks(self.issuer.url, ALL_DAY), [])

    def test_wrong_answers(self) -> None:
        """Whatever else is answered, by either address, is told by its type."""
        for path, document in ((DISCOVERY, "discovery"), (JWKS, "jwks")):
            for name, (fault, reason) in FAULTS.items():
                with self.subTest(name, document=document):
                    self.issuer.faults = {path: fault}
                    self.assert_fails(document, reason)

    def test_endless_answers(self) -> None:
        """Of 50 MB no more is read than the limit."""
        sent = 0

        def endless(_whole: bytes, _ended: Event) -> Iterator[bytes]:
            nonlocal sent
            yield b"HTTP/1.1 200 \r\nContent-Length: 50000000\r\n\r\n"
            for sent in range(50):  # noqa: B007 - it is read outside
                yield b" " * 1_000_000

        self.issuer.faults = {JWKS: endless}
        self.assert_fails("jwks", "too large")
        self.assertTrue(self.issuer.left.wait(ALL_DAY))
        self.assertLess(sent, 40)

    def test_redirects(self) -> None:
        """A redirect is not followed."""
        for status in (301, 302, 303, 307, 308):
            for path, document in ((DISCOVERY, "discovery"), (JWKS, "jwks")):
                with self.subTest(status, document=document):
                    elsewhere = f"Location: {self.issuer.url}/elsewhere"
                    self.issuer.asked.clear()
                    self.issuer.faults = {path: sends(answer(status, b"", elsewhere))}
                    self.assert_fails(document, f"status {status}")
                    self.assertNotIn("/elsewhere", self.issuer.asked)

    def test_another_issuer(self) -> None:
        """A configuration of another issuer is not believed."""
        for other in (None, "", f"{self.issuer.url}/", "https://other.example", [self.issuer.url]):
            with self.subTest(other):
                self.issuer.publish(ES256.jwk(), issuer=other)
                self.assert_fails("discovery", "another issuer")

    def test_insecure_addresses(self) -> None:
        """Keys come over https, or from this machine."""
        for url in (
            None,
            1,
            "",
            "/jwks",
            "http://issuer.example/jwks",
            "http://127.0.0.1.issuer.example/jwks",
            "file:///etc/passwd",
            "ftp://127.0.0.1/jwks",
            "https://",
            "https://user:password@issuer.example",
            "https://[::1/jwks",
            "https://issuer.example:99999/",
            "https://issuer.example/a b",
            "https://issuer.example/\r\nHost: a",
            "https://issuer.example/ü",
        ):
            with self.subTest(url):
                self.issuer.publish(jwks_uri=url)
                self.assert_fails("jwks", "no https URL")

    def test_no_list_of_keys(self) -> None:
        """The set of keys is a list."""
        wrong: tuple[object, ...] = (None, {}, "", 1)
        for keys in wrong:
            with self.subTest(keys):
                self.issuer.documents[JWKS] = {"keys": keys}
                self.assert_fails("jwks", "no list of keys")

    def test_time_is_limited_in_all(self) -> None:
        """An answer that does not come, or byte by byte, is not waited for."""
        for path in (DISCOVERY, JWKS):
            for fault in (hangs, hangs_midway, drips, drips_content):
                with self.subTest(fault.__name__, path=path):
                    self.issuer.faults = {path: fault}
                    with self.assertRaisesRegex(DocumentError, ": TimeoutError$"):
                        fetch_jwks(self.issuer.url, SOON)

    def test_what_is_given_up_ends(self) -> None:
        """The connection of an answer that was given up is closed."""
        self.issuer.faults = {JWKS: drips_content}
        self.assert_fails("jwks", "TimeoutError", seconds=2)
        self.assertTrue(self.issuer.left.wait(ALL_DAY))

    def test_what_is_given_up_early_asks_for_nothing(self) -> None:
        """A connection that is made too late is not used."""
        lookup = Lookup(self.issuer.url, ALL_DAY)
        lookup.end()
        lookup.run()
        self.assertEqual(str(lookup.failure), "discovery: TimeoutError")
        self.assertEqual(self.issuer.asked, [])

    def test_nobody_listens(self) -> None:
        """A connection that is refused is an error like any other."""
        with create_server(("127.0.0.1", 0)) as server:
            url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with self.assertRaisesRegex(DocumentError, "discovery: ConnectionRefusedError"):
            fetch_jwks(url, ALL_DAY)

    def test_no_such_name(self) -> None:
        """A name that leads nowhere is an error like any other."""
        with self.assertRaisesRegex(DocumentError, "discovery: (gaierror|TimeoutError)"):
            fetch_jwks("https://issuer.invalid")
        with self.assertRaisesRegex(DocumentError, r"discovery: Unicode(Encode)?Error$"):
            fetch_jwks(f"https://{'a' * 64}.example")


class TlsTest(TestCase):
    """An issuer with a certificate."""

    issuer: Issuer
    certificate: Path

    def setUp(self) -> None:
        self.certificate = Path(self.enterContext(TemporaryDirectory())) / "all.pem"
        self.issuer = self.enterContext(running_issuer(certified(self.certificate)))
        self.issuer.publish(ES256.jwk())

    def fetched(self, seconds: float) -> str:
        """Fetch the keys in a process that trusts the certificate; return the end of its output."""
        finished = subprocess.run(
            [sys.executable, "-W", "error", "-c", PROGRAM, self.issuer.url, str(seconds)],
            env=os.environ | {"SSL_CERT_FILE": str(self.certificate)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return finished.stdout.splitlines()[-1]

    def test_trusted(self) -> None:
        """An issuer with a good certificate is asked over TLS."""
        self.assertEqual(self.fetched(ALL_DAY), str([ES256.jwk()]))

    def test_time_is_limited(self) -> None:
        """An answer that comes byte by byte is given up, and its connection closed."""
        self.issuer.faults = {JWKS: drips_content}
        self.assertRegex(self.fetched(2), ": TimeoutError$")

    def test_certificates_are_verified(self) -> None:
        """An issuer whose certificate nobody vouches for is not believed."""
        with self.assertRaisesRegex(DocumentError, "discovery: SSLCertVerificationError"):
            fetch_jwks(self.issuer.url, ALL_DAY)
        self.assertEqual(self.issuer.asked, [])

    def test_a_handshake_that_hangs(self) -> None:
        """A server that does not even shake hands is not waited for."""
        server = self.enterContext(create_server(("127.0.0.1", 0)))
        with self.assertRaisesRegex(DocumentError, "discovery: TimeoutError"):
            fetch_jwks(f"https://127.0.0.1:{server.getsockname()[1]}", SOON)


def certified(path: Path) -> ssl.SSLContext:
    """Return a server's side of TLS; write the certificate that it made itself to `path`."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer")])
    now = datetime.now(UTC)
    public = ES256.private.public_key()
    certificate = (
        x509.CertificateBuilder(name, name, public)
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(ES256.private, hashes.SHA256())
    )
    private = ES256.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
