"""A kind of record with a field of every kind, for tests."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct


class Color(Enum):
    """An enumeration."""

    RED = "red"
    BLUE = "blue"


class Country(Struct, frozen=True):
    """An object inside an object inside a record."""

    code: Annotated[str, Meta(min_length=2, max_length=2)]
    since: date | None = None


class Address(Struct, frozen=True, rename="camel"):
    """An object inside a record."""

    city: Annotated[str, Meta(min_length=1, max_length=40)]
    house_number: int | None = None
    country: Country | None = None
    notes: list[Annotated[str, Meta(max_length=5)]] = []


class Record(Struct, frozen=True, kw_only=True, rename="camel"):
    """A record with a field of every kind."""

    record_id: Annotated[str, Meta(min_length=1, max_length=8, pattern="^[a-z0-9]+$")]
    title: Annotated[str, Meta(description="1 to 9 characters", min_length=1, max_length=9)]
    nickname: Annotated[str, Meta(max_length=64)] | None = None
    labels: list[str] = []
    points: Annotated[list[Annotated[int, Meta(ge=0)]], Meta(min_length=1, max_length=3)] | None = (
        None
    )
    role: Literal["member", "admin"] = "member"
    level: Literal[1, 2, 3] | None = None
    color: Color | None = None
    born: date | None = None
    seen: datetime | None = None
    height: float | None = None
    share: Annotated[float, Meta(gt=0, lt=1)] | None = None
    age: Annotated[int, Meta(ge=0, le=150)] | None = None
    size: int | None = None
    dozens: Annotated[int, Meta(multiple_of=12)] | None = None
    active: bool = True
    address: Address | None = None
    others: list[Address] = []
    score: Annotated[int, Meta(extra_json_schema={"readOnly": True})] = 0


LEAST = {"recordId": "a", "title": "t"}
DEFAULTS = {"labels": [], "role": "member", "active": True, "others": [], "score": 0}

GOOD: list[tuple[str, object, object]] = [  # field, what is sent, what is answered
    ("title", "Zoe\u0308", "Zo\u00eb"),
    ("title", "e\u0301" * 9, "\u00e9" * 9),
    ("nickname", "", ""),
    ("nickname", "\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680"),
    ("nickname", "a\nb", "a\nb"),
    ("labels", ["a", "e\u0301"], ["a", "\u00e9"]),
    ("labels", ["x" * 1024] * 100, ["x" * 1024] * 100),
    ("points", [0, 1.0, 2], [0, 1, 2]),
    ("role", "admin", "admin"),
    ("level", 2, 2),
    ("level", 2.0, 2),
    ("color", "blue", "blue"),
    ("born", "2024-02-29", "2024-02-29"),
    ("seen", "2026-11-24T10:38:02Z", "2026-11-24T10:38:02Z"),
    ("seen", "2026-11-24t10:38:02.5+05:30", "2026-11-24T05:08:02.500000Z"),
    ("seen", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ("height", 1, 1.0),
    ("height", 1.5, 1.5),
    ("height", -0.0, 0.0),
    ("height", 0.1 + 0.2, 0.1 + 0.2),
    ("height", 1e-130, 1e-130),
    ("height", 9.99e125, 9.99e125),
    ("height", -123456789.123456789, -123456789.123456789),
    ("share", 0.5, 0.5),
    ("age", 128.0, 128),
    ("age", 0, 0),
    ("age", -0.0, 0),
    ("size", 2**53 - 1, 2**53 - 1),
    ("size", 1 - 2**53, 1 - 2**53),
    ("dozens", 24, 24),
    ("active", False, False),
    ("address", {"city": "Rome"}, {"city": "Rome", "notes": []}),
    (
        "address",
        {"city": "Rome", "houseNumber": 1.0, "country": {"code": "IT", "since": "1946-06-02"}},
        {
            "city": "Rome",
            "houseNumber": 1,
            "country": {"code": "IT", "since": "1946-06-02"},
            "notes": [],
        },
    ),
    ("others", [{"city": "Oslo", "notes": ["a"]}], [{"city": "Oslo", "notes": ["a"]}]),
]

KEY = "must be a string of 1 to 8 characters in the required format"
TEXT = "must be a string of at most 64 characters"
LABELS = "must be a list of at most 100 items"
LABEL = "must be a string of at most 1024 characters"
POINT = "must be a whole number of at least 0"
DATE = "must be a date such as 2026-11-24"
TIME = "must be a date and time with time zone such as 2026-11-24T10:38:02Z"
CITY = "must be a string of 1 to 40 characters"
OBJECT = "must be an object"
UNKNOWN = "is not a known field"

BAD_DATES = ["2023-02-29", "20240229", "2024-02-29T00:00:00Z", "", 20240229, "1" * 60_000]
BAD_TIMES = [
    "2026-11-24T10:38:02",
    "2026-11-24 10:38:02Z",
    "2026-11-24T10:38:02+0200",
    "2026-11-24",
    "2026-11-24T25:00:00Z",
    "0001-01-01T00:00:00+05:00",
    "9999-12-31T23:59:59-05:00",
    "2026-11-24T10:38:02." + "1" * 60_000 + "Z",
    1764000000,
]
BAD_NUMBERS = [True, "1", 1e300, -1e126, 1e-131, float("inf"), float("nan"), 10**400, None]
BAD_ADDRESS = {
    "houseNumber": "1",
    "country": {"code": "ITA", "x": 1},
    "zip": 1,
    "notes": ["", "long text"],
}

REFUSED: list[tuple[str, list[Any], str]] = [  # field, what is sent, what is said
    ("recordId", ["", "A", "a\n", "\u212a", "a" * 9, 1, None], KEY),
    ("title", ["", "x" * 10, 1, [], {}], "must be 1 to 9 characters"),
    ("nickname", ["x" * 65, 1, 1.5, True, ["x"], {"x": 1}, None], TEXT),
    ("nickname", ["\u0344" * 33, "\u0301" * 257], TEXT),
    ("labels", ["x", 1, {}, ["x"] * 101, None], LABELS),
    ("points", [[], [1] * 4, 1], "must be a list of 1 to 3 items"),
    ("role", ["Admin", "", 1, ["admin"], {}, None, "x" * 9999], "must be one of: admin, member"),
    ("level", [0, "1", True, 1.5, None], "must be one of: 1, 2, 3"),
    ("color", ["RED", 1, ["red"]], "must be one of: red, blue"),
    ("born", BAD_DATES, DATE),
    ("seen", BAD_TIMES, TIME),
    ("height", BAD_NUMBERS, "must be a number"),
    ("share", [0, 1, -0.5, False], "must be a number greater than 0 and less than 1"),
    ("age", [-1, 151, 1.5, True, "1", 1e300], "must be a whole number from 0 to 150"),
    ("size", [2**53, -(2**53), 1e16, "1", False], "must be a whole number"),
    ("dozens", [13], "must be a whole number that is a multiple of 12"),
    ("active", [0, 1, "true", None], "must be true or false"),
    ("address", ["x", 1, [], [{}], None], OBJECT),
    ("score", [1], "cannot be set"),
    ("rank", [1], UNKNOWN),
]

NESTED: list[tuple[str, Any, dict[str, str]]] = [  # field, what is sent, what is said of which path
    ("labels", ["a", 1, "b", None], {"labels[1]": LABEL, "labels[3]": LABEL}),
    ("labels", ["x" * 1025], {"labels[0]": LABEL}),
    ("points", [-1, True, 1.5], {"points[0]": POINT, "points[1]": POINT, "points[2]": POINT}),
    ("others", [{"city": "a"}, {"city": ""}, 1], {"others[1].city": CITY, "others[2]": OBJECT}),
    (
        "address",
        BAD_ADDRESS,
        {
            "address.city": "is required",
            "address.houseNumber": "must be a whole number",
            "address.country.code": "must be a string of exactly 2 characters",
            "address.country.x": UNKNOWN,
            "address.notes[1]": "must be a string of at most 5 characters",
            "address.zip": UNKNOWN,
        },
    ),
]

BAD = [(name, bad, {name: said}) for name, values, said in REFUSED for bad in values] + NESTED
