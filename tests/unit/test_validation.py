"""Documents, queries and stored items become typed values, and typed values documents."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any, Literal
from unittest import TestCase

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET, Meta, Struct, ValidationError, field
from msgspec.structs import replace
from pydynox import DynamoDBClient

from tests.support.kinds import BAD, DEFAULTS, GOOD, LEAST, Address, Color, Country, Record
from tests.support.service import Service
from users_api.errors import InvalidFieldsError
from users_api.validation import create, document, is_valid, merge, parse, restore

LARGEST_BODY = 64 * 1024

ADDRESSES = st.fixed_dictionaries(
    {"city": st.text(min_size=1, max_size=40).filter(lambda text: text < "\u0958")},
    optional={
        "houseNumber": st.integers(-(2**53) + 1, 2**53 - 1),
        "country": st.fixed_dictionaries(
            {"code": st.sampled_from(["IT", "NO"])},
            optional={"since": st.dates().map(date.isoformat)},
        ),
        "notes": st.lists(st.sampled_from(["a", "bb", "é"]), max_size=3),
    },
)
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "nickname": st.text("aé\u0301\u0316\u0344\U0001f600", max_size=9),
    "labels": st.lists(st.sampled_from(["a", "b", "e\u0301"]), max_size=4),
    "points": st.lists(st.integers(0, 9), min_size=1, max_size=3),
    "role": st.sampled_from(["member", "admin"]),
    "level": st.sampled_from([1, 2.0, 3]),
    "color": st.sampled_from(["red", "blue"]),
    "born": st.dates().map(date.isoformat),
    "seen": st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)).map(  # noqa: DTZ001
        lambda time: f"{time.isoformat()}+05:30"
    ),
    "height": st.floats(-9e125, 9e125).filter(lambda number: not 0 < abs(number) < 1e-130),
    "share": st.floats(0.001, 0.999),
    "age": st.integers(0, 150) | st.sampled_from([1.0, 128.0]),
    "size": st.integers(-(2**53) + 1, 2**53 - 1),
    "active": st.booleans(),
    "address": ADDRESSES,
    "others": st.lists(ADDRESSES, max_size=2),
}
DOCUMENTS = st.fixed_dictionaries(
    {"recordId": st.just("a"), "title": st.text("abc", min_size=1, max_size=9)}, optional=VALUES
)
PATCHED_ADDRESS = st.fixed_dictionaries(
    {},
    optional={
        "city": st.sampled_from(["Rome", "Oslo"]),
        "houseNumber": st.none() | st.integers(0, 9),
        "country": st.none()
        | st.fixed_dictionaries(
            {}, optional={"code": st.just("SE"), "since": st.none() | st.just("1905-06-07")}
        ),
        "notes": st.none() | st.just(["c"]),
    },
)
PATCHES = st.fixed_dictionaries(
    {},
    optional={
        "title": st.just("new"),
        **{name: st.none() | values for name, values in VALUES.items()},
        "address": st.none() | PATCHED_ADDRESS,
    },
)


def complaints(error: InvalidFieldsError) -> dict[str, str]:
    """Return what is wrong, by field."""
    return {each.field: each.message for each in error.errors}


def merged(target: Any, patch: Any) -> Any:
    """Apply a patch: the pseudocode of RFC 7396, section 2, word by word."""
    if not isinstance(patch, dict):
        return patch
    if not isinstance(target, dict):
        target = {}
    target = dict(target)
    for name, value in patch.items():
        if value is None:
            if name in target:
                del target[name]
        else:
            target[name] = merged(target.get(name), value)
    return target


class FieldsTest(TestCase):
    """`create`, `merge` and `document`, for fields of every kind."""

    def test_takes_good_values(self) -> None:
        """A good value is answered as it is, or in the form that it is stored in."""
        for name, sent, answered in GOOD:
            with self.subTest(name, sent=str(sent)[:40]):
                created = create(Record, LEAST | {name: sent})
                self.assertEqual(document(created), LEAST | DEFAULTS | {name: answered})
                if name != "recordId":
                    patched = merge(create(Record, LEAST), {name: sent}, fixed="recordId")
                    self.assertEqual(patched, created)
                told = document(created)[name]
                self.assertIs(type(told), type(answered))
                self.assertEqual(str(told), str(answered))

    def test_names_bad_values(self) -> None:
        """A bad value is named by its path, in a sentence that never has the value."""
        for name, sent, said in BAD:
            with self.subTest(name, sent=str(sent)[:40]):
                with self.assertRaises(InvalidFieldsError) as raised:
                    create(Record, LEAST | {name: sent})
                self.assertEqual(complaints(raised.exception), said)

    def test_names_bad_patches(self) -> None:
        """What could not be created so cannot be patched so."""
        current = create(Record, LEAST)
        for name, sent, said in BAD:
            if sent is not None and name != "recordId":
                with self.subTest(name, sent=str(sent)[:40]):
                    with self.assertRaises(InvalidFieldsError) as raised:
                        merge(current, {name: sent}, fixed="recordId")
                    self.assertEqual(complaints(raised.exception), said)

    def test_order(self) -> None:
        """All bad fields are named at once: ours in their order, then the unknown in theirs."""
        bad = {"z": 1, "address": {"zip": 1}, "y": 1, "age": -1, "labels": [1]}
        with self.assertRaises(InvalidFieldsError) as raised:
            create(Record, bad)
        named = ["recordId", "title", "labels[0]", "age", "address.city", "address.zip", "z", "y"]
        self.assertEqual(list(complaints(raised.exception)), named)

    def test_sentences_are_not_of_python(self) -> None:
        """Whatever a type allows, what it must be is told in words."""
        cases: list[tuple[Any, str]] = [
            (Annotated[int, Meta(gt=3)], "must be a whole number greater than 3"),
            (
                Annotated[int, Meta(ge=1, lt=9)],
                "must be a whole number of at least 1 and less than 9",
            ),
            (Annotated[float, Meta(le=9.5)], "must be a number of at most 9.5"),
            (Annotated[float, Meta(gt=0, le=50)], "must be a number greater than 0 and at most 50"),
            (Annotated[str, Meta(max_length=1)], "must be a string of at most 1 character"),
            (
                Literal[tuple("x" * n for n in range(1, 90))],
                "must be one of the values of this field",
            ),
            (Annotated[list[str], Meta(description="a few labels")], "must be a few labels"),
            (Annotated[Country, Meta(description="where it is")], "must be an object"),
        ]  # fmt: skip
        for kind, said in cases:
            with self.subTest(kind=str(kind)[:60]):
                made = type("Made", (Struct,), {"__annotations__": {"it": kind}})
                with self.assertRaises(InvalidFieldsError) as raised:
                    create(made, {"it": True})
                self.assertEqual(complaints(raised.exception), {"it": said})

    def test_no_such_field(self) -> None:
        """A type that JSON or DynamoDB has no room for is refused when the field is first met."""
        for kind in [
            int | str,
            dict[str, int],
            bytes,
            Annotated[float, Meta(multiple_of=0.01)],
        ]:
            with self.subTest(kind=kind), self.assertRaises(TypeError):
                create(type("Made", (Struct,), {"__annotations__": {"it": kind}}), {})

    def test_an_object_in_itself(self) -> None:
        """A field may hold its own kind."""
        told = {"name": "a", "inner": [{"name": "b", "inner": []}]}
        self.assertEqual(document(create(Tree, told)), told)
        with self.assertRaises(InvalidFieldsError) as raised:
            create(Tree, {"name": "a", "inner": [{"name": "b", "inner": [{}]}]})
        self.assertEqual(complaints(raised.exception), {"inner[0].inner[0].name": "is required"})


class Tree(Struct, frozen=True):
    """A thing that holds things of its kind."""

    name: str
    inner: list["Tree"] = []


class MergeTest(TestCase):
    """`merge`."""

    @given(DOCUMENTS, PATCHES)
    def test_is_rfc_7396(self, given_document: dict[str, Any], patch: dict[str, Any]) -> None:
        """A patched record is the one that the patched document would have created."""
        try:
            expected: object = create(Record, merged(given_document, patch))
        except InvalidFieldsError as error:
            expected = complaints(error)
        try:
            found: object = merge(create(Record, given_document), patch, fixed="recordId")
        except InvalidFieldsError as error:
            found = complaints(error)
        self.assertEqual(found, expected)

    def test_null(self) -> None:
        """Null removes a field, or gives it its default; a required one cannot be removed."""
        full = create(
            Record,
            LEAST | {"nickname": "n", "labels": ["a"], "role": "admin", "active": False}
            | {"address": {"city": "Rome", "houseNumber": 1, "notes": ["a"]}},
        )  # fmt: skip
        nothing = dict.fromkeys(["nickname", "labels", "role", "active"])
        patched = merge(full, nothing | {"address": {"notes": None, "houseNumber": None}}, fixed="")
        self.assertEqual(patched, create(Record, LEAST | {"address": {"city": "Rome"}}))
        with self.assertRaises(InvalidFieldsError) as raised:
            merge(full, {"title": None, "address": {"city": None}, "score": None}, fixed="")
        said = {"title": "is required", "address.city": "is required", "score": "cannot be set"}
        self.assertEqual(complaints(raised.exception), said)

    def test_fixed(self) -> None:
        """What is fixed cannot be patched, to whatever value."""
        for value in ["a", None, 1]:
            with self.subTest(value=value), self.assertRaises(InvalidFieldsError) as raised:
                merge(create(Record, LEAST), {"recordId": value}, fixed="recordId")
            self.assertEqual(complaints(raised.exception), {"recordId": "cannot be changed"})

    def test_deeper_than_the_model(self) -> None:
        """A patch that goes on where the model ends is an error there, however deep it goes."""
        deep: dict[str, Any] = {}
        for _ in range(100_000):
            deep = {"city": deep}
        patches: list[tuple[dict[str, object], str]] = [
            ({"title": deep}, "title"),
            ({"address": deep}, "address.city"),
            ({"labels": deep}, "labels"),
            ({"others": [deep]}, "others[0].city"),
            ({"address": {"houseNumber": deep, "city": "a"}}, "address.houseNumber"),
            ({"zzz": deep}, "zzz"),
        ]
        for patch, named in patches:
            with self.subTest(named), self.assertRaises(InvalidFieldsError) as raised:
                merge(create(Record, LEAST), patch, fixed="recordId")
            self.assertEqual(next(iter(complaints(raised.exception))), named)

    def test_what_is_not_sent_is_not_checked(self) -> None:
        """A record that breaks younger rules can be changed in others, and mended in these."""
        old = restore(Record, {"recordId": "OLD", "age": 999, "address": {"houseNumber": 1}})
        patched = merge(old, {"nickname": "n", "address": {"notes": ["a"]}}, fixed="recordId")
        told = document(patched)
        self.assertEqual((told["recordId"], told["age"], told["nickname"]), ("OLD", 999, "n"))
        self.assertEqual(told["address"], {"houseNumber": 1, "notes": ["a"]})
        self.assertNotIn("title", told)
        mended = merge(patched, {"title": "t", "age": 9, "address": {"city": "Rome"}}, fixed="")
        self.assertEqual(document(mended)["title"], "t")
        self.assertEqual(document(mended)["address"]["city"], "Rome")


class RestoreTest(TestCase):
    """`restore`, and `document` as it is stored."""

    client: DynamoDBClient
    table: str

    @classmethod
    def setUpClass(cls) -> None:
        service = Service()
        cls.client, cls.table = service.table(), service.settings.table("users")

    def stored(self, record: Struct) -> dict[str, Any]:
        """Return what DynamoDB makes of a record."""
        key = {"userId": "a"}
        self.client.sync_put_item(self.table, key | document(record))
        item = self.client.sync_get_item(self.table, key, consistent_read=True)
        self.assertIsNotNone(item)
        return dict(item or {})

    def test_reads_what_was_stored(self) -> None:
        """Each good value comes back from DynamoDB as it was, its type included."""
        for name, sent, _ in GOOD:
            with self.subTest(name, sent=str(sent)[:40]):
                record = create(Record, LEAST | {name: sent})
                restored = restore(Record, self.stored(record))
                self.assertEqual(restored, record)
                self.assertEqual(repr(restored), repr(record))

    @settings(max_examples=50)
    @given(DOCUMENTS)
    def test_reads_whatever_was_stored(self, given_document: dict[str, Any]) -> None:
        """So does every document that is good as a whole."""
        record = create(Record, given_document)
        restored = restore(Record, self.stored(record))
        self.assertEqual(restored, record)
        self.assertEqual(repr(restored), repr(record))
        self.assertEqual(document(restored), document(record))
        sendable = {name: value for name, value in document(record).items() if name != "score"}
        self.assertEqual(create(Record, sendable), record)

    def test_reads_what_is_older(self) -> None:
        """What was stored under other rules is answered as it is; what is missing is left out."""
        address = {"houseNumber": 1, "country": {"since": "1946"}}
        old: dict[str, object] = {
            "recordId": "NOT A KEY",
            "nickname": "n" * 99,
            "role": "owner",
            "level": 7,
            "color": "green",
            "born": "tomorrow",
            "seen": "at noon",
            "height": 1e126,
            "share": 5,
            "age": 1.5,
            "size": 2**60,
            "points": [-1],
            "labels": ["a"] * 200,
            "address": address,
            "others": [{}],
        }
        restored = restore(Record, old | {"version": 3})
        self.assertIs(restored.title, UNSET)
        told = old | {"active": True, "score": 0}
        told |= {"address": address | {"notes": []}, "others": [{"notes": []}]}
        self.assertEqual(document(restored), told)

    def test_gives_defaults(self) -> None:
        """A record from before a field was there has its default, and null is as nothing."""
        nothing: dict[str, object] = dict.fromkeys(["nickname", "labels", "role", "address"])
        cases: list[dict[str, object]] = [{**LEAST}, nothing | LEAST]
        for stored in cases:
            with self.subTest(stored=stored):
                self.assertEqual(restore(Record, stored), create(Record, LEAST))
        self.assertIs(restore(Numbered, {}).number, UNSET)  # not one that is new at each reading

    def test_refuses_other_types(self) -> None:
        """A value of another JSON type than the field's cannot be read."""
        cases: list[tuple[str, list[object]]] = [
            ("title", [1, True, ["t"], {}]),
            ("labels", ["a", {"a": 1}, {"a", "b"}, [1]]),
            ("role", [1, True, []]),
            ("level", ["1", True]),
            ("color", [1]),
            ("born", [20240229, {}]),
            ("seen", [1764000000]),
            ("height", ["1", True, []]),
            ("age", ["1", False, {}]),
            ("active", [1, "true"]),
            ("address", ["Rome", [], 1]),
            ("others", [{}, "x", ["x"]]),
        ]
        for name, values in cases:
            for value in values:
                with self.subTest(name, value=value), self.assertRaises(ValidationError):
                    restore(Record, LEAST | {name: value})


