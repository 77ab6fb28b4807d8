"""Resources as people have them: the tests follow them, and stay right about users."""

import re
import tempfile
from pathlib import Path
from unittest import TestCase

from tests.documents.pages import commands
from tests.extending.copies import Copy

FILES = {
    "users_api/bookings/model.py": '''"""What a booking is: its fields and their rules."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from users_api.resource import Id, new_id

Code = Annotated[str, Meta(max_length=8, pattern="^[A-Z]{2}[0-9]{6}$", examples=["DE123456"])]


class Room(Struct, frozen=True, kw_only=True):
    """Where a guest sleeps."""

    floor: int
    name: str | None = None


class Booking(Struct, frozen=True, kw_only=True, rename="camel"):
    """A room for a guest."""

    booking_id: Id = field(default_factory=new_id)
    code: Code
    guest_id: Id
    starts_on: Annotated[date, Meta(examples=["2026-11-26"])]
    ends_on: Annotated[date, Meta(examples=["2026-11-28"])]
    state: Literal["asked", "agreed"] = "asked"
    discount: Annotated[float, Meta(gt=0, le=0.5)] | None = None
    arrived_at: datetime | None = None
    remarks: list[str] = []
    is_paid: Annotated[bool, Meta(extra_json_schema={"readOnly": True})] = False
    room: Room | None = None
''',
    "users_api/bookings/__init__.py": '''\
"""The resource `/bookings`: what is special about it."""

from users_api.bookings.model import Booking
from users_api.errors import FieldError, InvalidFieldsError
from users_api.resource import Resource
from users_api.users import USERS


def in_order(booking: Booking, _: Booking | None) -> Booking:
    """Refuse an end that is not after the start."""
    if booking.ends_on <= booking.starts_on:
        raise InvalidFieldsError(FieldError("endsOn", "must be after startsOn"))
    return booking


BOOKINGS = Resource(
    name="bookings",
    model=Booking,
    key="bookingId",
    unique={"code": str},
    references={"guestId": USERS},
    owner="guestId",
    rule=in_order,
)
''',
    "users_api/road_signs/model.py": '''"""What a sign is: its fields and their rules."""

from msgspec import Struct, field

from users_api.resource import Id, new_id


class Place(Struct, frozen=True, kw_only=True):
    """A place beside a road."""

    road: str
    distance: float


class RoadSign(Struct, frozen=True, kw_only=True, rename="camel"):
    """A sign beside a road."""

    sign_id: Id = field(default_factory=new_id)
    place: Place
''',
    "users_api/road_signs/__init__.py": '''"""The resource `/road-signs`."""

from users_api.resource import Resource
from users_api.road_signs.model import RoadSign

CALLS = ("create", "read", "change", "remove")
ROAD_SIGNS = Resource(name="road-signs", model=RoadSign, key="signId", calls=CALLS)
''',
    "users_api/manifests/model.py": '''"""What a manifest is: its fields and their rules."""

from typing import Annotated

from msgspec import Meta, Struct

from users_api.resource import Id

Number = Annotated[str, Meta(max_length=7, pattern="^[A-Z]{3}-[0-9]{3}$", examples=["ABC-123"])]
Seal = Annotated[str, Meta(max_length=7, pattern="^S-[0-9]{5}$", examples=["S-12345"])]


class Manifest(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a ship carries."""

    ship: Annotated[str, Meta(min_length=1, max_length=80)]
    carrier_id: Id
    manifest_id: Number
    seal: Seal | None = None
''',
    "users_api/manifests/__init__.py": '''\
"""The resource `/manifests`: what is special about it."""

from users_api.errors import FieldError, InvalidFieldsError
from users_api.manifests.model import Manifest
from users_api.resource import Resource


def distinct(manifest: Manifest, _: Manifest | None) -> Manifest:
    """Refuse a ship that is called like its manifest."""
    if manifest.ship == manifest.manifest_id:
        raise InvalidFieldsError(FieldError("ship", "must not be the number"))
    return manifest


MANIFESTS = Resource(
    name="manifests",
    model=Manifest,
    key="manifestId",
    unique={"seal": str},
    owner="carrierId",
    rule=distinct,
)
''',
    "users_api/tickets/model.py": '''"""What a ticket is: its fields and their rules."""

from typing import Annotated

from msgspec import Meta, Struct

Number = Annotated[str, Meta(max_length=6, pattern="^DE-[0-9]{3}$", examples=["DE-123"])]
Manifest = Annotated[str, Meta(max_length=7, pattern="^[A-Z]{3}-[0-9]{3}$", examples=["ABC-123"])]


class Ticket(Struct, frozen=True, kw_only=True, rename="camel"):
    """A seat on a ship."""

    manifest_id: Manifest
    ticket_id: Number
    seat: str
''',
    "users_api/tickets/__init__.py": '''"""The resource `/tickets`."""

from users_api.manifests import MANIFESTS
from users_api.resource import Resource
from users_api.tickets.model import Ticket

TICKETS = Resource(
    name="tickets",
    model=Ticket,
    key="ticketId",
    references={"manifestId": MANIFESTS},
    calls=("create", "read", "change", "list"),
)
''',
    "tests/http/test_bookings.py": '''"""Bookings: what only they have."""

from tests.support.service import ServiceTest


class RuleTest(ServiceTest):
    """The rule of bookings."""

    def test_order(self) -> None:
        """An end that is not after the start is refused."""
        booking = {"code": "DE654321", "guestId": "ada"}
        booking |= {"startsOn": "2026-11-26", "endsOn": "2026-11-26"}
        self.assert_refused(self.call("POST", "/bookings", booking), 400, "endsOn")
''',
    "tests/http/test_manifests.py": '''"""Manifests: what only they have."""

from tests.support.service import ServiceTest


class RuleTest(ServiceTest):
    """The rule of manifests."""

    def test_ship(self) -> None:
        """A ship that is called like its manifest is refused."""
        manifest = {"ship": "ABC-123", "carrierId": "ada", "manifestId": "ABC-123"}
        self.assert_refused(self.call("POST", "/manifests", manifest), 400, "ship")
''',
}
ADDRESS = '''class Address(Struct, frozen=True, kw_only=True):
    """Where somebody lives."""

    city: Annotated[str, Meta(max_length=64)]
    zip: Annotated[str, Meta(max_length=5, pattern="^[0-9]{5}$", examples=["12345"])]


'''
IMPORTS = "from datetime import date, datetime\nfrom typing import Annotated, Literal\n"
USER_FIELDS = """\
    licence: Annotated[str, Meta(max_length=12)] | None = None
    nickname: Annotated[str, Meta(max_length=64)] | None = None
    born: date | None = None
    seen: datetime | None = None
    age: Annotated[int, Meta(ge=0, le=150)] | None = None
    score: float | None = None
    active: bool | None = None
    role: Literal["reader", "editor"] | None = None
    labels: Annotated[list[Annotated[str, Meta(max_length=20)]], Meta(max_length=5)] | None = None
    address: Address | None = None
"""
SERVED = re.compile(r"^(RESOURCES: .* = )\([^)]*\)", re.MULTILINE)
LISTED = """ from users_api.config import Settings
+from users_api.bookings import BOOKINGS
+from users_api.manifests import MANIFESTS
+from users_api.road_signs import ROAD_SIGNS
+from users_api.tickets import TICKETS
-RESOURCES: tuple[Resource[Any], ...] = (USERS, GROUPS)
+RESOURCES: tuple[Resource[Any], ...] = (USERS, GROUPS, BOOKINGS, ROAD_SIGNS, TICKETS, MANIFESTS)
"""
CONDITION = """  - Effect: Allow
    Action:
      - dynamodb:ConditionCheckItem
    Resource: !GetAtt UsersTable.Arn
"""

