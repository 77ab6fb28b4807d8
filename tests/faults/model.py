"""What `docs/api.md` promises, as a model: one call after the other, nothing ever fails."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Document = tuple[tuple[str, Any], ...]  # the fields and their values, in the order of their names

KEY, FREE, UNIQUE = "id", "value", "unique"  # an id, a field like any other, one without doubles


class Call(NamedTuple):
    """A call: `see` is what a list says of one record, `find` is a look-up."""

    kind: str  # create, read, change, remove, find or see
    subject: Any  # the id, or the value that is looked up
    document: Document = ()
    key: str = ""  # of idempotency
    if_match: str = ""


class Answer(NamedTuple):
    """What it was answered; of a failure, the field that is to blame."""

    status: int
    document: Document = ()
    etag: str = ""
    blamed: str = ""
    replayed: bool = False


class Record(NamedTuple):
    """A record, as it is."""

    document: Document
    etag: str


class State(NamedTuple):
    """All that there is."""

    records: frozenset[tuple[str, Record]] = frozenset()  # by their ids
    kept: frozenset[tuple[str, tuple[Document, str]]] = frozenset()  # by their keys
    etags: frozenset[str] = frozenset()  # that were given out: no revision comes twice

    def written(self, record_id: str, record: Record, key: str = "") -> "State":
        """Return the state in which this is the record, which has just been written."""
        records = frozenset({**dict(self.records), record_id: record}.items())
        kept = self.kept | ({(key, (record.document, record.etag))} if key else set())
        return State(records, kept, self.etags | {record.etag})

    def without(self, record_id: str) -> "State":
        """Return the state in which there is no such record."""
        left = frozenset(each for each in self.records if each[0] != record_id)
        return self._replace(records=left)


def document(fields: Mapping[str, Any]) -> Document:
    """Return fields as the model has them."""
    return tuple(sorted(fields.items()))


def answered(state: State, call: Call, etag: str) -> tuple[Answer, State]:
    """Return the right answer and the state after it; `etag` is what a write will be known by."""
    records = dict(state.records)
    found = records.get(call.subject)
    if call.kind == "create":
        return _created(state, call, records, etag)
    if call.kind == "find":
        return Answer(200, _owned(records, call.subject)), state
    if call.kind == "see":
        return Answer(200, found.document if found else ()), state
    return _about(state, call, found, etag) if found else (Answer(404), state)


def _about(state: State, call: Call, found: Record, etag: str) -> tuple[Answer, State]:
    if call.kind == "read":
        return Answer(200, *found), state
    if call.if_match not in {"", found.etag}:
        return Answer(412), state
    if call.kind == "remove":
        return Answer(204), state.without(call.subject)
    return _changed(state, call, found, etag)


def _created(
    state: State, call: Call, records: Mapping[str, Record], etag: str
) -> tuple[Answer, State]:
    first = dict(state.kept).get(call.key)
    if first and first[0] != call.document:
        return Answer(422), state
    if first:
        return Answer(201, *first, replayed=True), state
    if call.subject in records:
        return Answer(409, blamed=KEY), state
    if _is_taken(records, call.document, call.subject):
        return Answer(409, blamed=UNIQUE), state
    record = Record(call.document, etag)
    return Answer(201, *record), state.written(call.subject, record, call.key)


def _changed(state: State, call: Call, found: Record, etag: str) -> tuple[Answer, State]:
    fields = {**dict(found.document), **dict(call.document)}
    changed = document({name: fields[name] for name in fields if fields[name] is not None})
    if changed == found.document:
        return Answer(200, *found), state
    if _is_taken(dict(state.records), changed, call.subject):
        return Answer(409, blamed=UNIQUE), state
    record = Record(changed, etag)
    return Answer(200, *record), state.written(call.subject, record)


def _owned(records: Mapping[str, Record], value: object) -> Document:
    """Return the record that has this unique value, whatever its case."""
    for record in records.values():
        if str(dict(record.document).get(UNIQUE, "")).lower() == str(value).lower():
            return record.document
    return ()


def _is_taken(records: Mapping[str, Record], new: Document, record_id: str) -> bool:
    """Tell whether somebody else has the unique value of this record."""
    value = dict(new).get(UNIQUE)
    owner = () if value is None else _owned(records, value)
    return dict(owner).get(KEY) not in {None, record_id}
