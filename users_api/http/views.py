"""The calls that resources have in common: two views, which serve any resource."""

from functools import partial
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from flask import Flask, Response, url_for
from flask.views import MethodView
from msgspec import Struct

from users_api import validation
from users_api.errors import FieldError, InvalidFieldsError
from users_api.http import access, answers, pages, requests
from users_api.http.preconditions import if_match, is_known
from users_api.resource import Call
from users_api.store.collection import Collection

T = TypeVar("T", bound=Struct)

COLLECTION_CALLS = {"list": "GET", "create": "POST"}
RECORD_CALLS = {"read": "GET", "change": "PATCH", "remove": "DELETE"}


class CollectionView(MethodView, Generic[T]):
    """`/users`: all of them."""

    init_every_request = False

    def __init__(self, collection: Collection[T]) -> None:
        self._collection = collection
        self._resource = collection.resource
        self._query = pages.query_of(collection.resource)

    def post(self) -> Response:
        """Create a record."""
        document = access.owned(self._resource, requests.json_object(requests.JSON))
        record = self._resource.new(document)
        stored, replayed = self._collection.add(record, requests.idempotent(document))
        record_id = self._resource.id_of(stored.record)
        headers = {"Location": f"{url_for(self._resource.name)}/{quote(record_id, safe='')}"}
        if replayed:
            headers["Idempotent-Replayed"] = "true"
        return answers.record(stored, 201, headers)

    def get(self) -> Response:
        """List records, page by page, or look one up by a unique field."""
        query: Any = requests.query(self._query)
        names = (*self._resource.unique, "cursor")
        given = [name for name in names if getattr(query, name) is not None]
        if given in ([], ["cursor"]):
            return self._page(query.limit, query.cursor)
        field, *others = given
        if others:
            wrong = f"does not go with `{field}`"
            raise InvalidFieldsError(*(FieldError(name, wrong) for name in others))
        return self._found(field, validation.to_json(getattr(query, field)))

    def _page(self, limit: int, cursor: str | None) -> Response:
        name = self._resource.name
        after = None if cursor is None else pages.decode(name, cursor)
        found, position = self._collection.list(limit, after)
        page: dict[str, Any] = {name: [validation.document(each.record) for each in found]}
        if position is None:
            return answers.answer(page)
        following = pages.encode(name, position)
        link = url_for(name, limit=limit, cursor=following)
        return answers.answer(page | {"next": following}, headers={"Link": f'<{link}>; rel="next"'})

    def _found(self, field: str, value: object) -> Response:
        found = self._collection.find(field, value)
        return answers.answer(
            {self._resource.name: [validation.document(each.record) for each in found]}
        )


class RecordView(MethodView, Generic[T]):
    """`/users/{userId}`: one of them."""

    init_every_request = False

    def __init__(self, collection: Collection[T]) -> None:
        self._collection = collection
        self._resource = collection.resource

    def get(self, record_id: str) -> Response:
        """Read a record."""
        stored = self._seen().get(record_id)
        if is_known(stored.revision):
            return answers.empty(304, answers.validators(stored))
        return answers.record(stored)

    def patch(self, record_id: str) -> Response:
        """Change a record, by JSON Merge Patch."""
        patch = requests.json_object(requests.MERGE_PATCH, requests.JSON)
        access.keep_owned(self._resource, patch)
        key = self._resource.key
        stored = self._seen().change(
            record_id,
            lambda record: validation.merge(record, patch, fixed=key),
            if_match(),
        )
        return answers.record(stored)

    def delete(self, record_id: str) -> Response:
        """Remove a record."""
        self._seen().remove(record_id, if_match())
        return answers.empty(204)

    def _seen(self) -> Collection[T]:
        return self._collection.belonging_to(access.owner())


def register(app: Flask, collection: Collection[Any]) -> None:
    """Add the calls of a resource to `app`."""
    resource = collection.resource
    path, one = f"/{resource.name}", f"/{resource.name}/<record_id>"
    for rule, endpoint, view, calls in [
        (path, resource.name, CollectionView, COLLECTION_CALLS),
        (one, f"{resource.name}.record", RecordView, RECORD_CALLS),
    ]:
        methods = [method for call, method in calls.items() if call in resource.calls]
        if methods:
            app.add_url_rule(rule, view_func=view.as_view(endpoint, collection), methods=methods)
    for call in resource.own_calls:
        app.add_url_rule(
            f"{one}/{call.path}",
            f"{resource.name}.{call.function.__name__}",
            partial(_own_call, call, collection),
            methods=[call.method],
        )


def _own_call(call: Call, collection: Collection[Any], record_id: str) -> Response:
    """Make a call of a resource's own, on what the caller may see."""
    seen = collection.belonging_to(access.owner())
    read = [validation.create(call.body, requests.json_object(requests.JSON))] if call.body else []
    response: Response | None = call.function(seen, record_id, *read)
    if response is None:
        raise TypeError(f"`{call.function.__name__}` returns no response")
    return response
