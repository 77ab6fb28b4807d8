"""The contract as an OpenAPI document, which `make openapi` writes to users_api/contract/.

What a body looks like comes from the types that validate it; what a call answers is said here.
"""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from werkzeug.http import HTTP_STATUS_CODES

from users_api import errors, service, web
from users_api.contract.views import CONTRACT
from users_api.users import views
from users_api.users.model import User
from users_api.users.repository import NO_USER

Schema = dict[str, Any]

PROJECT = Path(__file__).parent.parent
COMPONENTS = "#/components/{}/{}".format

DESCRIPTION = """\
A backend that stores users.

Bodies are JSON in UTF-8 of at most 64 KiB. A failure names every bad field at once; who sends
`Accept: application/problem+json` gets it as problem details (RFC 9457). Every answer has an
`X-Request-Id`, which stands in the log with the cause."""

JOHN = {"userId": "someUserId", "name": "John"}
ADA = {
    "userId": "6f3c2c0e-7f0b-4b53-9f0e-0c6f4f1f3b5a",
    "name": "Ada Lovelace",
    "email": "ada@example.com",
}
REVISION = '"0f8fad5b-d9cb-469f-a165-70867728950e"'


def contract() -> Schema:
    """Return the whole document."""
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Users API",
            "version": version,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "users", "description": "The users."},
            {"name": "service", "description": "The service itself."},
        ],
        "paths": paths(),
        "components": {
            "schemas": schemas(),
            "parameters": parameters(),
            "headers": headers(),
            "responses": failures(),
        },
    }


def schemas() -> dict[str, Schema]:
    """Return the bodies: those of the types, and what a client sends to create and to change."""
    kinds = [User, views.UserPage, errors.Failure, errors.Problem, service.Index, service.Health]
    _, found = msgspec.json.schema_components(kinds, ref_template=COMPONENTS("schemas", "{name}"))
    known: dict[str, Schema] = {name: without_null(found[name]) for name in sorted(found)}
    user = known["User"]
    fields: dict[str, Schema] = user["properties"]
    closed = {"type": "object", "additionalProperties": False}
    known["NewUser"] = {
        **closed,
        "description": "A user to create; the service makes a `userId` if there is none.",
        "properties": fields,
        "required": user["required"],
        "examples": [JOHN, {name: ADA[name] for name in ("name", "email")}],
    }
    known["UserPatch"] = {
        **closed,
        "description": "A JSON Merge Patch (RFC 7396): null removes an optional field.",
        "properties": {
            name: fields[name] if name in user["required"] else or_null(fields[name])
            for name in fields
            if name != "userId"
        },
        "examples": [{"name": "Ada King"}, {"email": None}],
    }
    codes = {error.code for _, error in FAILURES.values()} | {"invalid_request"}
    known["Problem"]["properties"]["code"]["enum"] = sorted(codes)
    known["User"] = user | {"required": ["userId", *user["required"]], "examples": [JOHN, ADA]}
    return known


