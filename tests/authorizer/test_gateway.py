"""The answer to API Gateway: a policy, or the one exception that it knows."""

import json
import os
import subprocess
import sys
import time
from typing import Any
from unittest import TestCase

from authorizer.config import Settings
from authorizer.gateway import Authorizer, create_authorizer
from authorizer.keys import Keys, KeysError
from authorizer.tokens import Verifier
from tests.authorizer.issuer import DISCOVERY, closes, running_issuer
from tests.authorizer.tokens import AUDIENCE, ES256, ISSUER, KEYS, NOW, claims, token

METHOD = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/users/ada/x"


PROGRAM = """
import json, sys
from authorizer.handler import handler
print(json.dumps(handler(json.load(sys.stdin), None)))
"""


def asked(made: str, method: str = METHOD, scheme: str = "Bearer ") -> dict[str, Any]:
    """Return the event with which the gateway asks about a token."""
    return {"type": "TOKEN", "methodArn": method, "authorizationToken": scheme + made}


def authorizer(user_claim: str = "sub") -> Authorizer:
    """Return an authorizer whose issuer has all keys of the tests."""
    settings = Settings(ISSUER, frozenset({AUDIENCE}), user_claim=user_claim)
    keys = Keys(lambda: [key.jwk() for key in KEYS], lambda: NOW)
    return Authorizer(settings, Verifier(settings, keys, lambda: NOW))


class GatewayTest(TestCase):
    """Events of a TOKEN authorizer."""

    def test_allows_the_whole_stage(self) -> None:
        """A good token opens the stage, for the gateway keeps the answer for every path."""
        answer = authorizer()(asked(token()), None)
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
        event = asked(token(claims(email="ada@example.com")))
        context = authorizer("email")(event, None)["context"]
        self.assertEqual((context["email"], context["sub"]), ("ada@example.com", "ada"))

    def test_schemes(self) -> None:
        """The scheme may be written in any case, with any number of spaces behind it."""
        for scheme in ("Bearer ", "bearer ", "BEARER ", "bEaReR   "):
            with self.subTest(scheme):
                answer = authorizer()(asked(token(), scheme=scheme), None)
                self.assertEqual(answer["principalId"], "ada")

    def test_resources_are_short(self) -> None:
        """The resource of the policy has 512 characters at most, however long the path is."""
        stage = "arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abcdef1234/" + "s" * 128
        for path in ("/GET/", "/POST/" + "a/" * 4000, "/GET/*", ""):
            with self.subTest(path[:9]):
                answer = authorizer()(asked(token(), stage + path), None)
                (statement,) = answer["policyDocument"]["Statement"]
                self.assertEqual(statement["Resource"], f"{stage}/*")
                self.assertLessEqual(len(statement["Resource"]), 512)

    def test_no_keys(self) -> None:
        """Keys that are not to be had are no fault of the token: the gateway makes 500 of it."""
        issuer = self.enterContext(running_issuer())
        issuer.faults = {DISCOVERY: closes}
        decide = create_authorizer(Settings(issuer.url, frozenset({AUDIENCE})), lambda: NOW)
        with self.assertLogs("authorizer") as logs:
            for _ in range(3):
                with self.assertRaisesRegex(KeysError, "^The keys of the issuer cannot be had$"):
                    decide(asked(token(claims(iss=issuer.url))), None)
        self.assertEqual(len(logs.records), 1)
        self.assertEqual(issuer.asked, [DISCOVERY])

    def test_runs_as_a_function(self) -> None:
        """The handler takes its settings from the environment, and its time from the clock."""
        issuer = self.enterContext(running_issuer())
        issuer.publish(ES256.jwk())
        now = int(time.time())
        made = token(claims(iss=issuer.url, iat=now, exp=now + 60))
        finished = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | {"ISSUER": issuer.url, "AUDIENCE": AUDIENCE},
            input=json.dumps(asked(made)),
            capture_output=True,
            text=True,
            check=True,
        )
        self.assertEqual(json.loads(finished.stdout)["context"]["exp"], now + 60)
        self.assertEqual(finished.stderr, "")
