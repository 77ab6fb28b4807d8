"""The tables that are defined under `infra/`, in a DynamoDB on this machine."""

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from pydynox import DynamoDBClient
from pydynox.exceptions import ResourceInUseException

from local import definitions


class Table(NamedTuple):
    """A table: the environment variable that holds its name, the name, and its typed keys."""

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


def create_missing(endpoint_url: str, stage: str) -> None:
    """Create the tables of a stage that a DynamoDB does not have yet.

    Args:
        endpoint_url: Where the DynamoDB answers.
        stage: The last part of the tables' names.

    """
    variables = connection(endpoint_url)
    client = DynamoDBClient(
        endpoint_url=endpoint_url,
        region=variables["AWS_REGION"],
        access_key=variables.get("AWS_ACCESS_KEY_ID"),
        secret_key=variables.get("AWS_SECRET_ACCESS_KEY"),
    )
    for table in _tables(stage):
        with suppress(ResourceInUseException):  # it exists, or another process is creating it
            client.sync_create_table(table.name, table.partition_key, table.sort_key, wait=True)


def _tables(stage: str) -> Iterator[Table]:
    for definition in map(definitions.read, definitions.names()):
        for variable, resource in zip(
            definition.get("environment", {}),
            definition.get("resources", {}).values(),
            strict=False,
        ):
            properties = resource["Properties"]
            name = properties["TableName"].replace("${sls:stage}", stage)
            yield Table(variable, name, *_keys(properties))


def _keys(properties: dict[str, Any]) -> Iterator[tuple[str, str]]:
    types = {
        attribute["AttributeName"]: attribute["AttributeType"]
        for attribute in properties["AttributeDefinitions"]
    }
    for key in properties["KeySchema"]:  # the partition key comes first, always
        yield key["AttributeName"], types[key["AttributeName"]]