def without_null(schema: Any) -> Any:  # noqa: ANN401 - a schema has values of any kind
    """Return a schema of what is answered: an optional field is left out there, never null."""
    if isinstance(schema, list):
        return [without_null(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    options = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(options) == 1:
        return without_null(options[0])
    titled = isinstance(schema.get("title"), str)  # the name of a type; a field may be called so
    kept = {name: without_null(schema[name]) for name in schema if not (titled and name == "title")}
    if "pattern" in kept:  # what `$` needs in Python only
        kept["pattern"] = kept["pattern"].removesuffix(r"(?!\n)")
    return kept


def or_null(schema: Schema) -> Schema:
    """Return the schema of a field that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def reference(kind: str, name: str) -> Schema:
    """Return a reference to a component."""
    return {"$ref": COMPONENTS(kind, name)}


def parameters() -> dict[str, Schema]:
    """Return the parameters, by the names under which calls refer to them."""
    fields = schemas()["NewUser"]["properties"]
    query = without_null(msgspec.json.schema(views.UserQuery))["$defs"]["UserQuery"]["properties"]
    tags = {
        "type": "string",
        "format": "entity-tags",
        "maxLength": web.LONGEST_ENTITY_TAGS,
        "pattern": web.ENTITY_TAGS.pattern,
    }
    key = {"type": "string", "maxLength": 255, "pattern": web.IDEMPOTENCY_KEY.pattern}
    return {
        "UserId": parameter("path", "userId", fields["userId"], "The id of a user."),
        "Limit": parameter("query", "limit", query["limit"], "How many users a page has at most."),
        "Cursor": parameter("query", "cursor", query["cursor"], "The `next` of the page before."),
        "Email": parameter(
            "query", "email", query["email"], "Whose address to look up, in any case."
        ),
        "IfMatch": parameter(
            "header", "If-Match", tags, "Do it only if this is the current `ETag` (`*`: any)."
        ),
        "IfNoneMatch": parameter(
            "header", "If-None-Match", tags, "Answer 304 if this is the current `ETag`."
        ),
        "IdempotencyKey": parameter(
            "header",
            "Idempotency-Key",
            key,
            "Makes it safe to send the same request again, for 24 hours: it is answered as it was"
            " the first time. Visible ASCII characters, unique for this request.",
        ),
    }


def parameter(place: str, name: str, schema: Schema, description: str) -> Schema:
    """Return one parameter; those in a path are required."""
    required = {"required": True} if place == "path" else {}
    return {"name": name, "in": place, "description": description, **required, "schema": schema}


def headers() -> dict[str, Schema]:
    """Return the headers of answers, by their names."""
    return {
        "ETag": header(
            "The revision of the user; another one after every change.",
            REVISION,
            pattern='^"[!#-~]+"$',
        ),
        "Last-Modified": header(
            "When the user was last changed; not there for a user of old.",
            "Sun, 22 Nov 2026 10:38:02 GMT",
            required=False,
            pattern="^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$",
        ),
        "Location": header("Where the user is.", "/users/someUserId", pattern="^/"),
        "Link": header(
            "Where the next page is, while there is more.",
            '</users?limit=25&cursor=eyQmbHNvbWVVc2VySWQ>; rel="next"',
            required=False,
            pattern='^</[^>]*>; rel="next"$',
        ),
        "Idempotent-Replayed": header(
            "There if this answer was given before.", "true", required=False, enum=["true"]
        ),
        "Retry-After": header("In how many seconds to try again.", "1", pattern="^[1-9][0-9]*$"),
        "X-Request-Id": header(
            "The id of this request, also in the log.",
            "b1d6a6a7-3c3e-4b8a-9a55-0a1c6f1d2e3f",
            pattern="^[!-~]+$",
        ),
    }


def header(description: str, example: str, *, required: bool = True, **rules: object) -> Schema:
    """Return one header of answers."""
    return {
        "description": description,
        "required": required,
        "schema": {"type": "string", "maxLength": 1024, **rules},
        "example": example,
    }


FAILURES: Mapping[str, tuple[str, errors.ApiError]] = {
    "BadRequest": (
        "Something in the request is wrong; every bad field is named.",
        errors.InvalidFieldsError(errors.FieldError("name", "is required")),
    ),
    "NotFound": ("There is no such user.", errors.NotFoundError(NO_USER)),
    "Conflict": (
        "The id or the e-mail address is taken; nothing was changed.",
        errors.ConflictError('The "email" is already taken'),
    ),
    "PreconditionFailed": (
        "The user has changed since; nothing was changed.",
        errors.PreconditionFailedError("The user has changed since"),
    ),
    "TooLarge": ("The body is larger than 64 KiB.", web.framework_error(413)),
    "UnsupportedMediaType": (
        "The body is of another type, or compressed.",
        errors.UnsupportedMediaTypeError("Please send application/json, not encoded"),
    ),
    "KeyReused": (
        "The idempotency key was used for another request.",
        errors.KeyReusedError('This "Idempotency-Key" was used for another request'),
    ),
    "InternalError": ("A bug of the service.", errors.InternalError()),
    "Unavailable": (
        "The store cannot answer now. It is not known whether a change was made.",
        errors.StoreUnavailableError(),
    ),
}


def failures() -> dict[str, Schema]:
    """Return the answers to failures, each in both shapes, as the service itself words them."""
    return {name: failed(description, error) for name, (description, error) in FAILURES.items()}


def failed(description: str, error: errors.ApiError) -> Schema:
    """Return the answer to one failure."""
    title = HTTP_STATUS_CODES[error.status]
    request = headers()["X-Request-Id"]["example"]
    plain = msgspec.to_builtins(errors.failure(error))
    problem = msgspec.to_builtins(errors.problem(error, title, request))
    return {
        "description": description,
        "headers": header_references("X-Request-Id", *error.headers),
        "content": {
            web.JSON: {"schema": reference("schemas", "Failure"), "example": plain},
            web.PROBLEM: {"schema": reference("schemas", "Problem"), "example": problem},
        },
    }


def header_references(*names: str) -> Schema:
    """Return the headers with these names, as an answer refers to them."""
    return {name: reference("headers", name) for name in names}


def success(description: str, kind: str, *names: str, **examples: object) -> Schema:
    """Return an answer with a body of this kind, these headers, and examples by their names."""
    return {
        "description": description,
        "headers": header_references("X-Request-Id", *names),
        "content": {
            web.JSON: {
                "schema": reference("schemas", kind),
                "examples": {name: {"value": value} for name, value in examples.items()},
            }
        },
    }


def without_body(description: str, *names: str) -> Schema:
    """Return an answer that has only headers."""
    return {"description": description, "headers": header_references("X-Request-Id", *names)}


def body(kind: str, *media_types: str) -> Schema:
    """Return what a call reads; the examples are those of its schema."""
    content = {media_type: {"schema": reference("schemas", kind)} for media_type in media_types}
    return {"required": True, "content": content}


def answers(successes: Mapping[int, Schema], *failing: str) -> Schema:
    """Return all answers of a call by status; it can always fail for reasons of our own."""
    named = {FAILURES[name][1].status: name for name in (*failing, "InternalError", "Unavailable")}
    together = {**successes, **{each: reference("responses", named[each]) for each in named}}
    return {str(status): together[status] for status in sorted(together)}


def paths() -> dict[str, Schema]:
    """Return every call."""
    return {
        "/users": {"post": create_user(), "get": list_users()},
        "/users/{userId}": {
            "parameters": [reference("parameters", "UserId")],
            "get": get_user(),
            "patch": update_user(),
            "delete": delete_user(),
        },
        "/health": {"get": get_health()},
        "/": {"get": get_index()},
    }


def create_user() -> Schema:
    """Return `POST /users`."""
    to_user = {"parameters": {"userId": "$response.body#/userId"}}
    created = success(
        "The new user.",
        "User",
        "Location",
        "ETag",
        "Last-Modified",
        "Idempotent-Replayed",
        john=JOHN,
    )
    created["links"] = {
        name: {"operationId": name, **to_user} for name in ("getUser", "updateUser", "deleteUser")
    }
    return {
        "operationId": "createUser",
        "tags": ["users"],
        "summary": "Create a user",
        "description": "Never overwrites: an id or an e-mail address that is taken is a conflict.",
        "parameters": [reference("parameters", "IdempotencyKey")],
        "requestBody": body("NewUser", web.JSON),
        "responses": answers(
            {201: created},
            "BadRequest",
            "Conflict",
            "TooLarge",
            "UnsupportedMediaType",
            "KeyReused",
        ),
    }


def get_user() -> Schema:
    """Return `GET /users/{userId}`."""
    return {
        "operationId": "getUser",
        "tags": ["users"],
        "summary": "Read a user",
        "description": "The user as it is now.",
        "parameters": [reference("parameters", "IfNoneMatch")],
        "responses": answers(
            {
                200: success("The user.", "User", "ETag", "Last-Modified", john=JOHN, ada=ADA),
                304: without_body("The client has the current revision.", "ETag", "Last-Modified"),
            },
            "BadRequest",
            "NotFound",
        ),
    }


def update_user() -> Schema:
    """Return `PATCH /users/{userId}`."""
    return {
        "operationId": "updateUser",
        "tags": ["users"],
        "summary": "Change a user",
        "description": "Applies a JSON Merge Patch (RFC 7396) to the user as it is now, or, with"
        " `If-Match`, as the client knows it. A patch without effect leaves the `ETag` as it is.",
        "parameters": [reference("parameters", "IfMatch")],
        "requestBody": body("UserPatch", web.MERGE_PATCH, web.JSON),
        "responses": answers(
            {200: success("The changed user.", "User", "ETag", "Last-Modified", ada=ADA)},
            "BadRequest",
            "NotFound",
            "Conflict",
            "PreconditionFailed",
            "TooLarge",
            "UnsupportedMediaType",
        ),
    }


def delete_user() -> Schema:
    """Return `DELETE /users/{userId}`."""
    return {
        "operationId": "deleteUser",
        "tags": ["users"],
        "summary": "Remove a user",
        "description": "The id and the e-mail address are free again at once.",
        "parameters": [reference("parameters", "IfMatch")],
        "responses": answers(
            {204: without_body("The user is gone.")}, "BadRequest", "NotFound", "PreconditionFailed"
        ),
    }


def list_users() -> Schema:
    """Return `GET /users`."""
    page = success(
        "A page of users.",
        "UserPage",
        "Link",
        page={"users": [JOHN, ADA], "next": "eyQmbHNvbWVVc2VySWQ"},
        last={"users": [ADA]},
    )
    page["links"] = {
        "nextPage": {"operationId": "listUsers", "parameters": {"cursor": "$response.body#/next"}}
    }
    return {
        "operationId": "listUsers",
        "tags": ["users"],
        "summary": "List users, or look one up by e-mail address",
        "description": "Page by page, in no particular order. With `email`, the one user who has"
        " this address, or none; `cursor` does not go with it.",
        "parameters": [reference("parameters", name) for name in ("Limit", "Cursor", "Email")],
        "responses": answers({200: page}, "BadRequest"),
    }


def get_health() -> Schema:
    """Return `GET /health`."""
    return {
        "operationId": "getHealth",
        "tags": ["service"],
        "summary": "Tell whether the service can do its work",
        "description": "It can while the table of users answers.",
        "responses": answers({200: success("It can.", "Health", well={"status": "ok"})}),
    }


def get_index() -> Schema:
    """Return `GET /`."""
    index = {"service": "users-api", "links": {"users": "/users", "docs": "/docs"}}
    return {
        "operationId": "getIndex",
        "tags": ["service"],
        "summary": "Tell what this service is",
        "description": "Its name, and links to go on.",
        "responses": answers({200: success("What it is.", "Index", index=index)}),
    }


def rendered() -> str:
    """Return the document as it is kept in a file."""
    return json.dumps(contract(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    CONTRACT.write_text(rendered(), "utf-8")
