"""What the log says when the store fails: the type, the operation and the attempt, and no more."""

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import NamedTuple

from msgspec.structs import replace

from tests.support.service import Service, ServiceTest, engine
from tests.support.transports import Answer
from tests.support.wire import Fault, Plan, tapped
from tests.support.wire_faults import (
    CANCELLED,
    MISTAKES,
    REFUSALS,
    UNKNOWN_OUTCOMES,
    cancelled,
    error,
)

SECRET = "SECRET"  # is in all that is sent, stored or said by DynamoDB
OPERATIONS = ["GetItem", "PutItem", "DeleteItem", "Scan", "TransactWriteItems"]
AT_ONCE = 24
LINE = re.compile(
    r"ERROR:users_api\.http\.log:Request (?P<id>[0-9a-f-]{36}): (?P<status>50[03]): "
    r"[A-Z]\w+( \w+)*(, [A-Z]\w+)* in [A-Za-z]+, attempt \d+"
    r"(, [A-Z]\w+ in [A-Za-z]+, attempt \d+)*"
)


def talkative(code: str, status: int = 400) -> Fault:
    """Give an error of DynamoDB whose text repeats what it must not."""
    return error(status, code, f"User: arn:aws:iam::{SECRET} may not touch users-table {SECRET}")


FAULTS: dict[str, Fault] = {
    **UNKNOWN_OUTCOMES,
    **REFUSALS,
    **MISTAKES,
    "denied": talkative("AccessDeniedException"),
    "not found": talkative("ResourceNotFoundException"),
    "not valid": talkative("ValidationException"),
    "throttled with a text": talkative("ThrottlingException"),
    "internal": talkative("InternalServerError", 500),
    "new": talkative(f"{SECRET}Exception"),
    "cancelled without reasons": talkative(CANCELLED),
    "refused": cancelled("ConditionalCheckFailed"),
    "cancelled for good": cancelled("ValidationError"),
    "cancelled for several reasons": cancelled("ConditionalCheckFailed", "ValidationError"),
    "cancelled for reasons unknown": cancelled(f"{SECRET}Error"),
}


class Call(NamedTuple):
    """A call that asks something of the store."""

    method: str
    target: str
    document: object = None


class SilenceTest(ServiceTest):
    """Each call against each fault, which does not pass."""

    def calls(self, number: int) -> list[Call]:
        """Return calls of every kind, about a user of their own."""
        user_id = f"{SECRET}-{number}"
        email = {"email": f"{SECRET}-{number}@example.com"}
        self.call("POST", "/users", {"userId": user_id, "name": SECRET} | email)
        self.call("POST", "/users", {"userId": f"{user_id}-plain", "name": SECRET})
        return [
            Call("GET", "/health"),
            Call("GET", "/users"),
            Call("GET", f"/users?email={email['email']}"),
            Call("GET", f"/users/{user_id}"),
            Call("POST", "/users", {"name": SECRET}),
            Call("POST", "/users", {"name": SECRET, "email": f"new-{email['email']}"}),
            Call("PATCH", f"/users/{user_id}-plain", {"name": f"{SECRET} 2"}),
            Call("PATCH", f"/users/{user_id}", {"email": f"newer-{email['email']}"}),
            Call("DELETE", f"/users/{user_id}-plain"),
            Call("DELETE", f"/users/{user_id}"),
        ]

    def answered(self, call: Call, fault: Fault, operation: str) -> Answer:
        with tapped(engine()) as wire:
            service = Service(replace(self.service.settings, endpoint_url=wire.url))
            wire.follow(Plan(fault, operation, lasting=True))
            return service.call(call.method, call.target, call.document)

    def test_one_line(self) -> None:
        """Each 503 and each 500 leaves one line, which has nothing of what was said or stored."""
        cases = [
            (call, fault, operation)
            for number, (name, fault) in enumerate(FAULTS.items())
            for call, operation in product(self.calls(number), OPERATIONS)
            if name != "refused" or operation == "TransactWriteItems"
        ]
        with self.assertLogs(level="DEBUG") as logs, ThreadPoolExecutor(AT_ONCE) as threads:
            answers = list(threads.map(self.answered, *zip(*cases, strict=True)))
        failed = [
            (answer.headers["X-Request-Id"], str(answer.status))
            for answer in answers
            if answer.status >= 500
        ]
        lines = [LINE.fullmatch(line) or self.fail(line) for line in logs.output]
        self.assertEqual(sorted((line["id"], line["status"]) for line in lines), sorted(failed))
        self.assertNotIn(SECRET, "".join(logs.output))
        sys.stdout.write(f"{len(cases)} calls with {len(FAULTS)} faults, {len(failed)} failures\n")
