"""Which tokens are accepted: access tokens of one issuer, by RFC 9068 and RFC 8725.

A check is a line that says what must be true. The signature is looked at before anything that it
protects, and nothing in a token says where its key is to be found.
"""

import re
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeGuard

from jwt import PyJWK, PyJWS
from jwt.exceptions import PyJWTError

from authorizer.config import Settings
from authorizer.jwks import ALGORITHMS
from authorizer.keys import Keys
from authorizer.strict_json import read_object

LENGTH = 8192  # of a token, in characters; API Gateway takes 10,240 bytes of headers
IDENTITY = 255  # characters of what tells who calls: OpenID Connect Core, section 2
LEEWAY = 60  # seconds, for clocks that do not agree
LIFETIME = 24 * 60 * 60  # seconds, at most
LATEST = 2**53  # a time beyond is no time, and not exact as a float

PARTS = re.compile(r"([A-Za-z0-9_-]+)(\.[A-Za-z0-9_-]+){2}")  # unpadded base64url: RFC 7515
SCOPES = re.compile(r"[ !#-\[\]-~]*")  # RFC 6749, section 3.3

# Header parameters that say where the key is, or what else a reader must understand.
FOREIGN = frozenset({"jku", "jwk", "x5u", "x5c", "crit"})
# Claims that an ID token has and an access token has not (OpenID Connect Core), and the one of a
# token that is worth nothing without a proof that its bearer has a key (RFC 7800).
OTHER_USES = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "cnf"})


class InvalidTokenError(Exception):
    """A token is not accepted; the message says which rule it breaks, and nothing about it."""


class Caller(NamedTuple):
    """What a token says about who calls."""

    subject: str
    user: str  # the claim that the settings name
    scope: str  # separated by spaces
    expires: int  # seconds since 1970


class Verifier:
    """Verifies the tokens that the settings accept, with the keys of their issuer."""

    def __init__(
        self, settings: Settings, keys: Keys, clock: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._clock = clock
        self._signatures = PyJWS()

    def verify(self, token: str) -> Caller:
        """Return who calls with this token.

        Raises InvalidTokenError, and KeysError if the keys of the issuer are not to be had.
        """
        header = _header(token)
        kind = self._kind(header)
        claims = self._signed_claims(token, header)
        self._check_source(claims)
        self._check_times(claims)
        self._check_use(claims, kind)
        self._check_audience(claims, kind)
        return Caller(
            _identity(claims, "sub"),
            _identity(claims, self._settings.user_claim),
            self._scope(claims),
            int(claims["exp"]),
        )

    def _kind(self, header: Mapping[str, Any]) -> str:
        """Return the type of token, in lower case; one that has none is a JWT (RFC 7519)."""
        declared = header.get("typ", "JWT")
        _require(isinstance(declared, str), "the type is text")
        kind: str = declared.lower().removeprefix("application/")
        _require(kind in self._settings.token_types, "the type is one that is admitted")
        return kind

    def _signed_claims(self, token: str, header: Mapping[str, Any]) -> dict[str, Any]:
        key = self._key(header)
        try:
            signed = self._signatures.decode_complete(token, key, [key.algorithm_name])
            return read_object(signed["payload"])
        except (PyJWTError, ValueError):
            raise InvalidTokenError("the signature is right, the claims are JSON") from None

    def _key(self, header: Mapping[str, Any]) -> PyJWK:
        _require(not FOREIGN & header.keys(), "nothing but its id says what the key is")
        identifier, algorithm = header.get("kid"), header.get("alg")
        if not isinstance(identifier, str) or not isinstance(algorithm, str):
            raise InvalidTokenError("the key has an id, and an algorithm is named")
        _require(algorithm in ALGORITHMS, "the algorithm is one that is supported")
        key = self._keys.find((identifier, algorithm))
        if not key:
            raise InvalidTokenError("the key is one of the issuer's, made for this algorithm")
        return key

    def _check_source(self, claims: Mapping[str, Any]) -> None:
        _require(claims.get("iss") == self._settings.issuer, "the issuer is the one we trust")

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        issued, expires = _time(claims, "iat"), _time(claims, "exp")
        now = self._clock()
        _require(expires + LEEWAY > now, "it has not expired")
        _require(issued - LEEWAY <= now, "it was not issued in the future")
        _require("nbf" not in claims or _time(claims, "nbf") - LEEWAY <= now, "it is valid already")
        _require(0 < expires - issued <= LIFETIME, "it lives a day at most")

    def _check_use(self, claims: Mapping[str, Any], kind: str) -> None:
        """Tell access tokens from others, most of all from ID tokens."""
        _require(not OTHER_USES & claims.keys(), "nothing says that it is another kind of token")
        _require(claims.get("token_use", "access") == "access", "its use is access")
        if kind == "at+jwt":
            _require(_is_text(claims.get("client_id")), "it names the client (RFC 9068)")
            _require(_is_text(claims.get("jti")), "it has an id (RFC 9068)")
        else:
            _require(
                not {"token_use", "scope", "scp"}.isdisjoint(claims),
                "a token of no certain type says that it is for access",
            )

    def _check_audience(self, claims: Mapping[str, Any], kind: str) -> None:
        audience = claims.get("aud")
        if "aud" not in claims and kind == "jwt" and "token_use" in claims:
            audience = claims.get("client_id")  # Cognito names the client instead
        named = audience if isinstance(audience, list) else [audience]
        _require(bool(named) and all(map(_is_text, named)), "it is meant for somebody")
        _require(self._settings.audiences.issuperset(named), "it is meant for us alone")

    def _scope(self, claims: Mapping[str, Any]) -> str:
        """Return the scopes, each without the audience that some providers put before it."""
        told = claims.get("scope", claims.get("scp", ""))
        scopes = told if isinstance(told, list) else [told]
        _require(
            all(isinstance(each, str) and SCOPES.fullmatch(each) for each in scopes),
            "the scopes are text (RFC 6749)",
        )
        return " ".join(map(self._short, " ".join(scopes).split()))

    def _short(self, scope: str) -> str:
        audience, _, name = scope.rpartition("/")
        return name if audience in self._settings.audiences else scope


def _header(token: str) -> dict[str, Any]:
    parts = PARTS.fullmatch(token) if len(token) <= LENGTH else None
    if not parts:
        raise InvalidTokenError("it has three parts in base64url (RFC 7515), and is short")
    try:
        return read_object(urlsafe_b64decode(f"{parts[1]}=="))
    except ValueError:
        raise InvalidTokenError("the header is JSON") from None


def _time(claims: Mapping[str, Any], name: str) -> float:
    """Return a NumericDate (RFC 7519), in seconds since 1970."""
    value = claims.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LATEST:
        return value
    raise InvalidTokenError("a time is a number")


def _identity(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not _is_text(value) or len(value) > IDENTITY or not value.isprintable():
        raise InvalidTokenError("it says who calls, in printable text")
    return value


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value)


def _require(holds: bool, rule: str) -> None:  # noqa: FBT001 - it reads as an assertion
    if not holds:
        raise InvalidTokenError(rule)
