"""The schemas of bodies: those that all share, and those of each resource."""

import inspect
from typing import Any

import msgspec
from msgspec import Struct

from users_api.errors import ApiError
from users_api.http import about, failures, pages
from users_api.openapi import examples, records
from users_api.openapi.records import Schema
from users_api.resource import Resource

COMPONENTS = "#/components/{}/{}".format


def reference(kind: str, name: str) -> Schema:
    """Return a reference to a component."""
    return {"$ref": COMPONENTS(kind, name)}


def shared() -> dict[str, Schema]:
    """Return the bodies that have nothing to do with any resource."""
    kinds = (failures.Failure, failures.Problem, about.Index, about.Health)
    _, found = msgspec.json.schema_components(kinds, ref_template=COMPONENTS("schemas", "{name}"))
    known = {name: untitled(found[name]) for name in sorted(found)}
    codes = {"type": "string", "enum": sorted(each.code for each in error_types())}
    for name in ("Failure", "Problem"):
        known[name]["properties"]["code"] = codes
    return known


def of_resource(resource: Resource[Any]) -> dict[str, Schema]:
    """Return the bodies of a resource: a record, a page, and what is sent to create and change."""
    kind, name, key = resource.model, resource.model.__name__, resource.key
    bodies = (records.answer(kind), records.new(kind), records.patch(kind, key))
    record, new, patch = (referring(each, resource) for each in bodies)
    required = new.get("required", [])
    of_record = examples.of_record(record["properties"], record["required"])
    of_new = examples.of_new(key, new["properties"], required)
    of_patch = examples.of_patch(patch["properties"], required)
    merged = "A JSON Merge Patch (RFC 7396): null removes an optional field, or resets it."
    return {
        name: record | described(inspect.getdoc(kind) or "", of_record),
        f"New{name}": new | described(f"A new {resource.noun}.", of_new),
        f"{name}Patch": patch | described(merged, of_patch),
        f"{name}Page": page(resource),
        **{call.body.__name__: given(call.body) for call in resource.own_calls if call.body},
    }


def referring(body: Schema, resource: Resource[Any]) -> Schema:
    """Return the schema of a body of a resource, with what its fields refer to."""
    told = {
        field: {"description": f"The id of one of the {target.nouns}."}
        for field, target in resource.references.items()
    }
    properties = {name: each | told.get(name, {}) for name, each in body["properties"].items()}
    return body | {"properties": properties}


def given(kind: type[Struct]) -> Schema:
    """Return the schema of what a resource's own call reads."""
    body = records.new(kind)
    of_body = examples.of_record(body["properties"], body.get("required", []))
    return body | described(inspect.getdoc(kind) or "", of_body)


def described(description: str, of_body: list[Schema]) -> Schema:
    """Return what is told about a body beside its form."""
    return {"description": description, "examples": of_body}


def page(resource: Resource[Any]) -> Schema:
    """Return a page of a list."""
    listed = {"type": "array", "items": reference("schemas", resource.model.__name__)}
    following = records.new(pages.query_of(resource))["properties"]["cursor"]
    return {
        "type": "object",
        "description": "A page of a list; `next` is the cursor of the next page, if there is one.",
        "properties": {
            resource.name: listed | {"maxItems": pages.LARGEST_PAGE},
            "next": following,
        },
        "required": [resource.name],
    }


def untitled(schema: Any) -> Any:  # noqa: ANN401 - a schema has values of any kind
    """Return a schema without the names of types, which are of no use to a client."""
    if isinstance(schema, list):
        return [untitled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {label: untitled(each) for label, each in schema.items() if not _is_title(label, each)}


def _is_title(label: str, value: object) -> bool:
    """Tell whether this is the name of a type; a field may be called so, too."""
    return label == "title" and isinstance(value, str)


def error_types(kind: type[ApiError] = ApiError) -> list[type[ApiError]]:
    """Return every type of failure."""
    kinds = kind.__subclasses__()
    return [*kinds, *(each for one in kinds for each in error_types(one))]
