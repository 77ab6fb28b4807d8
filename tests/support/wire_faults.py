"""What can go wrong on the way to DynamoDB and back."""

import json
import time
from collections.abc import Iterator

from tests.support.wire import Fault, Request, message

CANCELLED = "TransactionCanceledException"


def closed(_: Request) -> Iterator[bytes]:
    """Close the connection without a word."""
    yield b""
    raise ConnectionAbortedError


def late(request: Request) -> Iterator[bytes]:
    """Close the connection likewise, and keep the request for later."""
    request.hold()
    yield b""
    raise ConnectionAbortedError


def hung(request: Request) -> Iterator[bytes]:
    """Say nothing for as long as the proxy lives."""
    yield b""
    request.ended.wait()
    raise ConnectionAbortedError


def cut_short(request: Request) -> Iterator[bytes]:
    """Give the answer but for its last byte."""
    yield request.answer[:-1]
    raise ConnectionAbortedError


def web_page(_: Request) -> Iterator[bytes]:
    """Give somebody else's page."""
    yield message(200, b"<html><title>Welcome</title></html>", "text/html")


def dripping(seconds: float) -> Fault:
    """Give the whole answer, its body byte by byte for so long."""

    def drip(request: Request) -> Iterator[bytes]:
        head, end, body = request.answer.partition(b"\r\n\r\n")
        yield head + end
        for byte in body:
            time.sleep(seconds / len(body))
            yield bytes([byte])

    return drip


def error(status: int, code: str, text: str = "", **details: object) -> Fault:
    """Give an error of DynamoDB."""
    said = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": text} | details
    return lambda _: iter([message(status, json.dumps(said).encode())])


def cancelled(*reasons: str) -> Fault:
    """Cancel a transaction for these reasons, one for each operation; any further has `None`."""

    def cancel(request: Request) -> Iterator[bytes]:
        operations = json.loads(request.body).get("TransactItems", reasons)
        codes = [*reasons, *["None"] * (len(operations) - len(reasons))]
        said = "Transaction cancelled, please refer cancellation reasons for specific reasons"
        details = [{"Code": code} for code in codes]
        fault = error(400, CANCELLED, f"{said} [{', '.join(codes)}]", CancellationReasons=details)
        yield from fault(request)

    return cancel


CONFLICT = error(400, "TransactionConflictException", "Transaction is ongoing for the item")

# Each a moment's trouble, which may befall any request. These leave open whether it was applied,
UNKNOWN_OUTCOMES: dict[str, Fault] = {
    "closed": closed,
    "hung": hung,
    "cut short": cut_short,
    "web page": web_page,
    "internal error": error(500, "InternalServerError"),
    "unavailable": error(503, "ServiceUnavailable"),
    "unknown": error(400, "SomethingNewException"),
    "in progress": error(400, "TransactionInProgressException"),
}
# and these say that it was not.
REFUSALS: dict[str, Fault] = {
    "throughput exceeded": error(400, "ProvisionedThroughputExceededException"),
    "throttled": error(400, "ThrottlingException"),
    "conflict": CONFLICT,
    "cancelled": cancelled("TransactionConflict"),
}
TROUBLES = UNKNOWN_OUTCOMES | REFUSALS

# Each a fault of ours, which does not pass by itself.
MISTAKES: dict[str, Fault] = {
    "access denied": error(
        400, "AccessDeniedException", "User: arn:aws:iam::1:x is not authorized"
    ),
    "missing table": error(400, "ResourceNotFoundException", "Requested resource not found"),
    "bad credentials": error(400, "UnrecognizedClientException"),
}
