"""The tables that are defined under `infra/`, in a DynamoDB on this machine."""

import os
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from pydynox import DynamoDBClient
from pydynox.exceptions import ResourceInUseException, ValidationException

from local import definitions


class TableError(Exception):
    """A table has the wrong key; the message is one sentence for whoever needs it."""


class Table(NamedTuple):
    """A table: its definition, the variable that holds its name, the name, and its typed keys."""

    definition: str
    variable: str
    name: str
    partition_key: tuple[str, str]
    sort_key: tuple[str, str] | None = None


def environment(stage: str) -> dict[str, str]:
    """Return the environment variables that tell the application the names of its tables."""
    return {table.variable: table.name for table in _tables(stage)}


def region() -> str:
    """Return the region that is worked in: that of `make deploy`, see serverless.yml."""
    variables = ("AWS_REGION", "AWS_DEFAULT_REGION")
    return next(filter(None, map(os.environ.get, variables)), "us-east-1")


def connection(endpoint_url: str) -> dict[str, str]:
    """Return the environment variables with which a program reaches a DynamoDB.

    A DynamoDB on plain HTTP is not Amazon's: it is given made-up credentials, unless there are
    some in the environment.
    """
    variables = {"AWS_ENDPOINT_URL_DYNAMODB": endpoint_url, "AWS_REGION": region()}
    if endpoint_url.startswith("http://") and "AWS_ACCESS_KEY_ID" not in os.environ:
        variables |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    return variables


def create_missing(
    endpoint_url: str, stage: str, keys: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Create the tables of a stage that a DynamoDB does not have yet.

    Args:
        endpoint_url: Where the DynamoDB answers.
        stage: The last part of the tables' names.
        keys: The key of each resource whose table is to be checked.

    Raises:
        TableError: A table, or its definition, has another key.

    """
    tables = [*_tables(stage)]
    for table in tables:
        _check_definition(table, keys)
    variables = connection(endpoint_url)
    client = DynamoDBClient(
        endpoint_url=endpoint_url,
        region=variables["AWS_REGION"],
        access_key=variables.get("AWS_ACCESS_KEY_ID"),
        secret_key=variables.get("AWS_SECRET_ACCESS_KEY"),
    )
    for table in tables:
        try:
            client.sync_create_table(table.name, table.partition_key, table.sort_key, wait=True)
        except ResourceInUseException:  # it exists, or another process is creating it
            if table.definition in keys:
                _check_existing(client, table)


def _check_definition(table: Table, keys: Mapping[str, str]) -> None:
    defined, _ = table.partition_key
    needed = keys.get(table.definition, defined)
    if defined != needed:
        raise TableError(
            f"infra/{table.definition}.yml makes a table with the key {defined}; "
            f"`{table.definition}` needs {needed}."
        )


def _check_existing(client: DynamoDBClient, table: Table) -> None:
    key, _ = table.partition_key
    try:
        client.sync_get_item(table.name, {key: "."})
    except ValidationException as error:
        raise TableError(
            f"The table {table.name} was made with another key than {key}, and cannot be changed: "
            "`make reset` removes it, with all local data."
        ) from error


def _tables(stage: str) -> Iterator[Table]:
    for file in definitions.names():
        definition = definitions.read(file)
        for variable, resource in zip(
            definition.get("environment", {}),
            definition.get("resources", {}).values(),
            strict=False,
        ):
            properties = resource["Properties"]
            name = properties["TableName"].replace("${sls:stage}", stage)
            yield Table(file, variable, name, *_keys(properties))


def _keys(properties: dict[str, Any]) -> Iterator[tuple[str, str]]:
    types = {
        attribute["AttributeName"]: attribute["AttributeType"]
        for attribute in properties["AttributeDefinitions"]
    }
    for key in properties["KeySchema"]:  # the partition key comes first, always
        yield key["AttributeName"], types[key["AttributeName"]]
