"""The names under which `make run` answers."""

import socket
from unittest import TestCase

from local.address import Address

OWN = ["localhost:5000", "127.0.0.1:5000", "[::1]:5000", "LocalHost:5000"]
FOREIGN = [
    "evil.example:5000",
    "evil.example",
    "127.0.0.1.evil.example:5000",
    "localhost.evil.example:5000",
    "evillocalhost:5000",
    "localhost:5001",
    "localhost",
    "localhost:",
    "localhost:5000 ",
    "localhost:5000,evil.example",
    "localhost:5000\r\n evil.example",
    "user@localhost:5000",
    "localhost:5000@evil.example",
    "::1:5000",
    "[localhost]:5000",
    "localhost:\u0665000",
    "",
    ":5000",
]


class AddressTest(TestCase):
    """An address that is given as HOST= and PORT=."""

    def assert_answers(self, address: Address, *authorities: str) -> None:
        for authority in authorities:
            with self.subTest(address=address, authority=authority):
                self.assertTrue(address.is_asked_for(authority))

    def assert_foreign(self, address: Address, *authorities: str) -> None:
        for authority in authorities:
            with self.subTest(address=address, authority=authority):
                self.assertFalse(address.is_asked_for(authority))

    def test_this_machine_only(self) -> None:
        """One that other machines cannot reach has the names of a machine for itself."""
        for host in ("127.0.0.1", "localhost", "::1", "127.0.0.2"):
            address = Address(host, 5000)
            self.assert_answers(address, *OWN)
            self.assert_foreign(address, *FOREIGN, "192.0.2.1:5000", "0.0.0.0:5000")
            self.assert_foreign(address, f"{socket.gethostname()}:5000")
            self.assertFalse(address.is_open)
        self.assert_answers(Address("127.0.0.2", 5000), "127.0.0.2:5000")
        self.assert_foreign(Address("127.0.0.1", 5000), "127.0.0.2:5000")

    def test_one_interface(self) -> None:
        """One on the network has its own name and the machine's besides."""
        machine = socket.gethostname()
        address = Address("192.0.2.1", 5000)
        self.assertTrue(address.is_open)
        self.assert_answers(address, *OWN, "192.0.2.1:5000", f"{machine.upper()}:5000")
        self.assert_answers(address, f"{machine.partition('.')[0]}.local:5000")
        self.assert_foreign(address, *FOREIGN, "192.0.2.2:5000", "evil.local:5000")

    def test_every_interface(self) -> None:
        """One on every interface has any IP address, which is no name, and no foreign name."""
        for host in ("0.0.0.0", "::", "0"):
            address = Address(host, 5000)
            self.assertTrue(address.is_open)
            self.assert_answers(address, *OWN, "192.0.2.1:5000", "[2001:db8::1]:5000")
            self.assert_foreign(address, *FOREIGN, "999.0.2.1:5000", "[2001:db8:::1]:5000")

    def test_default_port(self) -> None:
        """At port 80 a name may come without it."""
        self.assert_answers(Address("127.0.0.1", 80), "localhost", "[::1]", "127.0.0.1:80")
        self.assert_foreign(Address("127.0.0.1", 80), "evil.example", "localhost:5000")

    def test_url(self) -> None:
        """Its URL is one that works on this machine."""
        for host, url in {
            "127.0.0.1": "http://127.0.0.1:5000",
            "localhost": "http://localhost:5000",
            "::1": "http://[::1]:5000",
            "0.0.0.0": "http://127.0.0.1:5000",
            "::": "http://[::1]:5000",
        }.items():
            self.assertEqual(Address(host, 5000).url, url)
