"""Good tokens: what is accepted, up to each limit, and what they say about who calls."""

from collections.abc import Mapping
from typing import Any
from unittest import TestCase

from authorizer.config import Settings
from authorizer.keys import Keys, KeysError
from authorizer.tokens import Caller, InvalidTokenError, Verifier
from tests.authorizer.tokens import (
    AUDIENCE,
    ES256,
    GOOD,
    ISSUER,
    KEYS,
    NOW,
    PS256,
    RS256,
    claims,
    token,
)

DAY = 24 * 60 * 60
JWT = {"typ": "JWT"}
SETTINGS = Settings(ISSUER, frozenset({AUDIENCE, "client"}))
ADMITTED = SETTINGS._replace(token_types=frozenset({"at+jwt", "jwt"}))
EXPIRES = int(NOW) + 3590


def verified(made: str, settings: Settings = SETTINGS, now: float = NOW) -> Caller:
    """Return what a token says, where the issuer has all good keys."""
    any_rsa = [RS256.jwk(kid="any", alg=None)]
    keys = Keys(lambda: [*(key.jwk() for key in KEYS), *any_rsa], lambda: now)
    return Verifier(settings, keys, lambda: now).verify(made)


class GoodTokensTest(TestCase):
    """Tokens that keep all rules."""

    def assert_accepted(
        self,
        changes: Mapping[str, object],
        header: Mapping[str, Any] | None = None,
        settings: Settings = SETTINGS,
        now: float = NOW,
    ) -> None:
        """Assert that a token with these changes of its claims is accepted."""
        with self.subTest(changes=str(changes)[:100], header=header):
            made = token(claims(**changes), header)
            self.assertEqual(verified(made, settings, now).user, changes.get("sub", "ada"))

    def test_says_who_calls(self) -> None:
        """A token says who calls, with which scopes, and for how long."""
        caller = Caller("ada", "ada", "users:read users:write", EXPIRES)
        self.assertEqual(verified(token()), caller)

    def test_algorithms(self) -> None:
        """Each of the four algorithms is accepted, with its key."""
        for key in (*KEYS, RS256._replace(kid="any"), PS256._replace(kid="any")):
            with self.subTest(key.algorithm, kid=key.kid):
                self.assertEqual(verified(token(header={"typ": "at+jwt"}, key=key)).user, "ada")

    def test_types(self) -> None:
        """The type is a media type: its case does not matter, its prefix may be left out."""
        for typ in ("at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"):
            self.assert_accepted({}, {"typ": typ})

    def test_other_header_parameters(self) -> None:
        """A parameter that changes nothing is ignored."""
        self.assert_accepted({}, {"typ": "at+jwt", "x5t": "a", "cty": "a", "b64": True, "a": {}})

    def test_times(self) -> None:
        """Clocks may differ by 60 seconds, and a token may live a day."""
        now = int(NOW)
        for changes in (
            {"exp": now - 59},
            {"exp": now - 59.5},
            {"iat": now + 60},
            {"iat": now + 59.5},
            {"nbf": now + 60},
            {"nbf": 0},
            {"iat": now, "exp": now + DAY},
            {"iat": now - DAY + 60, "exp": now + 60},
            {"iat": now - 0.5, "exp": now + 0.5},
            {"iat": now + 30, "exp": now + 31},
        ):
            self.assert_accepted({"iat": now - 600, **changes})
        self.assert_accepted({"iat": 0, "exp": 10}, now=0)

    def test_audiences(self) -> None:
        """A token is for one of the audiences, or for several of them."""
        for audience in (AUDIENCE, [AUDIENCE], "client", [AUDIENCE, "client"]):
            self.assert_accepted({"aud": audience})

    def test_subjects(self) -> None:
        """A subject is any printable text of up to 255 characters."""
        for subject in ("a", "a" * 255, "auth0|5f7c8", "Ada Lovelace", "\xfcber", "\u4e2d", "0"):
            self.assert_accepted({"sub": subject})

    def test_other_claims(self) -> None:
        """A claim that means nothing here is ignored."""
        self.assert_accepted({"act": {"sub": ["a", 1.5, None, True]}, "auth_time": 1, "azp": "a"})

    def test_size(self) -> None:
        """A token may have 8192 characters."""
        header = {"typ": "at+jwt"}
        room = (8192 - len(token(claims(pad="")))) * 3 // 4
        made = next(
            each
            for size in range(room + 3, 0, -1)
            if len(each := token(claims(pad="a" * size), header)) <= 8192
        )
        self.assertGreater(len(made), 8190)
        self.assertEqual(verified(made).user, "ada")

    def test_scopes(self) -> None:
        """Scopes are a text or a list, in one of two claims, or there are none."""
        for changes, scope in (
            ({"scope": "a b"}, "a b"),
            ({"scope": ""}, ""),
            ({"scope": " a  b "}, "a b"),
            ({"scope": None}, ""),
            ({"scope": ["a", "b"]}, "a b"),
            ({"scope": None, "scp": "a b"}, "a b"),
            ({"scope": None, "scp": ["a", "b"]}, "a b"),
            ({"scope": "a", "scp": "b"}, "a"),
            ({"scope": "!#[]~:/."}, "!#[]~:/."),
        ):
            with self.subTest(changes):
                self.assertEqual(verified(token(claims(**changes))).scope, scope)

    def test_scopes_of_an_audience(self) -> None:
        """A scope may have one of our audiences before it, as Cognito has it; no other."""
        named = f"{AUDIENCE}/users:read other/users:write client/a/b users:read/{AUDIENCE} /c"
        expected = f"users:read other/users:write client/a/b users:read/{AUDIENCE} /c"
        self.assertEqual(verified(token(claims(scope=named))).scope, expected)

    def test_user_claim(self) -> None:
        """Another claim than sub may tell who calls."""
        settings = SETTINGS._replace(user_claim="email")
        caller = verified(token(claims(email="ada@example.com")), settings)
        self.assertEqual((caller.subject, caller.user), ("ada", "ada@example.com"))

    def test_times_are_whole_in_the_end(self) -> None:
        """Half a second of the expiry is left out."""
        self.assertEqual(verified(token(claims(exp=EXPIRES + 0.5))).expires, EXPIRES)


