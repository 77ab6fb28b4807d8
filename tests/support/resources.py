"""Tests of any resource: documents are made from its fields, so that a new one is tested, too.

`RESOURCE=groups` runs such tests for this resource only.
"""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import copy
from datetime import date, timedelta
from functools import cached_property
from itertools import count
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any
from unittest import TestResult
from urllib.parse import quote
from uuid import uuid4

from tests.support.service import Service, ServiceTest
from tests.support.transports import Answer
from users_api.app import RESOURCES
from users_api.openapi import examples, records
from users_api.resource import Resource
from users_api.validation import is_valid

DIGITS = re.compile("[0-9]+")
TIMES = ("date", "date-time")
DAYS = 10_000
NUMBERS = (0, 1, 2, 3, 50, 500)  # some of those of the tests
_AT_400 = (
    "\nThe example of this resource breaks its rule: give its fields others, with `examples=` "
    '(docs/extending.md, "A check across fields").'
)
MOST = ("create", "read", "change", "remove")  # what most tests need
EVERYTHING = (*MOST, "list", "be unique", "stand alone", "be numbered")
UNDER_TEST = [each for each in RESOURCES if os.environ.get("RESOURCE", each.name) == each.name]

Numbers = defaultdict[str, int]


def new_numbers() -> Numbers:
    """Return the numbers of names: the first name is 1, each new one has the next number."""
    return defaultdict(count(1).__next__)


class Kind:
    """What a resource's documents are made of: a field to change, and one that is unique."""

    def __init__(self, resource: Resource[Any], numbers: Numbers | None = None) -> None:
        self.resource = resource
        self._numbers = new_numbers() if numbers is None else numbers
        self.name = resource.name
        self.key = resource.key
        schema = records.new(resource.model)
        self._fields: dict[str, Any] = schema["properties"]
        required = {*schema.get("required", [])}
        self.is_called = self.key in required
        """Whether the client has to choose the id."""
        self._required = required - {self.key}
        self.unique = min(resource.unique, key=self._required.__contains__, default="")
        self.others = ExitStack()
        """Removes the records of other resources to which those of this one refer."""

    @cached_property
    def field(self) -> str:
        """The field that can be changed to most values, a date only if it is the only one."""
        fields = [each for each in self._fields if each != self.key]
        return max(fields, key=self._rank, default=self.key)

    @property
    def can(self) -> set[str]:
        """The calls that there are, and what else a test may need."""
        alone = not self._required & {*self.resource.unique, *self.resource.references}
        others = {
            "be unique": bool(self.unique),
            "give it up": self.unique not in {"", *self._required},
            "refer": bool(self.resource.references),
            "stand alone": alone,
            "be varied": self._variety(self.field) > 1,
            "be numbered": self._variety(self.field) == len(NUMBERS),
        }
        return {*self.resource.calls, *(name for name in others if others[name])}

    def value(self, field: str, number: int) -> Any:
        """Return a value of a field: another one for each number, as far as there are others."""
        schema = self._fields[field]
        example = examples.of(schema)
        if "enum" in schema or schema["type"] == "boolean":
            options = schema.get("enum", [False, True])
            return options[(options.index(example) + number) % len(options)]
        if schema.get("format") in TIMES:
            return _earlier(example, number)
        numbered = OTHERS.get(schema["type"])
        tries = numbered(example, number) if numbered and example is not None else []
        return next((each for each in tries if self._takes(field, each)), example)

    def identified(self, name: str) -> str:
        """Return an id by which a record is called in a test."""
        if self._takes(self.key, name):
            return name
        return str(self.value(self.key, self._numbers[name]))

    def target(self, field: str) -> "Kind":
        """Return the kind of record to which a field refers."""
        return Kind(self.resource.references[field], self._numbers)

    def required(self, service: Service) -> dict[str, Any]:
        """Return all that is required; what is unique is new, what it refers to exists."""
        filled = [each for each in self._fields if each in self._required]
        return {field: self._filled(field, service) for field in filled}

    def reference(self, field: str, service: Service) -> dict[str, Any]:
        """Return a reference to a record that exists."""
        return {field: self._filled(field, service)}

    def special(self, example: dict[str, Any], service: Service) -> dict[str, Any]:
        """Return an example with unique values that are new, and references that exist."""
        special = {*self.resource.unique, *self.resource.references}
        given = [each for each in example if each in special and example[each] is not None]
        return example | {field: self._filled(field, service) for field in given}

    def _filled(self, field: str, service: Service) -> Any:
        if field in self.resource.references:
            return self._other(self.target(field), service)
        return self.value(field, uuid4().int % 10**9 if field in self.resource.unique else 0)

    def _other(self, kind: "Kind", service: Service) -> str:
        """Store a record of another resource for as long as a test takes; return its id."""
        record_id = kind.identified(uuid4().hex)
        table, key = service.settings.table(kind.name), {kind.key: record_id}
        service.table().sync_put_item(table, key)
        self.others.callback(service.table().sync_delete_item, table, key)
        return record_id

    def _rank(self, field: str) -> tuple[bool, int]:
        is_time = self._fields[field].get("format") in TIMES
        variety = self._variety(field)
        return variety > 1 and not is_time, variety

    def _variety(self, field: str) -> int:
        """Return how many values a field has for some numbers; 0 if they cannot be just any."""
        if field in {self.key, *self.resource.unique, *self.resource.references}:
            return 0
        return len({repr(self.value(field, number)) for number in NUMBERS})

    def _takes(self, field: str, value: object) -> bool:
        return is_valid(self.resource.model, field, value)


