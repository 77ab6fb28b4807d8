"""What the contract says about access, where a token is asked for."""

from users_api import errors
from users_api.http.access import Rule
from users_api.openapi import parts
from users_api.openapi.records import Schema
from users_api.openapi.schemas import reference

SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "An access token of an OpenID provider (RFC 9068), verified as RFC8725 says.",
}


def components() -> dict[str, dict[str, Schema]]:
    """Return the parts that calls refer to."""
    challenge = parts.header(
        "What is wrong with the token, or which scope would do (RFC 6750).",
        'Bearer error="insufficient_scope", scope="users:read"',
        pattern="^Bearer( .+)?$",
    )
    return {
        "securitySchemes": {"token": SCHEME},
        "headers": {"WWW-Authenticate": challenge},
        "responses": {
            "Unauthorized": parts.failed(
                "There is no token, or no good one.", errors.UnauthorizedError()
            ),
            "Forbidden": parts.failed("The token does not allow this.", errors.ForbiddenError()),
        },
    }


def asked(call: Schema, rule: Rule) -> Schema:
    """Return a call with what the rule says, which is not open to everybody."""
    refusals = {"401": reference("responses", "Unauthorized")}
    refusals |= {"403": reference("responses", "Forbidden")}
    ways = [{"token": [rule.scope]}] + ([{"token": []}] if rule.resource else [])
    needs = f"Needs the scope `{rule.scope}`"
    own = f", unless the {rule.resource.noun} is the caller's own" if rule.resource else ""
    return call | {
        "description": f"{call['description']} {needs}{own}.",
        "security": ways,
        "responses": dict(sorted((call["responses"] | refusals).items())),
    }