class Numbered(Struct, frozen=True):
    """A thing whose number is made when none is given."""

    number: int = field(default_factory=lambda: 7)


class DocumentTest(TestCase):
    """`document`."""

    def test_times(self) -> None:
        """A time that the server sets is answered in UTC, whatever its zone."""
        seen = datetime(2026, 11, 24, 10, tzinfo=timezone(timedelta(hours=2)))
        record = replace(create(Record, LEAST), seen=seen, born=date(1815, 12, 10), color=Color.RED)
        told = document(record)
        self.assertEqual(told["seen"], "2026-11-24T08:00:00Z")
        self.assertEqual((told["born"], told["color"]), ("1815-12-10", "red"))
        self.assertEqual(create(Record, LEAST | {"seen": told["seen"]}).seen, seen)
        self.assertIs(create(Record, LEAST | {"seen": told["seen"]}).seen.tzinfo, UTC)  # type: ignore[union-attr]

    def test_is_json(self) -> None:
        """It holds nothing but what JSON has, at every depth, and nothing without a value."""
        address = Address("Rome", country=Country("IT"))
        told = document(replace(create(Record, LEAST), address=address, others=[address]))
        self.assertEqual(json.loads(json.dumps(told)), told)
        self.assertEqual(told["address"], {"city": "Rome", "country": {"code": "IT"}, "notes": []})
        self.assertEqual(told["others"], [told["address"]])


