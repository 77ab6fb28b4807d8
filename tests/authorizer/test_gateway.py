"""The answer to API Gateway: a policy, or the one exception that it knows."""

from unittest import TestCase

from authorizer.config import Settings
from authorizer.gateway import Authorizer
from authorizer.keys import Keys
from authorizer.tokens import Verifier
from tests.authorizer.tokens import AUDIENCE, ISSUER, KEYS, NOW, claims, token

METHOD = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/users/ada/x"


def authorizer(user_claim: str = "sub") -> Authorizer:
    """Return an authorizer whose issuer has all keys of the tests."""
    settings = Settings(ISSUER, frozenset({AUDIENCE}), user_claim=user_claim)
    keys = Keys(lambda: [key.jwk() for key in KEYS], lambda: NOW)
    return Authorizer(settings, Verifier(settings, keys, lambda: NOW))


class GatewayTest(TestCase):
    """Events of a TOKEN authorizer."""

    def test_allows_the_whole_stage(self) -> None:
        """A good token opens the stage, for the gateway keeps the answer for every path."""
        event = {"type": "TOKEN", "methodArn": METHOD, "authorizationToken": f"Bearer {token()}"}
        answer = authorizer()(event, None)
        statement = {
            "Action": "execute-api:Invoke",
            "Effect": "Allow",
            "Resource": "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/*",
        }
        self.assertEqual(
            answer,
            {
                "principalId": "ada",
                "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
                "context": {
                    "sub": "ada",
                    "scope": "users:read users:write",
                    "exp": int(NOW) + 3590,
                },
            },
        )

    def test_hands_over_the_claim_that_tells_who_calls(self) -> None:
        """The claim that the settings name is in the context, under its own name."""
        credentials = f"bearer {token(claims(email='ada@example.com'))}"
        event = {"methodArn": METHOD, "authorizationToken": credentials}
        context = authorizer("email")(event, None)["context"]
        self.assertEqual((context["email"], context["sub"]), ("ada@example.com", "ada"))
