"""The calls of a history, made to the service: the model's words in those of a resource."""

from collections.abc import Mapping
from typing import Any

from tests.faults.model import FREE, KEY, UNIQUE, Answer, Call, Document, Record, document
from tests.support.resources import Kind
from tests.support.service import Service
from tests.support.transports import Answer as Response

UNAVAILABLE = 503

Results = list[tuple[Call, Answer]]


class Caller:
    """Makes the calls about a resource; `others` are its required fields, which no call changes."""

    def __init__(self, kind: Kind, others: Mapping[str, Any]) -> None:
        self._path = f"/{kind.name}"
        self._name = kind.name
        self._fields = {KEY: kind.key, FREE: kind.field, UNIQUE: kind.unique}
        self._words = {field: word for word, field in self._fields.items()}
        self._others = {name: others[name] for name in others if name not in self._words}

    def made(self, service: Service, call: Call) -> Results:
        """Make a call; return what was answered."""
        return [(call, self._answer(call, self._response(service, call)))]

    def read_all(self, service: Service, ids: list[str]) -> Results:
        """Read the whole list; return what it says of these ids, nothing if it cannot be read.

        Each was there at some moment meanwhile, or was not: that is all that a list promises.
        """
        target, found = f"{self._path}?limit=1", dict[str, Document]()
        while target:
            response = service.call("GET", target)
            if response.status == UNAVAILABLE:
                return []
            for each in response.json[self._name]:
                record_id, seen = each[self._fields[KEY]], self._seen(each)
                found[record_id] = found.get(record_id, ()) + seen  # which is wrong if it is twice
            target = response.headers.get("Link", "").partition(">")[0].removeprefix("<")
        return [(Call("see", each), Answer(200, found.get(each, ()))) for each in ids]

    def item(self, record: Record) -> dict[str, Any]:
        """Return a record as something else would store it."""
        return self._others | self._sent(record.document)

    def _response(self, service: Service, call: Call) -> Response:
        one = f"{self._path}/{call.subject}"
        headers = {"If_Match": call.if_match} if call.if_match else {}
        match call.kind:
            case "create":
                headers = {"Idempotency_Key": call.key} if call.key else {}
                new = self._others | self._sent(call.document)
                return service.call("POST", self._path, new, **headers)
            case "change":
                return service.call("PATCH", one, self._sent(call.document), **headers)
            case "remove":
                return service.call("DELETE", one, **headers)
            case "find":
                target = f"{self._path}?{self._fields[UNIQUE]}={call.subject}"
                return service.call("GET", target)
        return service.call("GET", one)

    def _answer(self, call: Call, response: Response) -> Answer:
        if response.status >= 400:
            fields = [each["field"] for each in response.json.get("errors", [])]
            return Answer(response.status, blamed=" ".join(map(self._word, fields)))
        if call.kind == "remove":
            return Answer(response.status)
        if call.kind == "find":
            found = [self._seen(each) for each in response.json[self._name]]
            return Answer(response.status, sum(found, ()))
        replayed = "Idempotent-Replayed" in response.headers
        seen, etag = self._seen(response.json), response.headers["ETag"]
        return Answer(response.status, seen, etag, replayed=replayed)

    def _sent(self, fields: Document) -> dict[str, Any]:
        return {self._fields[word]: value for word, value in fields}

    def _seen(self, fields: Mapping[str, Any]) -> Document:
        words = {self._word(name): value for name, value in fields.items() if value is not None}
        return document({word: words[word] for word in words if word in self._fields})

    def _word(self, field: str) -> str:
        return self._words.get(field, field)
