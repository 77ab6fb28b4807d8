"""What bodies look like, from the types that validate them."""

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from users_api import validation
from users_api.errors import ApiError
from users_api.http import about, failures, pages
from users_api.openapi import examples
from users_api.resource import Resource

Schema = dict[str, Any]

COMPONENTS = "#/components/{}/{}".format
CLOSED: Schema = {"type": "object", "additionalProperties": False}

# What a schema says when the type does not: the limits that hold for every field.
DEFAULTS: dict[str, Schema] = {
    "string": {"maxLength": validation.LONGEST_TEXT},
    "integer": {
        "format": "int64",
        "minimum": -validation.LARGEST_INTEGER,
        "maximum": validation.LARGEST_INTEGER,
    },
    "number": {"format": "double"},
    "array": {"maxItems": validation.LONGEST_LIST},
}


def reference(kind: str, name: str) -> Schema:
    """Return a reference to a component."""
    return {"$ref": COMPONENTS(kind, name)}


def shared() -> dict[str, Schema]:
    """Return the bodies that have nothing to do with any resource."""
    known = schemas_of(failures.Failure, failures.Problem, about.Index, about.Health)
    codes = {"type": "string", "enum": sorted(each.code for each in error_types())}
    for name in ("Failure", "Problem"):
        known[name]["properties"]["code"] = codes
    return known


def of_resource(resource: Resource[Any]) -> dict[str, Schema]:
    """Return the bodies of a resource: a record, a page, and what is sent to create and change."""
    name, known = resource.model.__name__, schemas_of(resource.model)
    record = known[name]
    required = record.get("required", [])
    sent = {label: each for label, each in record["properties"].items() if not is_set(each)}
    patch = {label: each if label in required else or_null(each) for label, each in sent.items()}
    patch.pop(resource.key, None)
    known[f"New{name}"] = CLOSED | {
        "description": f"A new {resource.noun}.",
        "properties": sent,
        "required": required,
        "examples": examples.of_new(resource.key, sent, required),
    }
    known[f"{name}Patch"] = CLOSED | {
        "description": "A JSON Merge Patch (RFC 7396): null removes an optional field.",
        "properties": patch,
        "examples": examples.of_patch(patch, required),
    }
    known[f"{name}Page"] = page(resource)
    answered = always_answered(resource.model)
    told = examples.of_record(record["properties"], answered)
    known[name] = record | {"required": answered, "examples": told}
    return known


def page(resource: Resource[Any]) -> Schema:
    """Return a page of a list."""
    records = {"type": "array", "items": reference("schemas", resource.model.__name__)}
    return {
        "type": "object",
        "description": "A page of a list; `next` is the cursor of the following one, if any.",
        "properties": {
            resource.name: records | {"maxItems": pages.LARGEST_PAGE},
            "next": strict(msgspec.json.schema(pages.Cursor)),
        },
        "required": [resource.name],
    }


def schemas_of(*kinds: type[Struct]) -> dict[str, Schema]:
    """Return the schemas of these types and of those within them, by their names."""
    _, found = msgspec.json.schema_components(kinds, ref_template=COMPONENTS("schemas", "{name}"))
    return {name: strict(found[name]) for name in sorted(found)}


def strict(schema: Any) -> Any:  # noqa: ANN401 - a schema has values of any kind
    """Return a schema with every limit that holds, and without null, which is never answered."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    options = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(options) == 1:
        return strict(options[0])
    titled = isinstance(schema.get("title"), str)  # the name of a type; a field may be called so
    kept = {label: strict(schema[label]) for label in schema if not (titled and label == "title")}
    if "pattern" in kept:  # what `$` needs in Python only
        kept["pattern"] = kept["pattern"].removesuffix(r"(?!\n)")
    kind = kept.get("type")
    missing = {} if "enum" in kept or not isinstance(kind, str) else DEFAULTS.get(kind, {})
    return missing | kept


def error_types(kind: type[ApiError] = ApiError) -> list[type[ApiError]]:
    """Return every type of failure."""
    kinds = kind.__subclasses__()
    return [*kinds, *(each for one in kinds for each in error_types(one))]


def or_null(schema: Schema) -> Schema:
    """Return the schema of a field that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def is_set(schema: Schema) -> bool:
    """Tell whether only the server sets this field."""
    return bool(schema.get("readOnly"))


def always_answered(model: type[Struct]) -> list[str]:
    """Return the names of the fields that every answer has: all but those that may be nothing."""
    return [
        field.encode_name for field in fields(model) if field.required or field.default is not None
    ]
