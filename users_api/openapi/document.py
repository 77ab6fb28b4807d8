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

PAGE: Schema = {"type": "string", "maxLength": 10_000, "pattern": "^<!doctype html>"}


def contract(resources: Sequence[Resource[Any]], *, token: bool = False) -> Schema:
    """Return the whole document, of a service that asks for a token or does not."""
    rules = access.rules(resources) if token else None
    bodies = [schemas.of_resource(each) for each in resources]
    calls = [Calls(each, known, rules) for each, known in zip(resources, bodies, strict=True)]
    components: dict[str, dict[str, Schema]] = {
        "schemas": schemas.shared() | together(bodies),
        "parameters": parts.parameters() | together(each.parameters() for each in calls),
        "headers": dict(parts.HEADERS),
        "responses": shared_responses() | together(each.responses() for each in calls),
    }
    for section, named in security.components().items() if token else ():
        components[section] = named | components.get(section, {})
    return {
        "openapi": "3.1.0",
        "info": info(resources),
        "servers": [{"url": "/"}],
        "tags": tags(resources),
        "paths": together(each.paths() for each in calls) | about_paths(token=token),
        "components": components,
    }


def info(resources: Sequence[Resource[Any]]) -> Schema:
    """Return what the service is called, and what it is."""
    others, _, last = ", ".join(each.nouns for each in resources).rpartition(", ")
    names = f"{others} and {last}" if others else last
    return {
        "title": "Users API",
        "version": __version__,
        "description": f"A backend that stores {names}.\n\n{DESCRIPTION}",
        "license": {"name": "MIT", "identifier": "MIT"},
    }


def tags(resources: Sequence[Resource[Any]]) -> list[Schema]:
    """Return the groups into which a page sorts the calls."""
    of_resources = [(each.name, f"The calls about {each.nouns}.") for each in resources]
    of_service = ("service", "The calls about the service itself.")
    return [{"name": name, "description": text} for name, text in [*of_resources, of_service]]


def together(parts_of_each: Iterable[dict[str, Schema]]) -> dict[str, Schema]:
    """Return the parts of all resources in one."""
    return {name: part for each in parts_of_each for name, part in each.items()}


def shared_responses() -> dict[str, Schema]:
    """Return the failures that are the same for every resource."""
    return {name: parts.failed(*each) for name, each in parts.FAILURES.items()}


def about_paths(*, token: bool) -> dict[str, Schema]:
    """Return the calls about the service itself, which ask nobody for a token."""
    index = {"service": "users-api", "links": {"users": "/users", "docs": "/docs"}}
    public: Schema = {"tags": ["service"], **({"security": []} if token else {})}
    health_call = {
        "operationId": "getHealth",
        "summary": "Check that the service can do its work",
        "description": "Asks every table.",
    }
    index_call = {
        "operationId": "getIndex",
        "summary": "What this service is",
        "description": "Its name, and links to its calls; a page for browsers.",
    }
    well = parts.success("Every table answers.", "Health", well={"status": "ok"})
    told = parts.success("The name, and the links.", "Index", index=index)
    told["content"]["text/html"] = {"schema": PAGE}
    return {
        path: {"get": public | call | {"responses": parts.answers({200: success}, {})}}
        for path, call, success in [("/health", health_call, well), ("/", index_call, told)]
    }
