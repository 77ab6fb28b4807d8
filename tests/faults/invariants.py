"""What must be true of the tables whenever no request is under way."""

from collections.abc import Container
from typing import Any

from tests.support.service import Service
from users_api.app import RESOURCES

Item = dict[str, Any]


def contents(service: Service) -> dict[str, list[Item]]:
    """Return the items of every table, by what the table is for."""
    client, settings = service.table(), service.settings
    names = [*(each.name for each in RESOURCES), "unique-values", "idempotency"]
    return {
        name: list(client.sync_scan(settings.table(name), consistent_read=True)) for name in names
    }


def assert_invariants(service: Service, removed: Container[str] = ()) -> None:
    """Assert that the tables agree with one another.

    `removed` are the ids of records that have been deleted since the service started: what is
    remembered of a request outlives the record that it made, and says nothing about a later one
    with the same id.
    """
    assert_agreement(contents(service), removed)


def assert_agreement(tables: dict[str, list[Item]], removed: Container[str] = ()) -> None:
    """Assert the same of tables with these contents."""
    records = [record for each in RESOURCES for record in tables[each.name]]
    for record in records:
        _assert_whole(record)
    marked = sorted((each["uniqueValue"], each["recordId"]) for each in tables["unique-values"])
    owned = sorted(
        (f"{resource.name}#{field}#{fold(record[field])}", record[resource.key])
        for resource in RESOURCES
        for field, fold in resource.unique.items()
        for record in tables[resource.name]
        if field in record
    )
    assert marked == owned, (marked, owned)
    creations = {record.get("creationId") for record in records}
    for memory in tables["idempotency"]:
        assert memory["writeId"] in creations or removed, (memory, records)


def _assert_whole(record: Item) -> None:
    """Assert that what the service keeps about a record fits together; older items have nothing."""
    if "creationId" in record:
        assert (record["version"] == 1) == (record["writeId"] == record["creationId"]), record
        assert record["createdAt"] <= record["updatedAt"], record