FAILING = """
from unittest import TestResult
from tests.support.resources import ResourceTest
class Failing(ResourceTest):
    def runTest(self):
        self.fail()
result = TestResult()
Failing().run(result)
print(*(str(test).split()[-1] for test, _ in result.failures))
"""


TOOLS = ("test_import", "test_round_trip.RefusedTest", "test_at_once", "test_verify", "test_erase")
OF_USERS = {
    "the tools": [f"tests.tools.{each}" for each in (*TOOLS, "test_whose")],
    "make run": ["tests.run.test_access", "tests.run.test_run.RefusalTest.test_wrong_key"],
}


class EverydayTest(TestCase):
    """A copy of the project that serves five more resources; users have more fields.

    A booking has a required unique code, a guest who is a user and its owner, and a rule over its
    dates; of its other fields none is a text or a whole number. A road sign has nothing but a place
    that is an object, a name of two words, and no list. The client chooses the ids of manifests and
    tickets, which have forms of their own. A manifest has an owner and a rule; a ticket refers to a
    manifest, and cannot be removed. The new fields of users are optional, of every kind, and one is
    unique.
    """

    copy: Copy

    @classmethod
    def setUpClass(cls) -> None:
        cls.copy = Copy(Path(cls.enterClassContext(tempfile.TemporaryDirectory())) / "project")
        extend(cls.copy)

    def test_quick_tests(self) -> None:
        """`make test` passes, for each of them as for users, through WSGI and as Lambda events."""
        self.copy.run("make", "test")

    def test_users(self) -> None:
        """What only tests of users show, of the tools and of `make run`, they show here too."""
        for part, tests in OF_USERS.items():
            with self.subTest(part):
                self.copy.python("-m", "unittest", *tests)

    def test_names(self) -> None:
        """A test that fails says of which resource, afterwards too."""
        told = self.copy.python("-c", FAILING)
        self.assertEqual(
            told.split(), ["[users]", "[groups]", "[bookings]", "[road-signs]", "[manifests]"]
        )


def extend(copy: Copy) -> None:
    """Add the resources to a copy, whichever it serves beside users."""
    app = copy.folder / "users_api" / "app.py"
    app.write_text(SERVED.sub(r"\1(USERS,)", app.read_text("utf-8")), "utf-8")
    copy.follow("A resource")
    for name, code in FILES.items():
        copy.write(copy.folder / name, code)
    groups, signs = (
        each.text for each in commands("docs/extending.md") if each.text.startswith("sed ")
    )
    others = [named(groups, name) for name in ("booking", "manifest", "ticket")]
    for command in (*others, signs.replace("roadSignId", "signId")):
        copy.run("sh", "-ec", command)
    for name, target in [("bookings", "Users"), ("tickets", "Manifests")]:
        path = copy.folder / "infra" / f"{name}.yml"
        statements = f"statements:\n{CONDITION.replace('Users', target)}"
        path.write_text(path.read_text("utf-8").replace("statements:\n", statements), "utf-8")
    copy.patch(app, LISTED)
    model = copy.folder / "users_api" / "users" / "model.py"
    source = model.read_text("utf-8").replace("from typing import Annotated\n", IMPORTS)
    model.write_text(source.replace("class User(", f"{ADDRESS}class User(") + USER_FIELDS, "utf-8")
    users = model.with_name("__init__.py")
    email = '"email": str.lower'
    users.write_text(users.read_text("utf-8").replace(email, f'{email}, "licence": str'), "utf-8")


def named(command: str, name: str) -> str:
    """Return a command for groups, for another resource."""
    for case in (str.lower, str.title, str.upper):
        command = command.replace(case("group"), case(name))
    return command
