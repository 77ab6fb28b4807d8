"""Which changes of a contract break its clients."""

from copy import deepcopy
from typing import Any
from unittest import TestCase

from tests.support.compatibility import breakages
from users_api.app import RESOURCES
from users_api.openapi.document import contract

GONE = object()
TEXT = {"type": "string"}

POST, LIST = "paths /users post", "paths /users get"
GET, PATCH = "paths /users/{userId} get", "paths /users/{userId} patch"
NEW_USER, USER = "components schemas NewUser", "components schemas User"
LIMIT = "components parameters UsersLimit schema"


class CompatibilityTest(TestCase):
    """The contract of today, and changes of it."""

    contract: dict[str, Any]

    @classmethod
    def setUpClass(cls) -> None:
        cls.contract = contract(RESOURCES)

    def changed(self, path: str, value: object) -> dict[str, Any]:
        """Return the contract with one place of it changed, or gone."""
        contract = deepcopy(self.contract)
        *steps, last = path.split()
        place = contract
        for step in steps:
            place = place[step]
        if value is GONE:
            del place[last]
        else:
            place[last] = value
        return contract

    def assert_told(self, prefix: str, *cases: tuple[str, object, str]) -> None:
        """Assert that of each change one sentence is told that starts with the prefix."""
        for path, value, sentence in cases:
            with self.subTest(path=path, value=value):
                told = breakages(self.contract, self.changed(path, value))
                self.assertIn(prefix + sentence, told)

    def test_calls(self) -> None:
        """A call that is gone breaks those who use it."""
        self.assert_told(
            "", (POST, GONE, "POST /users is gone"), ("paths /health", GONE, "GET /health is gone")
        )

    def test_parameters(self) -> None:
        """So does a parameter that is gone, required or narrower."""
        self.assert_told(
            "GET /users: query parameter limit",
            (f"{LIST} parameters", [], " is gone"),
            ("components parameters UsersLimit required", True, " has become required"),
            (f"{LIMIT} maximum", 50, ": maximum is smaller"),
            (f"{LIMIT} minimum", 2, ": minimum is greater"),
            (f"{LIMIT} enum", [25, 50], ": enum has fewer values"),
            (f"{LIMIT} const", 25, ": const is another"),
        )

    def test_bodies(self) -> None:
        """So does a body of which less is accepted."""
        self.assert_told(
            "POST /users: body: application/json",
            (f"{POST} requestBody content", {}, " is gone"),
            (f"{NEW_USER} required", ["name", "email"], ": field email has become required"),
            (f"{NEW_USER} properties email", GONE, ": field email is gone"),
            (f"{NEW_USER} properties name maxLength", 9, ": field name: maxLength is smaller"),
            (f"{NEW_USER} properties name minLength", 9, ": field name: minLength is greater"),
            (f"{NEW_USER} properties name pattern", "^a", ": field name: pattern is another"),
            (f"{NEW_USER} properties name type", "object", ": field name: type is another"),
        )
        self.assert_told(
            "PATCH /users/{userId}: body: application/json",
            (f"{PATCH} requestBody content application/json", GONE, " is gone"),
            (
                "components schemas UserPatch properties email",
                TEXT,
                ": field email: alternative 1 is gone or narrower",
            ),
        )

    def test_answers(self) -> None:
        """So does an answer in which something is missing."""
        self.assert_told(
            "GET /users/{userId}: answer ",
            (f"{GET} responses 304", GONE, "304 is gone"),
            (f"{GET} responses 200 headers ETag", GONE, "200: header ETag is gone"),
            (
                "components headers Retry-After required",
                False,
                "503: header Retry-After is no longer always there",
            ),
            (
                "components responses UserNotFound content application/problem+json",
                GONE,
                "404: application/problem+json is gone",
            ),
            (f"{USER} properties email", GONE, "200: application/json: field email is gone"),
            (
                f"{USER} required",
                ["userId"],
                "200: application/json: field name is no longer always there",
            ),
            (
                f"{USER} properties name type",
                [],
                "200: application/json: field name: type is another",
            ),
        )
        self.assert_told(
            "GET /users: answer 200: application/json: ",
            (f"{USER} properties email", GONE, "field users: items: field email is gone"),
        )

    def test_taken_back(self) -> None:
        """An extension that a release had cannot be taken back."""
        for path, value, sentence in [
            (f"{POST} requestBody required", False, " has become required"),
            (
                f"{NEW_USER} additionalProperties",
                True,
                ": application/json: other fields are no longer accepted",
            ),
        ]:
            with self.subTest(path=path):
                told = breakages(self.changed(path, value), self.contract)
                self.assertEqual(told, [f"POST /users: body{sentence}"])

    def test_extensions(self) -> None:
        """Whatever only adds to the contract breaks nobody."""
        sort = {"name": "sort", "in": "query", "schema": TEXT}
        for path, value in [
            ("info description", "Other words."),
            ("paths /things", {"get": {"responses": {}}}),
            (f"{LIST} parameters", [*self.contract["paths"]["/users"]["get"]["parameters"], sort]),
            (f"{LIMIT} maximum", 200),
            ("components parameters UsersCursor schema pattern", GONE),
            (f"{NEW_USER} properties phone", TEXT),
            (f"{NEW_USER} properties name maxLength", GONE),
            (f"{USER} properties phone", TEXT),
            (f"{USER} required", ["userId", "name", "email"]),
            (f"{GET} responses 410", {"description": "It is gone."}),
            ("components headers Link required", True),
        ]:
            with self.subTest(path=path):
                self.assertEqual(breakages(self.contract, self.changed(path, value)), [])
        self.assertEqual(breakages(self.contract, self.contract), [])
