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

    def test_index_in_a_browser(self) -> None:
        """A browser gets a page with the same links, and a program JSON."""
        links = self.call("GET", "/").json["links"]
        for accept, media_type in {
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "text/html",
            "text/html": "text/html",
            "Text/HTML;level=1": "text/html",
            "text/html;q=0": "application/json",
            "application/json": "application/json",
            "application/json, text/html;q=0.9": "application/json",
            "*/*": "application/json",
            "text/plain": "application/json",
        }.items():
            with self.subTest(accept=accept):
                answer = self.call("GET", "/", Accept=accept)
                self.assertEqual(answer.headers["Content-Type"].partition(";")[0], media_type)
                self.assertIn("Accept", answer.headers["Vary"])
                for link in links.values():
                    self.assertIn(f'"{link}"', answer.body.decode())
        page = self.call("GET", "/", Accept="text/html")
        self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])

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