def _wholes(example: int, number: int) -> list[int]:
    return [example + number, example - number]


def _decimals(example: float, number: int) -> list[float]:
    return [example + number, example - number, example / (number + 1)]


def _earlier(example: str, number: int) -> str:
    """Return a date, with the time of day if there is one, so many days before another."""
    day = date.fromisoformat(example[:10]) - timedelta(number % DAYS)
    return f"{day}{example[10:]}"


def _texts(example: str, number: int) -> list[str]:
    """Return texts like the example: with a number in them, turned, or with it for all digits."""
    counted = DIGITS.sub(lambda found: f"{number:0{len(found[0])}}"[-len(found[0]) :], example)
    longer = [f"{number}.{example}", f"{example}-{number}", f"{example}{number}"]
    return [*longer, _turned(example, number), counted]


def _turned(example: str, number: int) -> str:
    """Return the example as many steps on, on wheels: its digits turn first, then its letters."""
    turned = [*example]
    for wheel in (digits, ascii_uppercase, ascii_lowercase):
        for place in reversed(range(len(example))):
            if example[place] in wheel:
                number, steps = divmod(number, len(wheel))
                turned[place] = wheel[(wheel.index(example[place]) + steps) % len(wheel)]
    return "".join(turned)


OTHERS: dict[str, Callable[[Any, int], list[Any]]] = {
    "integer": _wholes,
    "number": _decimals,
    "string": _texts,
}


class ResourceTest(ServiceTest):
    """Tests that are run for every resource that has what they need."""

    needs: tuple[str, ...] = MOST
    kind: Kind
    numbers: Numbers

    def __init_subclass__(cls) -> None:
        cls.numbers = new_numbers()  # for all tests that share the tables of the class

    def run(self, result: TestResult | None = None) -> TestResult | None:
        for resource in UNDER_TEST:
            kind = Kind(resource, self.numbers)
            if {*self.needs} <= kind.can:
                each = copy(self)  # what failed is asked for its name later
                each.kind = kind
                with kind.others:
                    result = super(ResourceTest, each).run(result)
        return result

    def __str__(self) -> str:
        return f"{super().__str__()} [{self.kind.name}]"

    @property
    def path(self) -> str:
        """The path of the collection."""
        return f"/{self.kind.name}"

    def one(self, name: str) -> str:
        """Return the path of the record that a test calls so."""
        return f"{self.path}/{self.kind.identified(name)}"

    def new(self, name: str | None = None, /, **fields: Any) -> dict[str, Any]:
        """Return a document of a new record, called so if it is given a name."""
        if name is None and self.kind.is_called:
            name = uuid4().hex
        called = {} if name is None else {self.kind.key: self.kind.identified(name)}
        return called | self.kind.required(self.service) | fields

    def changed(self, number: int) -> dict[str, Any]:
        """Return a field with another value for each number."""
        return {self.kind.field: self.kind.value(self.kind.field, number)}

    def unique(self, number: int) -> dict[str, Any]:
        """Return the unique field, likewise."""
        return {self.kind.unique: self.kind.value(self.kind.unique, number)}

    def no_unique(self) -> dict[str, None]:
        """Return a patch that gives the unique value up."""
        return {self.kind.unique: None}

    def found(self, number: int) -> list[dict[str, Any]]:
        """Return the records with a unique value."""
        [(field, value)] = self.unique(number).items()
        answer = self.call("GET", f"{self.path}?{field}={quote(str(value))}")
        self.assertEqual(answer.status, 200)
        found: list[dict[str, Any]] = answer.json[self.kind.name]
        return found

    def create(self, name: str | None = None, /, **fields: Any) -> Answer:
        """Create a record."""
        answer = self.call("POST", self.path, self.new(name, **fields))
        hint = _AT_400 if answer.status == 400 else ""
        self.assertEqual(answer.status, 201, f"{answer.body!r}{hint}")
        return answer

    def records(self) -> Iterator[dict[str, Any]]:
        """Return what is stored of the resource."""
        table = self.service.settings.table(self.kind.name)
        yield from self.service.table().sync_scan(table, consistent_read=True)
