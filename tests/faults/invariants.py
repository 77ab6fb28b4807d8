"""What must be true of the tables whenever no request is under way."""

from collections.abc import Container
from typing import Any

from tests.support.service import Service

Item = dict[str, Any]


def contents(service: Service) -> dict[str, list[Item]]:
    """Return the items of every table."""
    client, settings = service.table(), service.settings
    tables = [
        settings.table("users"),
        settings.table("unique-values"),
        settings.table("idempotency"),
    ]
    return {table: list(client.sync_scan(table, consistent_read=True)) for table in tables}


def assert_invariants(service: Service, removed: Container[str] = ()) -> None:
    """Assert that the three tables agree with one another.

    `removed` are the ids of users that have been deleted since the service started: an idempotency
    record outlives the user that it made, and says nothing about a later one with the same id.
    """
    assert_agreement(contents(service), removed)


def assert_agreement(tables: dict[str, list[Item]], removed: Container[str] = ()) -> None:
    """Assert the same of tables with these contents."""
    users, markers, records = tables.values()
    for user in users:
        _assert_whole(user)
    owned = sorted(
        (f"users#email#{user['email'].lower()}", user["userId"])
        for user in users
        if "email" in user
    )
    assert sorted((each["uniqueValue"], each["recordId"]) for each in markers) == owned, (
        markers,
        owned,
    )
    creations = {user.get("creationId") for user in users}
    for record in records:
        assert record["writeId"] in creations or removed, (record, users)


def _assert_whole(user: Item) -> None:
    """Assert that what the service keeps about a user fits together; older items have nothing."""
    if "creationId" in user:
        assert (user["version"] == 1) == (user["writeId"] == user["creationId"]), user
        assert user["createdAt"] <= user["updatedAt"], user
