"""A resource: what is special about it. Everything else follows from this description."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Generic, TypeVar
from uuid import uuid4

from msgspec import Meta, Struct
from msgspec.structs import fields

from users_api import validation
from users_api.errors import FieldError, InvalidFieldsError

T = TypeVar("T", bound=Struct)

LONGEST_ID = 128
UNRESERVED = r"^(?!\.\.?$)[A-Za-z0-9._~-]+$"  # in a path as it is (RFC 3986, section 2.3)
ID = f"1 to {LONGEST_ID} characters of A-Z a-z 0-9 . _ ~ - (and not . or .. alone)"

Id = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST_ID,
        pattern=UNRESERVED,
        description=ID,
        examples=["someId"],
    ),
]

CALLS = ("create", "list", "read", "change", "remove")
NAMES = ("create", "get", "update", "delete", "record")  # in the contract, and of the routes

KEPT = ("version", "createdAt", "updatedAt", "creationId", "writeId", "previousWriteId")
"""What is stored beside the fields of a record."""

WORDS = re.compile("(?<=[a-z0-9])(?=[A-Z])")  # where a word ends and another one begins


def new_id() -> str:
    """Return an id that no record has."""
    return str(uuid4())


class Call(Struct, frozen=True, kw_only=True):
    """A call of a resource's own: `POST /users/{userId}/deactivate`, say.

    `function` takes the collection, the id and, if there is one, the `body`; it returns a response
    of Flask's. Its name is that of the call, and its docstring describes it in the contract.
    `needs` is "read" or "write".
    """

    method: str
    path: str  # below that of the record: "deactivate"
    function: Callable[..., Any]
    needs: str
    body: type[Struct] | None = None


class Resource(Struct, Generic[T], frozen=True, kw_only=True):
    """A resource, called `name` in paths, tables and scopes: its records are of type `model`."""

    name: str
    model: type[T]
    key: str
    """The field that identifies a record, such as `userId`."""

    unique: Mapping[str, Callable[[Any], str]] = MappingProxyType({})
    """The fields whose values no two records share, each with the form that is compared."""

    references: Mapping[str, "Resource[Any]"] = MappingProxyType({})
    """The fields that hold the id of another resource's record, which must exist."""

    owner: str | None = None
    """The field that names the caller to whom a record belongs; without it, there are no owners."""

    rule: Callable[[T, T | None], T] | None = None
    """Called with each new or changed record, and with the one before, just before it is stored.

    Returns the record to store, with the fields that the server sets. Raises InvalidFieldsError,
    or ConflictError for what the record before does not allow.
    """

    calls: tuple[str, ...] = CALLS
    """Which of the usual calls there are."""

    own_calls: tuple[Call, ...] = ()
    """Which others there are."""

    def __post_init__(self) -> None:
        """Raise ValueError for a field or a call that there is not, or that cannot be called so.

        Raises TypeError for a field that cannot be as its type says.
        """
        known = validation.labels(self.model)
        owner = () if self.owner is None else (self.owner,)
        self._require("field", (self.key, *self.unique, *self.references, *owner), known)
        self._require("call", self.calls, CALLS)
        self._refuse("have a field", known, KEPT, "is stored beside the fields")
        self._refuse("look up", self.unique, [self.key], "identifies a record anyway")
        others = [name for name in self.unique if not validation.is_scalar(self.model, name)]
        self._refuse("look up", self.unique, others, "is no text, whole number, date or choice")
        names = [*NAMES, *(call.function.__name__ for call in self.own_calls)]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"`{self.name}` has a call named `{name}` already")

    def _refuse(self, what: str, named: Iterable[str], taken: Sequence[str], why: str) -> None:
        for name in named:
            if name in taken:
                raise ValueError(f"`{self.name}` cannot {what} `{name}`, which {why}")

    def _require(self, what: str, named: Iterable[str], known: Sequence[str]) -> None:
        for name in named:
            if name not in known:
                there_are = f"its {what}s are {', '.join(known)}"
                raise ValueError(f"`{self.name}` has no {what} `{name}`; {there_are}")

    @property
    def noun(self) -> str:
        """The word for one record: `user`, or `book copy`."""
        return WORDS.sub(" ", self.model.__name__).lower()

    @property
    def nouns(self) -> str:
        """The word for several: `users`, or `book copies`."""
        return self.name.replace("-", " ")

    @property
    def not_found(self) -> str:
        """The sentence that there is no such record."""
        return f'Could not find {self.noun} with provided "{self.key}"'

    @property
    def has_changed(self) -> str:
        """The sentence that a record is no longer as the client knows it."""
        return f"The {self.noun} has changed since"

    def new(self, document: Mapping[str, object]) -> T:
        """Return a new record made from a JSON object.

        Raises InvalidFieldsError as `validation.create`, and for an id that no path can have.
        """
        record = validation.create(self.model, document)
        if not self.is_id(self.id_of(record)):
            raise InvalidFieldsError(FieldError(self.key, f"must be {ID}"))
        return record

    def id_of(self, record: T) -> str:
        """Return the id of a record."""
        return str(getattr(record, _attributes(self.model)[self.key]))

    def is_id(self, text: str) -> bool:
        """Tell whether a record could have this id."""
        if len(text) > LONGEST_ID or not re.fullmatch(UNRESERVED, text):
            return False
        return validation.is_valid(self.model, self.key, text)

    def can_belong_to(self, subject: str) -> bool:
        """Tell whether a record could name this caller as its owner."""
        return self.owner is not None and validation.is_valid(self.model, self.owner, subject)

    def type_of(self, field: str) -> Any:  # noqa: ANN401 - a type annotation
        """Return the type of a field, given by its name in JSON."""
        return next(each.type for each in fields(self.model) if each.encode_name == field)


@cache
def _attributes(model: type[Struct]) -> Mapping[str, str]:
    """Return the names of a model's fields in Python, by those in JSON."""
    return {field.encode_name: field.name for field in fields(model)}
