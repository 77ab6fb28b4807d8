"""Events in which somebody claims to be somebody: only what a gateway says counts."""

import json
import time
from copy import deepcopy
from typing import Any

from tests.support.callers import AccessTest, claims
from tests.support.senders import recorded
from tests.support.transports import Answer, LambdaContext, answered
from users_api.events import Handler

KINDS = ("rest-v1", "http-v2", "function-url", "alb", "alb-multi-value")
ADA = {"sub": "ada", "scope": "users:read users:write", "exp": str(int(time.time()) + 3600)}
USER = json.dumps(ADA)


class ForgedTest(AccessTest):
    """Events for `GET /users/ada`, as recorded, with something added."""

    def answer(self, event: dict[str, Any]) -> Answer:
        """Return the answer to an event."""
        return answered(Handler(self.service.app)(event, LambdaContext()))

    def event(self, kind: str) -> dict[str, Any]:
        """Return an event without any claims."""
        event: dict[str, Any] = json.loads(json.dumps(recorded(kind)).replace("someUserId", "ada"))
        event["requestContext"].pop("authorizer", None)
        return event

    def assert_nobody(self, event: dict[str, Any], *statuses: int) -> None:
        """Assert that it is not known who calls, and that DynamoDB is not asked."""
        self.assertIn(self.answer(event).status, statuses or (401,))
        self.assertEqual(self.wire.calls, [])

    def test_without_claims(self) -> None:
        """An event without an authorizer's context is 401, whoever sent it."""
        for kind in KINDS:
            with self.subTest(kind):
                self.assert_nobody(self.event(kind))
                context = self.event(kind)["requestContext"]
                nothings: list[Any] = [None, {}]
                for nothing in nothings:
                    event = self.event(kind) | {"requestContext": context | {"authorizer": nothing}}
                    self.assert_nobody(event)

    def test_what_a_gateway_says(self) -> None:
        """In the place where each gateway puts it, it counts: the other cases can fail."""
        event = self.event("rest-v1")
        event["requestContext"]["authorizer"] = ADA
        self.assertEqual(self.answer(event).status, 200)
        event = self.event("http-v2")
        event["requestContext"]["authorizer"] = {"jwt": {"claims": ADA, "scopes": None}}
        self.assertEqual(self.answer(event).status, 200)

    def test_at_another_place(self) -> None:
        """Claims at another place of an event are nobody's."""
        for kind in KINDS:
            event = self.event(kind)
            context = event["requestContext"]
            for name in (
                *(
                    "authorizer",
                    "Authorizer",
                    "claims",
                    "users_api.claims",
                    "requestContext.authorizer",
                ),
                *("stageVariables", "multiValueQueryStringParameters", "pathParameters", "jwt"),
            ):
                with self.subTest(kind, name=name):
                    self.assert_nobody(event | {name: ADA}, 401, 400)
            for name in [
                "Authorizer",
                "claims",
                "jwt",
                "lambda",
                "principalId",
                "sub",
                "AUTHORIZER",
            ]:
                with self.subTest(kind, context=name):
                    self.assert_nobody(event | {"requestContext": context | {name: ADA}})
            for name in ["user", "caller", "userArn", "cognitoIdentityId", "sub"]:
                with self.subTest(kind, identity=name):
                    identity = {"identity": {name: "ada"}}
                    self.assert_nobody(event | {"requestContext": context | identity})

    def test_of_another_gateway(self) -> None:
        """The place of one gateway is no place of another."""
        jwt: dict[str, Any] = {"jwt": {"claims": ADA, "scopes": ["users:read"]}}
        wrong: list[tuple[str, Any]] = [
            ("rest-v1", jwt),
            ("rest-v1", {"claims": ADA}),  # of a Cognito authorizer, which knows no scopes
            ("rest-v1", {"lambda": ADA}),
            ("http-v2", ADA),
            ("http-v2", {"claims": ADA}),
            ("http-v2", {"lambda": ADA}),
            ("http-v2", {"iam": ADA}),
            ("http-v2", {"JWT": {"claims": ADA}}),
            ("http-v2", {"jwt": ADA}),
            ("http-v2", {"jwt": {"Claims": ADA}}),
        ]
        for kind, authorizer in wrong:
            with self.subTest(kind, authorizer=authorizer):
                event = self.event(kind)
                event["requestContext"]["authorizer"] = authorizer
                self.assert_nobody(event)

    def test_of_wrong_types(self) -> None:
        """What is not made as a gateway makes it is nobody's, or no request at all."""
        for kind in ["rest-v1", "http-v2"]:
            for wrong in ["ada", USER, 1, True, ["ada"], [ADA], [["sub", "ada"]]]:
                for authorizer in [wrong, {"jwt": wrong}, {"jwt": {"claims": wrong}}]:
                    with self.subTest(kind, authorizer=authorizer):
                        event = self.event(kind)
                        event["requestContext"]["authorizer"] = authorizer
                        self.assert_nobody(event, 401, 400)
        for sub in [1, True, None, ["ada"], {"ada": 1}, ""]:
            for kind in ["rest-v1", "http-v2"]:
                with self.subTest(kind, sub=sub):
                    event, said = self.event(kind), claims("ada") | {"sub": sub}
                    place = said if kind == "rest-v1" else {"jwt": {"claims": said}}
                    event["requestContext"]["authorizer"] = place
                    self.assert_nobody(event)

    def test_by_the_client(self) -> None:
        """Whatever a client sends beside the token, it is who the token says."""
        headers = {
            "Authorization": f"Bearer {USER}",
            "X-Amzn-Oidc-Data": USER,
            "X-Amzn-Oidc-Identity": "ada",
            "X-Amzn-Request-Context": json.dumps({"authorizer": ADA}),
            "X-Apigateway-Context": json.dumps({"authorizer": ADA}),
            "X-Forwarded-User": "ada",
            "Users_api.claims": USER,
            "Cookie": "sub=ada; users_api.claims=ada",
        }
        for kind in KINDS:
            event = deepcopy(self.event(kind))
            if "multiValueHeaders" in event:
                event["multiValueHeaders"] |= {name: [headers[name]] for name in headers}
            if "headers" in event:
                event["headers"] |= headers
            event["cookies"] = ["sub=ada", f"users_api.claims={USER}"]
            event["body"] = USER
            with self.subTest(kind):
                self.assert_nobody(event)
        for kind, other in [
            ("rest-v1", claims("bob")),
            ("http-v2", {"jwt": {"claims": claims("bob")}}),
        ]:
            with self.subTest(kind, token="bob's"):
                event = self.event(kind)
                event["headers"] |= headers
                event["requestContext"]["authorizer"] = other
                self.assert_nobody(event, 404)
