"""The tests of `tests/http`, and most of `tests/tools`, on Amazon's DynamoDB Local."""

import os
from pathlib import Path
from pkgutil import resolve_name
from unittest import TestLoader, TestResult, TestSuite, expectedFailure

from tests.dynamodb_local.server import running_dynamodb_local
from tests.support.service import Service

TESTS = Path(__file__).parent.parent

NO_ITEM = "does not return the item on which a condition failed, as DynamoDB does since 2023"
NO_TOKEN = "takes a transaction that is sent again with its token for another one"
EXCEPTIONS = {  # tests that must fail on this build, and what it lacks
    "tests.http.test_lost_changes.ChangeTest.test_then_changed": NO_ITEM,
    "tests.http.test_lost_creations.CreationTest.test_then_removed_by_token": NO_TOKEN,
    "tests.http.test_store.WriteTest.test_contention_with_itself": f"{NO_ITEM}; {NO_TOKEN}",
    "tests.http.test_store.WriteTest.test_lost_answer": NO_ITEM,
}

TOOLS = [  # those that are not so many requests at once that this build keeps some waiting
    *(f"tests.tools.test_{name}" for name in ("import", "erase", "verify")),
    *(f"tests.tools.test_round_trip.RoundTripTest.test_{name}" for name in ("csv", "times")),
]


class OnDynamoDBLocal(TestSuite):
    """Tests that share one DynamoDB Local, which is ended after the last of them."""

    def run(self, result: TestResult, debug: bool = False) -> TestResult:  # noqa: FBT001, FBT002
        with running_dynamodb_local() as url:
            os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = url
            warm_up()
            return super().run(result, debug)


def warm_up() -> None:
    """Write a few users: the first writes may take Java longer than a request may take."""
    service = Service()
    for number in range(50):
        for email in [{}, {"email": f"{number}@example.com"}]:
            service.call("POST", "/users", {"name": "a"} | email)


def load_tests(_loader: TestLoader, _tests: TestSuite, _pattern: str | None) -> TestSuite:
    """Return the tests; an exception that passes, or does not exist any more, is a failure."""
    for test in EXCEPTIONS:
        expectedFailure(resolve_name(test))
    found = [TestLoader().discover(str(TESTS / "http"), top_level_dir=str(TESTS.parent))]
    if "TRANSPORT" not in os.environ:  # once: tools know no transport
        found.append(TestLoader().loadTestsFromNames(TOOLS))
    return OnDynamoDBLocal(found)
