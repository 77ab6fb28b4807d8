"""The DynamoDB client with its limits, and what its failures mean.

TroubleError              an attempt that may be made again
├── ContentionError       another transaction was in the way
├── ThrottledError        DynamoDB takes no more requests for the moment
└── UnknownOutcomeError   no answer that can be read: what was sent may be applied, now or later
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from pydynox import DynamoDBClient
from pydynox.exceptions import (
    AccessDeniedException,
    ConditionalCheckFailedException,
    CredentialsException,
    IdempotentParameterMismatchException,
    ProvisionedThroughputExceededException,
    PydynoxException,
    ResourceNotFoundException,
    SerializationException,
    TransactionCanceledException,
    ValidationException,
)

from users_api.config import Settings
from users_api.errors import InternalError

CONNECT_TIMEOUT = 1.0  # seconds
READ_TIMEOUT = 1.0  # seconds
OFFLINE_ENDPOINT = "http://localhost:8000"  # where `osls dynamodb start` listens

REFUSED = "ConditionalCheckFailed"
CONTENDED = "TransactionConflict"
THROTTLED = ("ThrottlingError", "ProvisionedThroughputExceeded")
PERMANENT = ("AccessDenied", "ItemCollectionSizeLimitExceeded", "ValidationError")

# DynamoDB answers these again and again until we change something.
OUR_FAULT = (
    AccessDeniedException,
    CredentialsException,
    IdempotentParameterMismatchException,
    ResourceNotFoundException,
    SerializationException,
    ValidationException,
)


class TroubleError(Exception):
    """An attempt failed in a way that may pass; the message has the type of the failure."""


class ContentionError(TroubleError):
    """Another transaction was in the way; nothing was applied."""


class ThrottledError(TroubleError):
    """DynamoDB takes no more requests for the moment; nothing was applied."""


class UnknownOutcomeError(TroubleError):
    """There was no answer that can be read: what was sent may be applied, now or later."""


class ConditionsNotMetError(Exception):
    """A transaction was cancelled because conditions did not hold: True for each that did not."""

    def __init__(self, *refused: bool) -> None:
        super().__init__()
        self.refused = refused


def connect(settings: Settings, read_timeout: float = READ_TIMEOUT) -> DynamoDBClient:
    """Return a client for the DynamoDB that the settings name. It connects when first used.

    It makes one attempt at each request: only who knows what a request means can tell whether it
    may be sent again. For an answer it waits as many seconds as `read_timeout` says.
    """
    logging.getLogger("pydynox").setLevel(logging.ERROR)  # it tells of every request, and slow ones
    credentials = "offline" if settings.offline else None
    return DynamoDBClient(
        region=settings.region,
        endpoint_url=settings.endpoint_url or (OFFLINE_ENDPOINT if settings.offline else None),
        access_key=credentials,
        secret_key=credentials,
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=read_timeout,
        max_retries=1,  # counts attempts
    )


@contextmanager
def understood(attempt: str) -> Iterator[None]:
    """Raise what a failure of the request inside means, with its type and this attempt.

    That is a TroubleError, an InternalError for what is ours to mend, or, for conditions that do
    not hold, ConditionalCheckFailedException (one operation) or ConditionsNotMetError (several).
    The texts of DynamoDB are not repeated: there are names, ids and values in them.
    """
    try:
        yield
    except ConditionalCheckFailedException:
        raise
    except OUR_FAULT as error:
        raise InternalError(f"{type(error).__name__} in {attempt}") from error
    except ProvisionedThroughputExceededException as error:  # throttling of any kind
        raise ThrottledError(f"{type(error).__name__} in {attempt}") from error
    except TransactionCanceledException as error:
        raise _cancelled(error, attempt) from error
    except PydynoxException as error:
        if "Transaction is ongoing" in str(error):  # pydynox has no type for it
            raise ContentionError(f"TransactionConflictException in {attempt}") from error
        raise UnknownOutcomeError(f"{type(error).__name__} in {attempt}") from error


def _cancelled(error: TransactionCanceledException, attempt: str) -> Exception:
    """Return what a cancelled transaction means, by its reasons: one for each operation."""
    reasons = re.findall(r"\w+", str(error).rpartition("[")[2])
    told = set(reasons) - {"None"}
    if CONTENDED in told:  # not the last word on conditions: others are at it
        return ContentionError(f"{CONTENDED} in {attempt}")
    if told.intersection(THROTTLED):
        return ThrottledError(f"{', '.join(sorted(told.intersection(THROTTLED)))} in {attempt}")
    if told == {REFUSED}:
        return ConditionsNotMetError(*(reason == REFUSED for reason in reasons))
    known = ", ".join(sorted(told.intersection(PERMANENT))) or type(error).__name__
    return InternalError(f"{known} in {attempt}")
