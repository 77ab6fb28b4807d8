"""The calls about the service itself."""

from local.tables import connection, environment
from tests.support.service import Service, ServiceTest, fresh_settings


class ServiceCallsTest(ServiceTest):
    """`GET /` and `GET /health`."""

    def test_index(self) -> None:
        """The root says what this is and where to go on."""
        answer = self.call("GET", "/")
        self.assertEqual((answer.status, answer.json["service"]), (200, "users-api"))
        for link in answer.json["links"].values():
            with self.subTest(link=link):
                path = link.removeprefix(answer.json["links"]["users"].removesuffix("/users"))
                self.assertEqual(self.call("GET", path).status, 200)

    def test_healthy(self) -> None:
        """While every table answers, the service is well."""
        answer = self.call("GET", "/health")
        self.assertEqual((answer.status, answer.json), (200, {"status": "ok"}))

    def test_not_healthy(self) -> None:
        """Without any of its tables, or without an answer, it is not."""
        missing = [{variable: "no-such-table"} for variable in environment("test")]
        self.assertGreaterEqual(len(missing), 3)
        for fault in [*missing, connection("http://127.0.0.1:9")]:
            with self.subTest(fault=fault), self.assertLogs("users_api", "ERROR"):
                answer = Service(fresh_settings(**fault)).call("GET", "/health")
                self.assert_refused(answer, 503)
                self.assertEqual(answer.headers["Retry-After"], "1")
