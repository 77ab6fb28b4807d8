"""The data that a command works on: that of `make run`, or a stage on AWS."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import yaml
from botocore.exceptions import BotoCoreError, ClientError
from pydynox.exceptions import PydynoxException

from local.engine import PORTS_CLOSED_TO_PAGES
from local.sharing import shared_engine
from local.stack import DATA, ENDPOINT
from local.stack import STAGE as LOCAL
from local.tables import connection, create_missing, environment, region
from tools import refusals
from tools.errors import ToolError
from users_api.app import RESOURCES
from users_api.config import Settings
from users_api.resource import Resource
from users_api.store.client import connect
from users_api.store.connection import Connection
from users_api.store.unique import KEY

UNIQUE_VALUES, IDEMPOTENCY = "unique-values", "idempotency"
CONFIGURATION = Path(__file__).parent.parent / "serverless.yml"
LONGEST_RECOVERY = 35  # days
READ_TIMEOUT = 5.0  # seconds: a page of a table is large, and nobody waits for a single answer
READ_UNIT = 4096  # bytes, strongly consistent
SEGMENTS = 8  # of a table, which are read in parallel


class Table(NamedTuple):
    """A table: what it is for, the field that identifies its items, and its name in DynamoDB."""

    purpose: str
    key: str
    name: str


class Description(NamedTuple):
    """What DynamoDB says of a table, a few hours ago: its size, and which one it is."""

    items: int
    size: int  # bytes
    identity: str  # another after the table has been created anew

    @property
    def read_units(self) -> int:
        """What it takes to read all of it."""
        return self.size // READ_UNIT + 1


class Stage:
    """A stage: its name, its tables, and the way to them."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.name = name
        self.settings = settings
        self.connection = Connection(settings, READ_TIMEOUT)
        self.client = connect(settings, READ_TIMEOUT)

    @property
    def is_local(self) -> bool:
        """Whether nobody asks for money."""
        return (self.settings.endpoint_url or "").startswith("http://")

    @cached_property
    def dynamodb(self) -> Any:  # noqa: ANN401 - boto3 has no types
        """The client for whole tables."""
        endpoint = self.settings.endpoint_url
        return boto3.client("dynamodb", region_name=self.settings.region, endpoint_url=endpoint)

    @property
    def segments(self) -> int:
        """How many parts of a table are read in parallel.

        The engine of a laptop ends a segment early when others remove the item where a page ended.
        """
        return 1 if self.name == LOCAL else SEGMENTS

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables: those of the resources, and the two that they share."""
        keys = {each.name: each.key for each in RESOURCES}
        keys |= {UNIQUE_VALUES: KEY, IDEMPOTENCY: "key"}
        return tuple(Table(name, key, self.settings.table(name)) for name, key in keys.items())

    def table(self, purpose: str) -> Table:
        """Return one of the tables."""
        return next(each for each in self.tables if each.purpose == purpose)

    def described(self, purpose: str) -> Description:
        """Return what DynamoDB says of a table; raise ToolError if it says nothing."""
        name = self.table(purpose).name
        said = self._asked("describe_table", TableName=name)["Table"]
        identity = f"{self.settings.region} {name} {said.get('TableId', said['CreationDateTime'])}"
        return Description(said["ItemCount"], said["TableSizeBytes"], identity)

    def recovery_days(self, purpose: str) -> int:
        """Return for how many days what was in a table can be restored."""
        name = self.table(purpose).name
        said = self._asked("describe_continuous_backups", TableName=name)
        recovery = said["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
        enabled = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
        return int(recovery.get("RecoveryPeriodInDays", LONGEST_RECOVERY)) if enabled else 0

    def _asked(self, call: str, **arguments: str) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self.dynamodb, call)(**arguments)
        except (BotoCoreError, ClientError) as error:
            missing = (
                f"There is no table {arguments['TableName']} in {self.settings.region}: stage "
                f"{self.name} is not there, or the table was deleted (docs/restore.md)."
            )
            raise ToolError(refusals.sentence(error, missing)) from error
        return answer


@contextmanager
def opened(name: str) -> Iterator[Stage]:
    """Yield a stage; `local` is the data of `make run`, whether that runs or not."""
    with _variables(name) as variables:
        os.environ.update(variables)  # boto3 reads them, too
        yield Stage(name, Settings.from_environment({**os.environ, **environment(name)}))


def keeps_its_data(name: str) -> bool:
    """Tell whether a stage is one that must not be written to by mistake."""
    if name == LOCAL:
        return False
    params = yaml.safe_load(CONFIGURATION.read_text("utf-8"))["params"]
    return bool(params.get(name, {}).get("protected", params["default"]["protected"]))


def resource_called(name: str) -> Resource[Any]:
    """Return a resource; raise ToolError if there is none of this name."""
    for each in RESOURCES:
        if each.name == name:
            return each
    known = ", ".join(each.name for each in RESOURCES)
    raise ToolError(f"There is no resource {name}, but: {known}.")


@contextmanager
def _variables(name: str) -> Iterator[Mapping[str, str]]:
    endpoint = os.environ.get(ENDPOINT)
    if name == LOCAL and not endpoint:
        with shared_engine(DATA, PORTS_CLOSED_TO_PAGES) as url:
            yield _prepared(url, name)
    elif name == LOCAL and endpoint:
        yield _prepared(endpoint, name)
    else:
        yield connection(endpoint) if endpoint else {"AWS_REGION": region()}


def _prepared(url: str, name: str) -> Mapping[str, str]:
    try:
        create_missing(url, name, {each.name: each.key for each in RESOURCES})
    except PydynoxException as error:
        kind = type(error).__name__
        raise ToolError(f"There is no DynamoDB at {url} that can be used ({kind}).") from error
    return connection(url)
