"""What the clients of a history call: at random, with two ids, two unique values and two keys."""

from random import Random

from tests.faults.model import FREE, KEY, UNIQUE, Answer, Call, Document, Record, State, document
from tests.support.resources import Kind

WEIGHTS = {"create": 5, "read": 3, "change": 5, "remove": 3, "find": 2, "list": 2}


class Script:
    """The calls of one history; the ids and values in it are those of no other history."""

    def __init__(self, kind: Kind, random: Random, seed: int) -> None:
        self._kind, self._random = kind, random
        self.ids = [kind.identified(f"{each}{seed}") for each in "ab"]
        self._values = [kind.value(kind.unique, 2 * seed + each) for each in (1, 2)]
        self._keys = [f"{each}{seed}" for each in "kl"]
        self._kept: dict[str, Document] = {}
        self._etags: dict[str, str] = {}
        self._number = 0

    def start(self) -> State:
        """Return how it begins: with nothing, or with a record that something else has stored."""
        if self._random.random() < 0.7:
            return State()
        stored = document({KEY: self.ids[0], FREE: self._another()})
        return State().written(self.ids[0], Record(stored, '"0"'))

    def following(self) -> Call:
        """Return the next call of a client."""
        [kind] = self._random.choices([*WEIGHTS], [*WEIGHTS.values()])
        if kind == "find":
            return Call(kind, self._value())
        if kind == "create":
            return self._creation()
        record_id = self._random.choice(self.ids)
        is_sure = kind in {"change", "remove"} and self._random.random() < 0.4
        if_match = self._etags.get(record_id, '"none"') if is_sure else ""
        return Call(kind, record_id, self._patch() if kind == "change" else (), if_match=if_match)

    def note(self, call: Call, answer: Answer) -> None:
        """Remember what a client was told."""
        if answer.etag:
            self._etags[call.subject] = answer.etag

    def last(self) -> list[Call]:
        """Return the calls that tell how it ended."""
        reads = [Call("read", each) for each in self.ids]
        return reads + [Call("find", each) for each in self._values]

    def _creation(self) -> Call:
        fields = {KEY: self._random.choice(self.ids), FREE: self._another()}
        if self._random.random() < 0.5:
            fields[UNIQUE] = self._value()
        new = document(fields)
        if self._random.random() < 0.6:
            return Call("create", fields[KEY], new)
        key = self._random.choice(self._keys)
        if self._random.random() < 0.9:  # else it is another document, with a key that was used
            new = self._kept.setdefault(key, new)
        return Call("create", dict(new)[KEY], new, key)

    def _patch(self) -> Document:
        free, unique = {FREE: self._another()}, {UNIQUE: self._value()}
        return document(self._random.choice([free, unique, free | unique, {UNIQUE: None}]))

    def _another(self) -> object:
        """Return a value of the field that is like any other."""
        self._number += 1
        return self._kind.value(self._kind.field, self._number)

    def _value(self) -> object:
        """Return a unique value, in one of the forms that count as the same."""
        form = self._kind.resource.unique[self._kind.unique]
        value = self._random.choice(self._values)
        other = value.upper() if isinstance(value, str) else value
        return self._random.choice([value, other]) if form(other) == form(value) else value
