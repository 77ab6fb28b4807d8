"""The settings of the authorizer, read once from the environment."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")
TOKEN_TYPES = frozenset({"at+jwt", "jwt"})


class SettingsError(Exception):
    """A setting is missing or unusable; the message names its variable."""


class Settings(NamedTuple):
    """Whose tokens are accepted, and for whom they must be meant."""

    issuer: str  # ISSUER: the URL of an OpenID provider, exactly as its tokens have it
    audiences: frozenset[str]  # AUDIENCE: one or several names of this API
    token_types: frozenset[str] = frozenset({"at+jwt"})  # TOKEN_TYPES, in lower case
    user_claim: str = "sub"  # USER_CLAIM: the claim that tells who a caller is

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from `environ`; raise SettingsError for the first that is not right."""
        issuer = environ.get("ISSUER", "")
        if not is_secure(issuer) or "?" in issuer:
            raise SettingsError("ISSUER must be an https URL (http is for this machine only)")
        audiences = _words(environ.get("AUDIENCE", ""))
        if not audiences:
            raise SettingsError("AUDIENCE is missing")
        token_types = _words(environ.get("TOKEN_TYPES", "").lower() or "at+jwt")
        if not token_types <= TOKEN_TYPES:
            raise SettingsError("TOKEN_TYPES can be at+jwt and JWT")
        return cls(issuer, audiences, token_types, environ.get("USER_CLAIM") or "sub")


def is_secure(url: str) -> bool:
    """Tell whether `url` is an https URL, or an http one of this machine; without credentials."""
    try:
        parts = urlsplit(url)
        possible = parts.hostname and parts.port != 0 and url.isascii() and url.isprintable()
    except ValueError:
        return False
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return bool(possible) and secure and not {"@", "#", " "} & set(url)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.replace(",", " ").split())
