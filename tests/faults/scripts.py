"""What the clients of a history call: at random, about two ids, two addresses and two keys."""

from random import Random

from tests.faults.model import FREE, KEY, UNIQUE, Answer, Call, Document, Record, State
from tests.support.service import Service
from tests.support.transports import Answer as Response

PATH = "/users"
Results = list[tuple[Call, Answer]]
Fields = dict[str, str | None]


class Script:
    """The calls of one history; the names in it are those of no other history."""

    def __init__(self, random: Random, name: str) -> None:
        self._random = random
        self.ids = [f"a{name}", f"b{name}"]
        self.addresses = [f"x{name}@example.com", f"y{name}@example.com"]
        self._keys = [f"k{name}", f"l{name}"]
        self._kept: dict[str, Document] = {}
        self._known: dict[str, str] = {}  # ETags, by ids
        self._names = 0

    def start(self) -> State:
        """Return how it begins: with nothing, or with a record that something else has stored."""
        if self._random.random() < 0.7:
            return State()
        document = _frozen({KEY: self.ids[0], FREE: "Old"})
        return State().written(self.ids[0], Record(document, '"0"'))

    def following(self) -> Call:
        """Return the next call of a client."""
        kinds = ["create", "read", "change", "remove", "find", "list"]
        [kind] = self._random.choices(kinds, weights=[5, 3, 5, 3, 2, 2])
        if kind == "find":
            return Call(kind, self._address())
        if kind == "create":
            return self._creation()
        record_id = self._random.choice(self.ids)
        is_sure = kind in {"change", "remove"} and self._random.random() < 0.4
        if_match = self._known.get(record_id, '"none"') if is_sure else ""
        return Call(kind, record_id, self._patch() if kind == "change" else (), if_match=if_match)

    def note(self, call: Call, answer: Answer) -> None:
        """Remember what a client has seen."""
        if answer.etag:
            self._known[call.subject] = answer.etag

    def last(self) -> list[Call]:
        """Return the calls that tell how it ended."""
        reads = [Call("read", each) for each in self.ids]
        return reads + [Call("find", each) for each in self.addresses]

    def _creation(self) -> Call:
        fields: Fields = {KEY: self._random.choice(self.ids), FREE: self._name()}
        if self._random.random() < 0.5:
            fields[UNIQUE] = self._address()
        document = _frozen(fields)
        if self._random.random() < 0.6:
            return Call("create", str(fields[KEY]), document)
        key = self._random.choice(self._keys)
        if self._random.random() < 0.9:  # else it is another document, with a key that was used
            document = self._kept.setdefault(key, document)
        return Call("create", str(dict(document)[KEY]), document, key)

    def _patch(self) -> Document:
        name, address = {FREE: self._name()}, {UNIQUE: self._address()}
        patches: list[Fields] = [{**name}, {**address}, {**name, **address}, {UNIQUE: None}]
        return _frozen(self._random.choice(patches))

    def _name(self) -> str:
        self._names += 1
        return f"n{self._names}"

    def _address(self) -> str:
        address = self._random.choice(self.addresses)
        return self._random.choice([address, address.capitalize()])


def made(service: Service, call: Call, ids: list[str]) -> Results:
    """Make a call; return what was answered to it, or to what it is taken for. Nothing is 503.

    Reading a list says something of each id: there was such a record meanwhile, or there was none.
    """
    if call.kind != "list":
        return [(call, _answer(call, _sent(service, call)))]
    target, found = f"{PATH}?limit=1", {}
    while target:
        response = service.call("GET", target)
        if response.status == 503:
            return []
        for document in map(_frozen, response.json["users"]):
            record_id = str(dict(document)[KEY])
            found[record_id] = (("twice", record_id),) if record_id in found else document
        target = response.headers.get("Link", "").partition(">")[0].removeprefix("<")
    return [(Call("see", each), Answer(200, found.get(each, ()))) for each in ids]


def _sent(service: Service, call: Call) -> Response:
    one = f"{PATH}/{call.subject}"
    headers = {"If_Match": call.if_match} if call.if_match else {}
    match call.kind:
        case "create":
            headers = {"Idempotency_Key": call.key} if call.key else {}
            return service.call("POST", PATH, dict(call.document), **headers)
        case "change":
            return service.call("PATCH", one, dict(call.document), **headers)
        case "remove":
            return service.call("DELETE", one, **headers)
        case "find":
            return service.call("GET", f"{PATH}?{UNIQUE}={call.subject}")
    return service.call("GET", one)


def _answer(call: Call, response: Response) -> Answer:
    if response.status >= 400:
        errors = response.json.get("errors", [])
        return Answer(response.status, blamed=" ".join(each["field"] for each in errors))
    if call.kind == "remove":
        return Answer(response.status)
    if call.kind == "find":
        found = [_frozen(each) for each in response.json["users"]]
        return Answer(response.status, sum(found, ()))
    replayed = "Idempotent-Replayed" in response.headers
    return Answer(response.status, _frozen(response.json), response.headers["ETag"], "", replayed)


def _frozen(fields: Fields) -> Document:
    return tuple(sorted(fields.items()))
