"""The calls of a resource, as the contract tells them."""

import inspect
from typing import Any

from users_api.errors import ConflictError, FieldError, NotFoundError, PreconditionFailedError
from users_api.http import pages, requests
from users_api.http.access import Rules
from users_api.openapi import parts, records, security
from users_api.openapi.records import Schema
from users_api.openapi.schemas import reference
from users_api.resource import Call, Resource

INVALID = {400: "BadRequest"}
BODY = INVALID | {413: "TooLarge", 415: "UnsupportedMediaType"}
REVISION = ("ETag", "Last-Modified")


class Calls:
    """The calls of one resource: its paths, and the parts that only they refer to."""

    def __init__(
        self, resource: Resource[Any], schemas: dict[str, Schema], rules: Rules | None
    ) -> None:
        self._resource = resource
        self._rules = rules
        self._noun = resource.noun
        self._name = resource.model.__name__
        self._plural = resource.nouns.title().replace(" ", "")
        self._examples = dict(
            zip(("small", "whole"), schemas[self._name]["examples"], strict=False)
        )

    def paths(self) -> dict[str, Schema]:
        """Return every call of the resource, by path and method."""
        path, one = f"/{self._resource.name}", f"/{self._resource.name}/{{{self._resource.key}}}"
        told: dict[str, Schema] = {path: {}, one: {}}
        for call, where, method, tell in [
            ("create", path, "post", self._create),
            ("list", path, "get", self._list),
            ("read", one, "get", self._read),
            ("change", one, "patch", self._change),
            ("remove", one, "delete", self._remove),
        ]:
            if call in self._resource.calls:
                endpoint = f"{self._resource.name}{'.record' * (where == one)}"
                told[where][method] = self._whole(tell(), endpoint, method)
        for own in self._resource.own_calls:
            method, endpoint = own.method.lower(), f"{path[1:]}.{own.function.__name__}"
            whole = self._whole(self._own(own), endpoint, method)
            told.setdefault(f"{one}/{own.path}", {})[method] = whole
        return {each: self._with_id(each, calls) for each, calls in told.items() if calls}

    def parameters(self) -> dict[str, Schema]:
        """Return the parameters of these calls."""
        resource = self._resource
        key = records.answer(resource.model)["properties"][resource.key]
        query = records.new(pages.query_of(resource))["properties"]
        about = {
            "limit": "The most records that a page may have.",
            "cursor": "The `next` of an earlier page.",
        } | dict.fromkeys(resource.unique, f"Look up the {self._noun} with this value.")
        by_id = parts.parameter("path", resource.key, key, f"The id of the {self._noun}.")
        return {self._id(): by_id} | {
            self._of_list(name): parts.parameter("query", name, query[name], about[name])
            for name in about
        }

    def responses(self) -> dict[str, Schema]:
        """Return the failures that are told in words of this resource."""
        unique = [self._resource.key, *self._resource.unique]
        taken = " or ".join(f"`{field}`" for field in unique) + " is already taken"
        missing = ", or what it refers to does not exist" if self._resource.references else ""
        told = {
            "NotFound": (
                f"There is no such {self._noun}.",
                NotFoundError(self._resource.not_found),
            ),
            "Conflict": (
                f"The {taken}{missing}; nothing was changed.",
                ConflictError(FieldError(unique[-1], "is already taken")),
            ),
            "Changed": (
                "It has changed since the client read it; nothing was changed.",
                PreconditionFailedError(self._resource.has_changed),
            ),
        }
        return {f"{self._name}{name}": parts.failed(*each) for name, each in told.items()}

    def _create(self) -> Schema:
        headers = ["Location", *REVISION, "Idempotent-Replayed"]
        created = parts.success(f"The new {self._noun}.", self._name, *headers, **self._examples)
        to_it = {self._resource.key: f"$response.body#/{self._resource.key}"}
        usual = {"read": "get", "change": "update", "remove": "delete"}
        created["links"] = {
            f"{verb}{self._name}": {"operationId": f"{verb}{self._name}", "parameters": to_it}
            for call, verb in usual.items()
            if call in self._resource.calls
        }
        return {
            "operationId": f"create{self._name}",
            "summary": f"Create a new {self._noun}",
            "description": "Never overwrites: an id or a unique value that is taken is a conflict.",
            "parameters": [reference("parameters", "IdempotencyKey")],
            "requestBody": parts.body(f"New{self._name}", requests.JSON),
            "responses": parts.answers(
                {201: created}, BODY | {409: f"{self._name}Conflict", 422: "KeyReused"}
            ),
        }

    def _list(self) -> Schema:
        page = parts.success(
            "A page.", f"{self._name}Page", "Link", page=self._page(), last=self._page(1)
        )
        operation = f"list{self._plural}"
        following = {"cursor": "$response.body#/next"}
        page["links"] = {"nextPage": {"operationId": operation, "parameters": following}}
        by = " or ".join(f"`{field}`" for field in self._resource.unique)
        alone = "one at a time, " * (len(self._resource.unique) > 1) + "without `cursor`"
        look_up = f" With {by}: the one with this value, or none; {alone}." if by else ""
        return {
            "operationId": operation,
            "summary": f"List {self._resource.nouns}{', or look one up' if by else ''}",
            "description": f"Page by page, in no particular order.{look_up}",
            "parameters": [
                reference("parameters", name) for name in self.parameters() if name != self._id()
            ],
            "responses": parts.answers({200: page}, INVALID),
        }

    def _read(self) -> Schema:
        return {
            "operationId": f"get{self._name}",
            "summary": f"Read one {self._noun}",
            "description": "As it is at this moment.",
            "parameters": [reference("parameters", "IfNoneMatch")],
            "responses": parts.answers(
                {
                    200: parts.success(
                        f"The {self._noun}.", self._name, *REVISION, **self._examples
                    ),
                    304: parts.without_body("The client has the current revision.", *REVISION),
                },
                INVALID | {404: f"{self._name}NotFound"},
            ),
        }

    def _change(self) -> Schema:
        changed = parts.success(
            f"The changed {self._noun}.", self._name, *REVISION, **self._examples
        )
        return {
            "operationId": f"update{self._name}",
            "summary": f"Change one {self._noun}",
            "description": "Applies a JSON Merge Patch (RFC 7396) to it as it is now or, with"
            " `If-Match`, as the client knows it. A patch that changes nothing keeps the `ETag`.",
            "parameters": [reference("parameters", "IfMatch")],
            "requestBody": parts.body(f"{self._name}Patch", requests.MERGE_PATCH, requests.JSON),
            "responses": parts.answers(
                {200: changed}, BODY | self._write_failures() | {409: f"{self._name}Conflict"}
            ),
        }

    def _remove(self) -> Schema:
        return {
            "operationId": f"delete{self._name}",
            "summary": f"Remove one {self._noun}",
            "description": "Its id and its unique values are free again at once.",
            "parameters": [reference("parameters", "IfMatch")],
            "responses": parts.answers(
                {204: parts.without_body("It is removed.")}, INVALID | self._write_failures()
            ),
        }

    def _own(self, call: Call) -> Schema:
        summary, _, description = (inspect.getdoc(call.function) or "").partition("\n")
        told = {200: parts.success(f"The {self._noun}.", self._name, *REVISION, **self._examples)}
        failures = {404: f"{self._name}NotFound"} | (BODY if call.body else INVALID)
        name = call.function.__name__.split("_")
        whole: Schema = {
            "operationId": name[0] + "".join(word.title() for word in name[1:]) + self._name,
            "summary": summary.rstrip("."),
            "description": " ".join(description.split()) or summary,
        }
        if call.needs == "write":
            whole["parameters"] = [reference("parameters", "IfMatch")]
            told[409] = self._not_allowed()
            failures[412] = f"{self._name}Changed"
        if call.body:
            whole["requestBody"] = parts.body(call.body.__name__, requests.JSON)
        return whole | {"responses": parts.answers(told, failures)}

    def _not_allowed(self) -> Schema:
        last = self._resource.model.__struct_encode_fields__[-1]
        error = ConflictError(FieldError(last, "does not allow this"))
        return parts.failed("What is stored does not allow it; nothing was changed.", error)

    def _write_failures(self) -> dict[int, str]:
        return {404: f"{self._name}NotFound", 412: f"{self._name}Changed"}

    def _page(self, count: int | None = None) -> Schema | None:
        records = [*self._examples.values()][:count]
        following = {} if count else {"next": "eyQmbHNvbWVVc2VySWQ"}
        return {self._resource.name: records, **following} if records else None

    def _whole(self, call: Schema, endpoint: str, method: str) -> Schema:
        tagged = {"tags": [self._resource.name], **call}
        if self._rules is None:
            return tagged
        return security.asked(tagged, self._rules[endpoint, method.upper()])

    def _with_id(self, path: str, calls: Schema) -> Schema:
        known = {"parameters": [reference("parameters", self._id())]} if "{" in path else {}
        return {**known, **calls}

    def _of_list(self, name: str) -> str:
        by = "By" * (name in self._resource.unique)
        return f"{self._plural}{by}{name[:1].upper()}{name[1:]}"

    def _id(self) -> str:
        return f"{self._name}Id"
