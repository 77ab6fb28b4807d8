"""Hostile credentials: each is refused, in the one way that the gateway knows."""

import traceback
from unittest import TestCase

from authorizer.config import Settings
from authorizer.gateway import Authorizer
from authorizer.keys import Keys
from authorizer.tokens import Verifier
from tests.authorizer.hostile import claims, form, signatures
from tests.authorizer.hostile.credentials import Table
from tests.authorizer.tokens import AUDIENCE, ISSUER, NOW

METHOD = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/users"
SETTINGS = Settings(ISSUER, frozenset({AUDIENCE}))


class HostileTest(TestCase):
    """An authorizer that is attacked; the issuer also has keys that must not be used."""

    def assert_refused(self, table: Table, settings: Settings = SETTINGS) -> None:
        """Assert that each of these is refused, and that nothing is said about it."""
        keys = Keys(lambda: signatures.JWKS, lambda: NOW)
        authorizer = Authorizer(settings, Verifier(settings, keys, lambda: NOW))
        for name, credentials in table:
            event = {"type": "TOKEN", "methodArn": METHOD, "authorizationToken": credentials}
            with self.subTest(name), self.assertNoLogs(level="DEBUG"):
                with self.assertRaises(Exception) as caught:
                    authorizer(event, None)
                error = caught.exception
                self.assertEqual((type(error), error.args), (Exception, ("Unauthorized",)))
                told = traceback.format_exception(error)
                self.assertLessEqual(len(told), 3, "what led to it is not told")

    def test_scheme(self) -> None:
        """Credentials of another scheme, or of none."""
        self.assert_refused(form.scheme())

    def test_shape(self) -> None:
        """Tokens that have not three parts in base64url."""
        self.assert_refused(form.shape())

    def test_size(self) -> None:
        """Tokens that are too large."""
        self.assert_refused(form.size())

    def test_document(self) -> None:
        """Tokens that are not one JSON object, read in one way."""
        self.assert_refused(form.document())

    def test_algorithm(self) -> None:
        """Tokens that choose how they are verified."""
        self.assert_refused(signatures.algorithm())

    def test_key(self) -> None:
        """Tokens that name a wrong key, or bring their own."""
        self.assert_refused(signatures.key())

    def test_type(self) -> None:
        """Tokens of another type."""
        self.assert_refused(signatures.kind())

    def test_signature(self) -> None:
        """Tokens that were changed, or never signed."""
        self.assert_refused(signatures.signature())

    def test_issuer(self) -> None:
        """Tokens of another issuer."""
        self.assert_refused(claims.source())

    def test_times(self) -> None:
        """Tokens that are not valid now."""
        self.assert_refused(claims.times())

    def test_lifetime(self) -> None:
        """Tokens that live too long."""
        self.assert_refused(claims.lifetime())

    def test_audience(self) -> None:
        """Tokens for others, or for others too."""
        self.assert_refused(claims.audience())

    def test_identity(self) -> None:
        """Tokens that do not say who calls."""
        self.assert_refused(claims.identity())

    def test_profile(self) -> None:
        """Tokens without what RFC 9068 asks for."""
        self.assert_refused(claims.profile())

    def test_use(self) -> None:
        """Tokens that are made for something else than access."""
        self.assert_refused(claims.use())

    def test_scope(self) -> None:
        """Tokens whose scopes are not text."""
        self.assert_refused(claims.scope())

    def test_untyped(self) -> None:
        """Tokens of the type JWT, where it is admitted, that are not for access to us."""
        admitted = SETTINGS._replace(token_types=frozenset({"at+jwt", "jwt"}))
        self.assert_refused(claims.untyped(), admitted)

    def test_user_claim(self) -> None:
        """Tokens without the claim that tells who calls."""
        self.assert_refused(claims.user(), SETTINGS._replace(user_claim="email"))