class Asked(Struct, frozen=True):
    """A query with a parameter of every kind that a text can be."""

    text: str | None = None
    whole: Annotated[int, Meta(ge=-5, le=100)] = 25
    decimal: float | None = None
    flag: bool | None = None
    day: date | None = None
    role: Literal["member", "admin"] | None = None


class ParseTest(TestCase):
    """`parse`."""

    def test_reads_texts(self) -> None:
        """A text is what it looks like, where its field is of that kind."""
        for texts, asked in [
            ({}, Asked()),
            ({"text": "5"}, Asked(text="5")),
            ({"whole": "-5"}, Asked(whole=-5)),
            ({"decimal": "-1.50"}, Asked(decimal=-1.5)),
            ({"decimal": "1"}, Asked(decimal=1.0)),
            ({"flag": "true"}, Asked(flag=True)),
            ({"flag": "false"}, Asked(flag=False)),
            ({"day": "2026-11-24"}, Asked(day=date(2026, 11, 24))),
            ({"role": "admin"}, Asked(role="admin")),
        ]:
            with self.subTest(texts=texts):
                self.assertEqual(parse(Asked, texts), asked)

    def test_names_bad_texts(self) -> None:
        """What cannot be read is named, and so is what is unknown."""
        for name, texts in {
            "whole": ["", "1.0", "1e1", "+1", "01", " 1", "101", "9" * 60_000, "\u0661", "None"],
            "decimal": ["", "1e400", "nan", "inf", "1_0", ".5", "1.", "9" * 60_000],
            "flag": ["1", "True", "", "yes"],
            "day": ["tomorrow"],
            "role": ["owner"],
            "other": ["x"],
        }.items():
            for text in texts:
                with self.subTest(name, text=text[:10]):
                    with self.assertRaises(InvalidFieldsError) as raised:
                        parse(Asked, {name: text})
                    self.assertEqual(list(complaints(raised.exception)), [name])


