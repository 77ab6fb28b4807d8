"""Calls from web pages of other origins, as far as ORIGINS names them."""

from tests.support.callers import AccessTest, claims
from tests.support.service import Service
from tests.support.transports import Answer
from users_api.config import Settings, SettingsError

PAGE, OTHER = "https://app.example.com", "http://localhost:3000"
PREFLIGHT = {"Access-Control-Request-Method": "PATCH"}


class OriginsTest(AccessTest):
    """A service that asks for a token, with two origins."""

    @classmethod
    def made(cls, **settings: str) -> Service:
        return super().made(ORIGINS=f"{PAGE}, {OTHER}", **settings)

    def asked(self, method: str, target: str, origin: str, **others: str) -> Answer:
        """Send a request as a page of an origin does."""
        named = {name.replace("_", "-"): value for name, value in others.items()}
        return self.send_as(claims("ada"), method, target, headers={"Origin": origin, **named})

    def test_preflight(self) -> None:
        """A browser asks without a token what it may send; DynamoDB is not asked."""
        for origin in [PAGE, OTHER]:
            for target in ["/users", "/users/bob", "/health", "/nothing"]:
                with self.subTest(origin=origin, target=target):
                    headers = {"Origin": origin, **PREFLIGHT}
                    answer = self.send_as(None, "OPTIONS", target, headers=headers)
                    told = answer.headers
                    self.assertEqual((answer.status, answer.body), (204, b""))
                    self.assertEqual(told["Access-Control-Allow-Origin"], origin)
                    self.assertEqual(told["Vary"], "Origin")
                    methods = told["Access-Control-Allow-Methods"].split(", ")
                    self.assertEqual(methods, ["DELETE", "GET", "HEAD", "PATCH", "POST"])
                    self.assertIn("Authorization", told["Access-Control-Allow-Headers"].split(", "))
                    self.assertEqual(told["Access-Control-Max-Age"], "600")
                    self.assertNotIn("Access-Control-Allow-Credentials", told)
                    self.assertNotIn("Content-Type", told)
        self.assertEqual(self.wire.calls, [])

    def test_preflight_of_others(self) -> None:
        """A page of another origin is answered as anybody without a token is."""
        for origin in (
            *("https://evil.example", "null", "*", "", f"{PAGE}.evil.example", f"{PAGE}:8443"),
            *("http://app.example.com", PAGE.upper(), f"{PAGE}/", f"{PAGE}, {OTHER}", PAGE[:-1]),
        ):
            with self.subTest(origin=origin):
                headers = {"Origin": origin, **PREFLIGHT}
                answer = self.send_as(None, "OPTIONS", "/users", headers=headers)
                self.assert_refused_at_once(answer, 401, "Bearer")
                self.assertNotIn("Access-Control-Allow-Origin", answer.headers)
                self.assertEqual(answer.headers["Vary"], "Origin")

    def test_no_preflight(self) -> None:
        """OPTIONS that asks for no method is any other request; so is what only looks like one."""
        for headers in [{}, {"Origin": PAGE}, PREFLIGHT]:
            with self.subTest(headers=headers):
                answer = self.send_as(None, "OPTIONS", "/users", headers=headers)
                self.assert_refused_at_once(answer, 401, "Bearer")
        answer = self.send_as(None, "GET", "/users", headers={"Origin": PAGE, **PREFLIGHT})
        self.assert_refused_at_once(answer, 401, "Bearer")

    def test_answers(self) -> None:
        """A page of these origins can read every answer, failures too, and what is in headers."""
        for target, status in [("/users/ada", 200), ("/users/bob", 404), ("/users", 403)]:
            for origin in [PAGE, OTHER]:
                with self.subTest(target=target, origin=origin):
                    answer = self.asked("GET", target, origin)
                    self.assertEqual(answer.status, status)
                    self.assertEqual(answer.headers["Access-Control-Allow-Origin"], origin)
                    self.assertEqual(answer.headers["Vary"], "Origin")
                    readable = answer.headers["Access-Control-Expose-Headers"].split(", ")
                    self.assertLessEqual({"ETag", "Location", "WWW-Authenticate"}, {*readable})
        answer = self.send_as(None, "GET", "/users", headers={"Origin": PAGE})
        self.assertEqual(answer.status, 401)
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], PAGE)

    def test_answers_to_others(self) -> None:
        """Nobody else can; and no cache gives one origin what is meant for another."""
        for origin in ["https://evil.example", "null", "*", f"{PAGE}.evil.example"]:
            with self.subTest(origin=origin):
                answer = self.asked("GET", "/users/ada", origin)
                self.assertEqual(answer.status, 200)
                self.assertFalse([name for name, _ in answer.headers if "Access-C" in name])
                self.assertEqual(answer.headers["Vary"], "Origin")
        self.assertEqual(self.send_as(claims(), "GET", "/users/ada").headers["Vary"], "Origin")


class NoOriginsTest(AccessTest):
    """A service without origins, as it is unless some are set."""

    def test_nobody(self) -> None:
        """No page of another origin reads anything."""
        headers = {"Origin": PAGE, **PREFLIGHT}
        refused = self.send_as(None, "OPTIONS", "/users", headers=headers)
        self.assert_refused_at_once(refused, 401, "Bearer")
        for answer in [refused, self.send_as(claims(), "GET", "/users/ada", headers=headers)]:
            self.assertNotIn("Access-Control-Allow-Origin", answer.headers)
            self.assertNotIn("Vary", answer.headers)

    def test_settings(self) -> None:
        """An origin is written as a browser writes it; there is none for everybody."""
        for good in ["", PAGE, f"{PAGE},{OTHER}", f" {PAGE}  {OTHER} ", "http://[::1]:8080"]:
            with self.subTest(good):
                Settings.from_environment({"ORIGINS": good})
        for bad in (
            *("*", "null", "https://*", "https://*.example.com", f"{PAGE}/", "app.example.com"),
            *("https://App.example.com", "ftp://app.example.com", "https://", f"{PAGE};{OTHER}"),
        ):
            with self.subTest(bad), self.assertRaises(SettingsError):
                Settings.from_environment({"ORIGINS": bad})
