"""Well-signed tokens whose claims are wrong."""

import json

from tests.authorizer.hostile.credentials import Table, bearer, raw, with_claims
from tests.authorizer.tokens import AUDIENCE, GOOD, ISSUER, NOW, claims, token

DAY = 24 * 60 * 60

# Claims of tokens that call themselves JWT: all have the first ones, and one of the others.
BARE: dict[str, object] = {"client_id": None, "jti": None, "scope": None}
UNTYPED: dict[str, dict[str, object]] = {
    "nothing says that it is for access": {},
    "an ID token": {"azp": AUDIENCE, "auth_time": int(NOW), "name": "Ada"},
    "an ID token with nonce": {"nonce": "a", "scope": "openid"},
    "an ID token with at_hash": {"at_hash": "a", "scope": "openid"},
    "an ID token of Cognito": {"token_use": "id", "cognito:username": "ada"},
    "no audience": {"aud": None, "scope": "users:read"},
    "the client, of another provider": {"aud": None, "client_id": AUDIENCE, "scope": "a"},
    "another client of Cognito": {"aud": None, "client_id": "b", "token_use": "access"},
    "a client of Cognito that is a list": {
        "aud": None,
        "client_id": ["b"],
        "token_use": "access",
    },
    "no client of Cognito": {"aud": None, "token_use": "access"},
    "an audience beside the client": {
        "aud": "b",
        "client_id": AUDIENCE,
        "token_use": "access",
    },
    "no expiry": {"exp": None, "scope": "users:read"},
}


def source() -> Table:
    """Tokens of another issuer."""
    wrong: tuple[object, ...] = (None, "", 1, True, [ISSUER], {ISSUER: 1}, [], {})
    for value in wrong:
        yield f"issuer {value!r}", with_claims(iss=value)
    for name in (
        f"{ISSUER}/",
        ISSUER.upper(),
        ISSUER.removesuffix("/pool"),
        f"{ISSUER}2",
        ISSUER.replace("https", "http"),
        f" {ISSUER}",
        f"{ISSUER}\n",
        "https://other.example",
        "issuer.example/pool",
        ISSUER.replace("issuer", "\u0456ssuer"),
    ):
        yield f"issuer {name!r}", with_claims(iss=name)


def times() -> Table:
    """Tokens that are not valid now, or have no times that can be compared."""
    now = int(NOW)
    odd: tuple[object, ...] = (None, "", True, False, [], {}, [now], "2027-01-15T08:00:00Z")
    for claim in ("exp", "iat", "nbf"):
        good = GOOD.get(claim, now)
        for value in (*odd, str(good), f"{good}.0", -1, -1e308):
            if claim != "nbf" or value is not None:
                yield f"{claim} {value!r}", with_claims(**{claim: value})
        text = json.dumps(claims(**{claim: 123456}))
        for value in ("1e400", "1" + "0" * 400, "-0.1", "9007199254740992", f"{good}000", "null"):
            yield f"{claim} {value[:16]}", raw(text.replace("123456", value))
    yield (
        "no number, and half of one",
        raw(json.dumps(claims(iat=now + 0.5)).replace(str(GOOD["exp"]), "1" + "0" * 400)),
    )
    for seconds in (60, 61, 3600):
        yield f"expired for {seconds} s", with_claims(iat=now - 4000, exp=now - seconds)
    yield "expired in 1970", with_claims(iat=0, exp=100)
    late: tuple[float, ...] = (60.5, 61, 3600)
    for claim in ("iat", "nbf"):
        for distance in late:
            times = {claim: now + distance, "exp": now + 7200}
            yield f"{claim} in {distance} s", with_claims(**times)


def lifetime() -> Table:
    """Tokens that live too long (issued to expire in more than a day), or not at all."""
    now = int(NOW)
    for name, seconds in {
        "a second": 1,
        "a day": DAY,
        "ten years": 3650 * DAY,
        "ever": 10**12,
    }.items():
        yield f"a day and {name}", with_claims(iat=now, exp=now + DAY + seconds)
    yield "10^18", with_claims(exp=10**18)
    yield "issued in 1970", with_claims(iat=0)
    yield "milliseconds", with_claims(iat=now * 1000, exp=now * 1000 + 3_600_000)
    yield "expires as it is issued", with_claims(iat=now + 30, exp=now + 30)
    yield "expires before it is issued", with_claims(iat=now + 30, exp=now - 30)


