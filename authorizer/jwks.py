"""Which keys of a JSON Web Key Set (RFC 7517) may verify a token, and with which algorithm."""

from collections.abc import Iterable, Mapping
from typing import Any

from jwt import PyJWK
from jwt.exceptions import PyJWTError

Name = tuple[str, str]  # the id of a key, and the algorithm

# The algorithms that are accepted, and the type and the curve of the keys that are made for them.
ALGORITHMS = {
    "RS256": ("RSA", None),
    "PS256": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "EdDSA": ("OKP", "Ed25519"),
}
RSA_BITS = 2048  # at least: RFC 7518, section 3.3


def usable_keys(jwks: Iterable[object]) -> dict[Name, PyJWK]:
    """Return the keys that can verify signatures, each under its id and its algorithm.

    A key that is made for something else, too weak or malformed is left out.
    """
    return {
        (jwk["kid"], algorithm): key
        for jwk in jwks
        if isinstance(jwk, dict) and _is_for_signatures(jwk)
        for algorithm in _algorithms(jwk)
        if (key := _key(jwk, algorithm))
    }


def _is_for_signatures(jwk: Mapping[str, Any]) -> bool:
    operations = jwk.get("key_ops", ["verify"])
    return (
        isinstance(jwk.get("kid"), str)
        and jwk.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
    )


def _algorithms(jwk: Mapping[str, Any]) -> list[str]:
    """Return those that suit the key, or the one that it names."""
    kind = jwk.get("kty"), jwk.get("crv")
    return [
        name for name in ALGORITHMS if ALGORITHMS[name] == kind and jwk.get("alg", name) == name
    ]


def _key(jwk: dict[str, Any], algorithm: str) -> PyJWK | None:
    try:
        key = PyJWK(jwk, algorithm)
    except PyJWTError:
        return None
    bits: int = getattr(key.key, "key_size", RSA_BITS)
    return key if bits >= RSA_BITS or jwk["kty"] != "RSA" else None
