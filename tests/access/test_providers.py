"""Tokens of real OpenID providers: npm's oidc-provider, and Amazon Cognito as moto has it."""

from collections.abc import Callable
from functools import partial
from unittest import TestCase

from authorizer.config import Settings
from authorizer.discovery import fetch_jwks
from authorizer.keys import Keys
from authorizer.tokens import Caller, InvalidTokenError, Verifier
from tests.access import providers

ALL_DAY = 60.0  # seconds; the machine may be busy


def verifier(settings: Settings, fetch: Callable[[], list[object]] | None = None) -> Verifier:
    """Return a verifier of tokens, with the keys of their issuer."""
    return Verifier(settings, Keys(fetch or partial(fetch_jwks, settings.issuer, ALL_DAY)))


class OidcProviderTest(TestCase):
    """A certified provider, whose access tokens follow RFC 9068."""

    issuer: str
    settings: Settings

    @classmethod
    def setUpClass(cls) -> None:
        cls.issuer = cls.enterClassContext(providers.running_oidc_provider())
        cls.settings = Settings(cls.issuer, frozenset({"users-api"}))

    def test_programs(self) -> None:
        """The token of a program is accepted, whatever it is signed with."""
        for algorithm in ("RS256", "PS256", "ES256", "EdDSA"):
            for scope in ("users:read", "users:read users:write"):
                with self.subTest(algorithm, scope=scope):
                    token = providers.client_token(self.issuer, algorithm, scope)
                    caller = verifier(self.settings).verify(token)
                    self.assertEqual((caller.user, caller.scope), (providers.CLIENT, scope))

    def test_users(self) -> None:
        """The access token of a user who has logged in is accepted; the ID token never is."""
        tokens = providers.user_tokens(self.issuer, "ada", "users:write")
        caller = verifier(self.settings).verify(tokens["access_token"])
        self.assertEqual((caller.user, caller.scope), ("ada", "users:write"))
        admitted = Settings(
            self.issuer,
            frozenset({"users-api", providers.CLIENT}),
            token_types=frozenset({"at+jwt", "jwt"}),
        )
        for settings in (self.settings, admitted):
            with self.assertRaises(InvalidTokenError):
                verifier(settings).verify(tokens["id_token"])

    def test_others(self) -> None:
        """A token for another API, or of another issuer, is refused."""
        token = providers.client_token(self.issuer, "ES256", "users:read")
        other = self.settings._replace(audiences=frozenset({"other"}))
        with self.assertRaises(InvalidTokenError):
            verifier(other).verify(token)
        second = self.enterContext(providers.running_oidc_provider())
        with self.assertRaises(InvalidTokenError):
            verifier(self.settings).verify(providers.client_token(second, "ES256", "users:read"))


class CognitoTest(TestCase):
    """Amazon Cognito, whose access tokens have neither the type nor an audience."""

    aws: str
    settings: Settings
    tokens: dict[str, str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.aws = cls.enterClassContext(providers.running_cognito())
        issuer, client, cls.tokens = providers.cognito_tokens(cls.aws)
        cls.settings = Settings(issuer, frozenset({client}), frozenset({"jwt"}))

    def verify(self, name: str, settings: Settings) -> Caller:
        """Verify one of the tokens with the keys of the user pool."""
        fetch = partial(providers.cognito_jwks, self.aws, self.settings.issuer)
        return verifier(settings, fetch).verify(self.tokens[name])

    def test_access_token(self) -> None:
        """An access token is accepted, with its scopes, where the type JWT is admitted."""
        caller = self.verify("AccessToken", self.settings)
        self.assertEqual(caller.scope, "aws.cognito.signin.user.admin")
        self.assertTrue(caller.user)
        named = self.verify("AccessToken", self.settings._replace(user_claim="username"))
        self.assertEqual(named.user, "ada")

    def test_refused(self) -> None:
        """An ID token is refused, and so is an access token that the settings do not admit."""
        for name, settings in (
            ("IdToken", self.settings),
            ("IdToken", self.settings._replace(user_claim="cognito:username")),
            ("AccessToken", self.settings._replace(token_types=frozenset({"at+jwt"}))),
            ("AccessToken", self.settings._replace(audiences=frozenset({"other"}))),
        ):
            with self.subTest(name, settings=settings), self.assertRaises(InvalidTokenError):
                self.verify(name, settings)
