"""What each call costs at DynamoDB, counted on the wire."""

from tests.support.resources import ResourceTest
from tests.support.service import Service, engine, fresh_settings
from tests.support.wire import Wire, tapped
from users_api.app import RESOURCES

SHARED_TABLES = 2
GET, PUT, DELETE, SCAN, TRANSACT = "GetItem", "PutItem", "DeleteItem", "Scan", "TransactWriteItems"


class CostTest(ResourceTest):
    """Requests of each call, in the order in which they are made."""

    needs = ("create", "read", "change", "remove", "stand alone", "be varied")
    wire: Wire

    @classmethod
    def setUpClass(cls) -> None:
        cls.wire = cls.enterClassContext(tapped(engine()))

    def setUp(self) -> None:
        self.service = Service(fresh_settings(AWS_ENDPOINT_URL_DYNAMODB=self.wire.url))

    def assert_cost(
        self, cost: list[str], method: str, target: str, document: object = None, **headers: str
    ) -> None:
        """Assert what a call asks of DynamoDB."""
        with self.subTest(method=method, target=target, document=document, headers=headers):
            self.wire.calls.clear()
            self.call(method, target, document, **headers)
            self.assertEqual(self.wire.calls, cost)

    def test_alone(self) -> None:
        """A record by itself is written by itself; only a conflict or a replay costs more."""
        new, one, key = self.new("a"), self.one("a"), {"Idempotency_Key": "c"}
        self.assert_cost([PUT], "POST", self.path, new | self.changed(1))
        self.assert_cost([PUT], "POST", self.path, new)
        self.assert_cost([TRANSACT], "POST", self.path, self.new("c"), **key)
        self.assert_cost([TRANSACT, GET], "POST", self.path, self.new("c"), **key)
        self.assert_cost([], "POST", self.path, {"x": 1})
        self.assert_cost([GET], "GET", one)
        self.assert_cost([GET], "GET", self.one("nobody"))
        self.assert_cost([], "GET", f"{self.path}/a%20b")
        self.assert_cost([GET, PUT], "PATCH", one, self.changed(2))
        self.assert_cost([GET], "PATCH", one, self.changed(2))
        self.assert_cost([GET], "PATCH", one, self.changed(3), If_Match='"stale"')
        self.assert_cost([], "PATCH", f"{self.path}/a%20b", self.changed(3))
        self.assert_cost([GET, DELETE], "DELETE", one)
        self.assert_cost([GET], "DELETE", one)

    def test_service(self) -> None:
        """Health is asked of every table once."""
        self.assert_cost([GET] * (SHARED_TABLES + len(RESOURCES)), "GET", "/health")
        self.assert_cost([], "GET", "/")

    def test_pages(self) -> None:
        """A page is one request, however long it is."""
        if "list" not in self.kind.can:
            self.skipTest("this resource has no list")
        for _ in range(101):
            self.create()
        self.wire.calls.clear()
        answer = self.call("GET", f"{self.path}?limit=100")
        self.assertEqual((len(answer.json[self.kind.name]), self.wire.calls), (100, [SCAN]))
        self.assert_cost([SCAN], "GET", f"{self.path}?limit=1")

    def test_unique(self) -> None:
        """A unique value makes a transaction of a write that takes it or gives it up."""
        if not {"list", "be unique"} <= self.kind.can:
            self.skipTest("this resource has no unique value to look up")
        one = self.one("b")
        self.assert_cost([TRANSACT], "POST", self.path, self.new("b", **self.unique(1)))
        self.assert_cost([GET, PUT], "PATCH", one, self.changed(1))
        self.assert_cost([GET, TRANSACT], "PATCH", one, self.unique(2))
        for number, cost in [(2, [GET, GET]), (1, [GET])]:
            [(field, value)] = self.unique(number).items()
            self.assert_cost(cost, "GET", f"{self.path}?{field}={value}")
        self.assert_cost([GET, TRANSACT], "DELETE", one)
