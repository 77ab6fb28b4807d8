"""Talking to DynamoDB: the client with its limits, and what its failures mean to a caller."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydynox import DynamoDBClient
from pydynox.exceptions import (
    AccessDeniedException,
    ConditionalCheckFailedException,
    CredentialsException,
    PydynoxException,
    ResourceNotFoundException,
    SerializationException,
    ValidationException,
)

from users_api.config import Settings
from users_api.errors import StoreUnavailableError

CONNECT_TIMEOUT = 1.0  # seconds
READ_TIMEOUT = 1.0  # seconds
ATTEMPTS = 2

OFFLINE_ENDPOINT = "http://localhost:8000"  # where `osls dynamodb start` listens

# Whoever asks again gets these again: they are for us to mend, not for the client to wait out.
OUR_FAULT = (
    AccessDeniedException,
    ConditionalCheckFailedException,
    CredentialsException,
    ResourceNotFoundException,
    SerializationException,
    ValidationException,
)


def connect(settings: Settings) -> DynamoDBClient:
    """Return a client for the DynamoDB that the settings name. It connects when first used."""
    credentials = "offline" if settings.offline else None
    return DynamoDBClient(
        region=settings.region,
        endpoint_url=settings.endpoint_url or (OFFLINE_ENDPOINT if settings.offline else None),
        access_key=credentials,
        secret_key=credentials,
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        max_retries=ATTEMPTS,
    )


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn a store that cannot answer now into StoreUnavailableError; let our faults through."""
    try:
        yield
    except OUR_FAULT:
        raise
    except PydynoxException as error:
        raise StoreUnavailableError from error