class IsValidTest(TestCase):
    """`is_valid`."""

    def test_tells(self) -> None:
        """It tells whether a field may have a value, by its name in JSON."""
        self.assertTrue(is_valid(Record, "recordId", "a1"))
        for value in ["", "A", "a\n", "a" * 9, 1, None]:
            with self.subTest(value=value):
                self.assertFalse(is_valid(Record, "recordId", value))


class BoundsTest(TestCase):
    """Work is bounded before it is done."""

    def test_errors(self) -> None:
        """However much is wrong, at most 100 fields are named, and each name is cut."""
        many: list[dict[str, object]] = [
            {"n" * 9_000 + str(n): 1 for n in range(7)},
            {str(n): 1 for n in range(9_000)},
            {"address": {str(n): 1 for n in range(9_000)}},
            {"others": [{str(n): 1 for n in range(90)} for _ in range(100)]},
        ]
        for bad in many:
            with self.subTest(str(bad)[:40]), self.assertRaises(InvalidFieldsError) as raised:
                create(Record, bad)
            errors = raised.exception.errors
            self.assertLessEqual(len(errors), 100)
            self.assertLessEqual(max(len(each.field) for each in errors), 128)

    def test_bad_items(self) -> None:
        """Of a list within its limit, no more items are looked at than can be named."""
        items = [{"city": "a", "notes": [1] * 50} for _ in range(100)]
        seen: list[object] = []

        class Watched(dict[str, object]):
            def __contains__(self, name: object) -> bool:
                seen.append(name)
                return super().__contains__(name)

        with self.assertRaises(InvalidFieldsError) as raised:
            create(Record, LEAST | {"others": [Watched(item) for item in items]})
        self.assertEqual(len(raised.exception.errors), 100)
        self.assertEqual(seen.count("notes"), 2)

    def test_items(self) -> None:
        """The items of a list that is too long are not looked at."""
        with self.assertRaises(InvalidFieldsError) as raised:
            create(Record, LEAST | {"labels": [1] * 101})
        self.assertEqual(list(complaints(raised.exception)), ["labels"])
