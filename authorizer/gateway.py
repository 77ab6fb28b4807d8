"""What API Gateway asks a TOKEN authorizer of a REST API, and how it is answered.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
"""

import re
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from authorizer.config import Settings
from authorizer.discovery import fetch_jwks
from authorizer.keys import Keys
from authorizer.tokens import Caller, InvalidTokenError, Verifier

BEARER = re.compile(r"bearer +(\S+)", re.ASCII | re.IGNORECASE)  # RFC 6750, section 2.1


class Authorizer:
    """A Lambda handler that says who calls."""

    def __init__(self, settings: Settings, verifier: Verifier) -> None:
        self._settings = settings
        self._verifier = verifier

    def __call__(self, event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG002 - Lambda's signature
        """Answer `event` with a policy that allows the whole stage, and with what the token says.

        The gateway keeps the answer for the token, whatever is called with it. It knows one
        exception, Exception("Unauthorized"), and answers 401; of any other, such as KeysError, it
        makes 500.
        """
        try:
            caller = self._verifier.verify(_token(event))
        except InvalidTokenError:
            raise Exception("Unauthorized") from None  # noqa: TRY002 - the gateway's own word
        return {
            "principalId": caller.subject,
            "policyDocument": _policy(event["methodArn"]),
            "context": self._told(caller),
        }

    def _told(self, caller: Caller) -> dict[str, str | int]:
        return {
            self._settings.user_claim: caller.user,
            "sub": caller.subject,
            "scope": caller.scope,
            "exp": caller.expires,
        }


def create_authorizer(settings: Settings, clock: Callable[[], float] = time.time) -> Authorizer:
    """Return the handler for these settings; it fetches keys when the first token comes."""
    keys = Keys(partial(fetch_jwks, settings.issuer), clock)
    return Authorizer(settings, Verifier(settings, keys, clock))


def _token(event: Mapping[str, Any]) -> str:
    found = BEARER.fullmatch(str(event.get("authorizationToken")))
    if not found:
        raise InvalidTokenError("it comes as a bearer token")
    return found[1]


def _policy(method: str) -> dict[str, Any]:
    """Return an IAM policy for the stage of `method` (arn:…:api/stage/GET/path)."""
    api, stage = method.split("/")[:2]
    allow = {
        "Action": "execute-api:Invoke",
        "Effect": "Allow",
        "Resource": f"{api}/{stage}/*",
    }
    return {"Version": "2012-10-17", "Statement": [allow]}
