"""What each call costs at DynamoDB, counted on the wire."""

from tests.support.service import Service, ServiceTest, engine, fresh_settings
from tests.support.wire import tapped

GET, PUT, DELETE, SCAN, TRANSACT = "GetItem", "PutItem", "DeleteItem", "Scan", "TransactWriteItems"
EMAIL = {"email": "ada@example.com"}


class CostTest(ServiceTest):
    """Requests per call, in the order in which they are made."""

    def test_costs(self) -> None:
        """No call asks for more than it needs; only a conflict, a replay or a retry costs more."""
        wire = self.enterContext(tapped(engine()))
        service = Service(fresh_settings(AWS_ENDPOINT_URL_DYNAMODB=wire.url))
        for method, target, document, headers, cost in [
            ("POST", "/users", {"userId": "a", "name": "a"}, {}, [PUT]),
            ("POST", "/users", {"userId": "a", "name": "a"}, {}, [PUT]),
            ("POST", "/users", {"userId": "b", "name": "b"} | EMAIL, {}, [TRANSACT]),
            ("POST", "/users", {"userId": "c", "name": "c"}, {"Idempotency_Key": "c"}, [TRANSACT]),
            (
                "POST",
                "/users",
                {"userId": "c", "name": "c"},
                {"Idempotency_Key": "c"},
                [TRANSACT, GET],
            ),
            ("POST", "/users", {"name": ""}, {}, []),
            ("GET", "/users/a", None, {}, [GET]),
            ("GET", "/users/nobody", None, {}, [GET]),
            ("GET", "/users/a%20b", None, {}, []),
            ("PATCH", "/users/a", {"name": "b"}, {}, [GET, PUT]),
            ("PATCH", "/users/a", {"name": "b"}, {}, [GET]),
            ("PATCH", "/users/b", {"name": "c"}, {}, [GET, PUT]),
            ("PATCH", "/users/b", {"email": "b@example.com"}, {}, [GET, TRANSACT]),
            ("PATCH", "/users/a", {"name": "c"}, {"If_Match": '"stale"'}, [GET]),
            ("PATCH", "/users/a b", {"name": "c"}, {}, []),
            ("GET", "/users?limit=100", None, {}, [SCAN]),
            ("GET", "/users?limit=1", None, {}, [SCAN]),
            ("GET", "/users?email=b@example.com", None, {}, [GET, GET]),
            ("GET", "/users?email=c@example.com", None, {}, [GET]),
            ("DELETE", "/users/a", None, {}, [GET, DELETE]),
            ("DELETE", "/users/a", None, {}, [GET]),
            ("DELETE", "/users/b", None, {}, [GET, TRANSACT]),
            ("GET", "/health", None, {}, [GET]),
            ("GET", "/", None, {}, []),
        ]:
            with self.subTest(method=method, target=target, headers=headers):
                wire.calls.clear()
                service.call(method, target, document, **headers)
                self.assertEqual(wire.calls, cost)

    def test_a_hundred_users(self) -> None:
        """A page of a hundred users is one request."""
        wire = self.enterContext(tapped(engine()))
        service = Service(fresh_settings(AWS_ENDPOINT_URL_DYNAMODB=wire.url))
        for number in range(101):
            service.call("POST", "/users", {"name": str(number)})
        wire.calls.clear()
        answer = service.call("GET", "/users?limit=100")
        self.assertEqual((len(answer.json["users"]), wire.calls), (100, [SCAN]))
