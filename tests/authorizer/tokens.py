"""Tokens for tests, right and wrong in any way: made by hand, for a library refuses most of it."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import Algorithm, get_default_algorithms

NOW = 1_800_000_000.0  # what time it is
ISSUER = "https://issuer.example/pool"
AUDIENCE = "users-api"

GOOD: Mapping[str, Any] = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "ada",
    "client_id": "client",
    "jti": "1",
    "iat": int(NOW) - 10,
    "exp": int(NOW) + 3590,
    "scope": "users:read users:write",
}


class Signer(Protocol):
    """What signs a token."""

    @property
    def kid(self) -> str:
        """Its name."""

    @property
    def algorithm(self) -> str:
        """What the token calls it."""

    def sign(self, signed: bytes, /) -> bytes:
        """Return the signature of these bytes."""


class Key(NamedTuple):
    """A private key, and how it signs."""

    kid: str
    algorithm: str
    private: Any

    @property
    def signer(self) -> Algorithm:
        """PyJWT's implementation of the algorithm."""
        return get_default_algorithms()[self.algorithm]

    def jwk(self, **changes: object) -> dict[str, Any]:
        """Return the public half, as an issuer publishes it; None takes a member away."""
        public = self.signer.to_jwk(self.private.public_key(), as_dict=True)
        public.pop("key_ops", None)
        jwk = public | {"kid": self.kid, "use": "sig", "alg": self.algorithm} | changes
        return {name: value for name, value in jwk.items() if value is not None}

    def sign(self, signed: bytes) -> bytes:
        """Return the signature of these bytes."""
        signature: bytes = self.signer.sign(signed, self.private)
        return signature


def rsa_key(kid: str, algorithm: str = "RS256", bits: int = 2048) -> Key:
    """Make an RSA key."""
    return Key(kid, algorithm, rsa.generate_private_key(65537, bits))


RS256 = rsa_key("rs")
PS256 = RS256._replace(kid="ps", algorithm="PS256")
ES256 = Key("es", "ES256", ec.generate_private_key(ec.SECP256R1()))
EDDSA = Key("ed", "EdDSA", ed25519.Ed25519PrivateKey.generate())
KEYS = (RS256, PS256, ES256, EDDSA)


def base64url(content: bytes) -> str:
    """Return `content` in base64url, without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def token(
    claims: Mapping[str, Any] | bytes = GOOD,
    header: Mapping[str, Any] | bytes | None = None,
    key: Signer = ES256,
) -> str:
    """Return a token; what is given as bytes goes into it as it is."""
    header = {"typ": "at+jwt"} if header is None else header
    if not isinstance(header, bytes):
        whole = {"kid": key.kid, "alg": key.algorithm, **header}
        header = _json({name: value for name, value in whole.items() if value is not None})
    if not isinstance(claims, bytes):
        claims = _json(claims)
    return signed(f"{base64url(header)}.{base64url(claims)}", key)


def signed(parts: str, key: Signer = ES256) -> str:
    """Return these parts with their signature."""
    return f"{parts}.{base64url(key.sign(parts.encode()))}"


def claims(**changes: object) -> dict[str, Any]:
    """Return good claims with changes; None takes one away."""
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not None}


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
