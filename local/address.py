"""Where the API listens, and under which names it may be asked for.

A web page that has its own name resolve to this machine ("DNS rebinding") sends that name as
`Host`; so only names that a page cannot have made up are answered.
"""

import re
import socket
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_address

_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True)
class Address:
    """A name or IP address of this machine, and a port."""

    host: str
    port: int

    @property
    def family(self) -> socket.AddressFamily:
        """IPv6 for an address of IPv6, else IPv4, as werkzeug has it."""
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET

    @property
    def url(self) -> str:
        """The URL with which a program on this machine reaches it."""
        if self._ip.is_unspecified:
            host = "[::1]" if self.family is socket.AF_INET6 else "127.0.0.1"
        else:
            host = _in_url(self.host)
        return f"http://{host}:{self.port}"

    @property
    def is_open(self) -> bool:
        """Whether other machines can reach it."""
        return not self._ip.is_loopback

    def is_asked_for(self, authority: str) -> bool:
        """Tell whether a request with this `Host` is meant for this address.

        One on this machine alone has the names of the machine's own. One that is open to the
        network is also known by the machine's name; one on every interface, by any IP address.
        """
        match = _AUTHORITY.fullmatch(authority.lower())
        if not match or int(match[2] or 80) != self.port:
            return False
        return match[1] in self._names or (self._ip.is_unspecified and _is_ip(match[1]))

    @cached_property
    def _ip(self) -> IPv4Address | IPv6Address:
        found = socket.getaddrinfo(self.host, self.port, self.family, socket.SOCK_STREAM)
        return ip_address(found[0][4][0])

    @cached_property
    def _names(self) -> frozenset[str]:
        names = _LOOPBACK | {_in_url(self.host), _in_url(str(self._ip))}
        if self.is_open:
            machine = socket.gethostname().lower()
            names |= {machine, f"{machine.partition('.')[0]}.local"}  # the latter by mDNS
        return names


def _in_url(host: str) -> str:
    return f"[{host}]".lower() if ":" in host else host.lower()


def _is_ip(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