def audience() -> Table:
    """Tokens that are meant for others, or for others too."""
    wrong: tuple[object, ...] = (None, "", 1, True, [], {}, {AUDIENCE: 1}, [[AUDIENCE]], [None])
    for value in wrong:
        yield f"audience {value!r}", with_claims(aud=value)
    yield "audience null", raw(json.dumps({**GOOD, "aud": None}))
    for name in (
        "other",
        AUDIENCE.upper(),
        f"{AUDIENCE}2",
        AUDIENCE[:-1],
        f"{AUDIENCE} ",
        f"{AUDIENCE} other",
        "*",
        f"https://{AUDIENCE}",
    ):
        yield f"audience {name!r}", with_claims(aud=name)
        yield f"audience {name!r} too", with_claims(aud=[AUDIENCE, name])
    yield "audience and a number", with_claims(aud=[AUDIENCE, 1])
    yield "audience and nothing", with_claims(aud=[AUDIENCE, ""])
    yield (
        "the client in place of an audience",
        with_claims(aud=None, client_id=AUDIENCE, token_use="access"),
    )


def identity() -> Table:
    """Tokens that do not say who calls, in text that can be compared and logged."""
    wrong: tuple[object, ...] = (None, "", 1, 1.5, True, [], ["ada"], {}, {"ada": 1})
    for value in wrong:
        yield f"sub {value!r}", with_claims(sub=value)
    for value in (
        "a" * 256,
        "a\0",
        "a\n",
        "a\r\nb",
        "\ud800",
        "a\u202eb",
        "a\u200bb",
        "\ufeff",
        "a\x7f",
        "a\u2028b",
    ):
        yield f"sub {value[:9]!r}", with_claims(sub=value)
    yield "sub null", raw(json.dumps({**GOOD, "sub": None}))


def profile() -> Table:
    """Tokens without what RFC 9068, section 2.2, asks for."""
    wrong: tuple[object, ...] = (None, "", 1, True, [], ["1"], {})
    for claim in ("client_id", "jti"):
        for value in wrong:
            yield f"{claim} {value!r}", with_claims(**{claim: value})


def use() -> Table:
    """Tokens that are made for something else than access."""
    wrong: tuple[object, ...] = ("id", "refresh", "", "Access", 1, ["access"], {})
    for value in wrong:
        yield f"token_use {value!r}", with_claims(token_use=value)
    yield "token_use null", raw(json.dumps({**GOOD, "token_use": None}))
    for claim in ("nonce", "at_hash", "c_hash", "s_hash"):
        yield f"an ID token, by {claim}", with_claims(**{claim: "a"})
    yield "bound to a key", with_claims(cnf={"jkt": "a"})


def scope() -> Table:
    """Tokens whose scopes are not text (RFC 6749, section 3.3)."""
    wrong: tuple[object, ...] = (1, True, {}, {"users:write": 1}, [1], [None], [["users:read"]])
    for claim in ("scope", "scp"):
        for value in wrong:
            yield f"{claim} {value!r}", with_claims(**{"scope": None, claim: value})
        for text in ("a\nb", "a\tb", 'a"b', "a\\b", "\xe4", "\0", "\ud800", "a\x7f"):
            yield f"{claim} {text!r}", with_claims(**{"scope": None, claim: text})
            yield f"{claim} [{text!r}]", with_claims(**{"scope": None, claim: ["a", text]})
    yield "scope null", raw(json.dumps({**GOOD, "scope": None}))


def untyped() -> Table:
    """Tokens that are no access tokens, where the type JWT is admitted as well."""
    for typ in ("JWT", None):
        for name, changes in UNTYPED.items():
            yield f"{typ}: {name}", bearer(token(claims(**BARE | changes), {"typ": typ}))
    wrong: tuple[object, ...] = ("", "id+jwt", "dpop+jwt", "logout+jwt", "jwt+at", 1, [], {})
    for other in wrong:
        yield f"type {other!r}", bearer(token(header={"typ": other}))
    yield "null", bearer(token(header=b'{"alg":"ES256","typ":null,"kid":"es"}'))
    yield (
        "at+jwt without an audience",
        bearer(token(claims(aud=None, client_id=AUDIENCE, token_use="access"))),
    )


def user() -> Table:
    """Tokens that do not say who calls in a claim called email."""
    wrong: tuple[object, ...] = (None, "", 1, [], {}, True, "a\n", "a" * 256)
    for value in wrong:
        yield f"email {str(value)[:9]!r}", with_claims(email=value)
