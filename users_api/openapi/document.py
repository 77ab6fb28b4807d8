"""The contract: one OpenAPI 3.1 document, made from the types and errors of the service."""

from collections.abc import Iterable, Sequence
from typing import Any

from users_api import __version__
from users_api.http import access
from users_api.openapi import parts, schemas, security
from users_api.openapi.calls import Calls
from users_api.openapi.records import Schema
from users_api.resource import Resource

DESCRIPTION = """\
Bodies are JSON in UTF-8 of at most 64 KiB. A failure names every bad field at once; send
`Accept: application/problem+json` to get it as problem details (RFC 9457). Every answer has an
`X-Request-Id`, which is also in the log."""


def contract(resources: Sequence[Resource[Any]], *, token: bool = False) -> Schema:
    """Return the whole document, of a service that asks for a token or does not."""
    rules = access.rules(resources) if token else None
    bodies = [schemas.of_resource(each) for each in resources]
    calls = [Calls(each, known, rules) for each, known in zip(resources, bodies, strict=True)]
    names = ", ".join(each.name for each in resources)
    tags = {each.name: f"The calls about {each.name}." for each in resources}
    components: dict[str, dict[str, Schema]] = {
        "schemas": schemas.shared() | together(bodies),
        "parameters": parts.parameters() | together(each.parameters() for each in calls),
        "headers": parts.headers(),
        "responses": shared_responses() | together(each.responses() for each in calls),
    }
    for section, named in security.components().items() if token else ():
        components[section] = named | components.get(section, {})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Users API",
            "version": __version__,
            "description": f"A backend that stores {names}.\n\n{DESCRIPTION}",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": name, "description": text}
            for name, text in (tags | {"service": "The calls about the service itself."}).items()
        ],
        "paths": together(each.paths() for each in calls) | about_paths(token=token),
        "components": components,
    }


def together(parts_of_each: Iterable[dict[str, Schema]]) -> dict[str, Schema]:
    """Return the parts of all resources in one."""
    return {name: part for each in parts_of_each for name, part in each.items()}


def shared_responses() -> dict[str, Schema]:
    """Return the failures that are the same for every resource."""
    return {name: parts.failed(*each) for name, each in parts.FAILURES.items()}


def about_paths(*, token: bool) -> dict[str, Schema]:
    """Return the calls about the service itself, which ask nobody for a token."""
    index = {"service": "users-api", "links": {"users": "/users", "docs": "/docs"}}
    public: Schema = {"security": []} if token else {}
    told = parts.success("The name, and the links.", "Index", index=index)
    told["content"]["text/html"] = {"schema": {"type": "string", "maxLength": 10_000}}
    return {
        "/health": {
            "get": {
                "operationId": "getHealth",
                "tags": ["service"],
                **public,
                "summary": "Check that the service can do its work",
                "description": "Asks every table.",
                "responses": parts.answers(
                    {200: parts.success("Every table answers.", "Health", well={"status": "ok"})},
                    {},
                ),
            }
        },
        "/": {
            "get": {
                "operationId": "getIndex",
                "tags": ["service"],
                **public,
                "summary": "What this service is",
                "description": "Its name, and links to its calls; a page for browsers.",
                "responses": parts.answers({200: told}, {}),
            }
        },
    }