class UntypedTokensTest(TestCase):
    """Tokens of the type JWT, or of none, where the settings admit them."""

    def test_shows_that_it_is_for_access(self) -> None:
        """A token of no certain type has scopes, or a mark of Cognito's."""
        bare: dict[str, object] = {"client_id": None, "jti": None, "scope": None}
        for changes in (
            {"scope": "users:read"},
            {"scp": ["users:read"]},
            {"token_use": "access"},
            {"aud": None, "client_id": "client", "token_use": "access"},
        ):
            for typ in ("JWT", "jwt", "application/jwt", None):
                with self.subTest(changes, typ=typ):
                    made = token(claims(**bare | changes), {"typ": typ})
                    self.assertEqual(verified(made, ADMITTED).user, "ada")

    def test_access_tokens_are_still_accepted(self) -> None:
        """A token that says what it is remains the better one."""
        self.assertEqual(verified(token(), ADMITTED).user, "ada")

    def test_instead_of_access_tokens(self) -> None:
        """The settings may admit the one type alone."""
        settings = SETTINGS._replace(token_types=frozenset({"jwt"}))
        self.assertEqual(verified(token(header=JWT), settings).user, "ada")
        with self.assertRaises(InvalidTokenError):
            verified(token(), settings)


class KeysTest(TestCase):
    """What becomes of tokens when keys are not to be had."""

    def test_is_not_the_tokens_fault(self) -> None:
        """A token that may be good is not called bad for want of keys."""
        keys = Keys(list, lambda: NOW)
        verifier = Verifier(SETTINGS, keys, lambda: NOW)
        with self.assertLogs("authorizer"), self.assertRaises(KeysError):
            verifier.verify(token())

    def test_asks_for_no_key_in_vain(self) -> None:
        """A token that cannot be good has no keys fetched."""
        asked: list[int] = []
        keys = Keys(lambda: asked.append(1) or [ES256.jwk()], lambda: NOW)  # type: ignore[func-returns-value]
        for made in (
            "token",
            token(header={"typ": "JWT"}),
            token(header={"typ": "at+jwt", "alg": "HS256"}),
            token(header={"typ": "at+jwt", "jku": "https://evil.example"}),
            token(header={"typ": "at+jwt", "kid": 1}),
        ):
            with self.subTest(made), self.assertRaises(InvalidTokenError):
                Verifier(SETTINGS, keys, lambda: NOW).verify(made)
        self.assertEqual(asked, [])
        self.assertEqual(GOOD["sub"], Verifier(SETTINGS, keys, lambda: NOW).verify(token()).user)
        self.assertEqual(asked, [1])
