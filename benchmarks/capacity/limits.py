"""What AWS allows unless asked for more, as published; each with its source and the date."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace


class Limit(Struct, frozen=True):
    """A published limit: what it is, how high, where it stands, and whether AWS raises it.

    The note says for whom it is lower.
    """

    name: str
    value: int
    unit: str
    source: str  # a page of docs.aws.amazon.com
    raised: bool
    date: str = "2026-11"
    note: str = ""


GATEWAY_RATE = Limit(
    "API Gateway, requests of an account and region",
    10_000,
    "a second",
    "apigateway/latest/developerguide/limits.html",
    raised=True,
    note="2,500 in newer regions, such as Milan and Zurich",
)
GATEWAY_BURST = Limit(
    "API Gateway, its token bucket",
    5_000,
    "requests",
    "apigateway/latest/developerguide/limits.html",
    raised=False,
    note="1,250 in those regions",
)
CONCURRENCY = Limit(
    "Lambda, environments of an account and region",
    1_000,
    "at once",
    "lambda/latest/dg/gettingstarted-limits.html",
    raised=True,
    note="a new account has fewer, such as 10, until it has been used for a while",
)
GROWTH = Limit(
    "Lambda, new environments of a function",
    1_000,
    "in 10 seconds",
    "lambda/latest/dg/scaling-behavior.html",
    raised=False,
)
RATE_OF_ENVIRONMENT = Limit(
    "Lambda, requests for each environment of the concurrency",
    10,
    "a second",
    "lambda/latest/dg/lambda-concurrency.html",
    raised=False,
)
NEW_TABLE_READS = Limit(
    "DynamoDB, a new on-demand table",
    12_000,
    "read units a second",
    "amazondynamodb/latest/developerguide/warm-throughput-scenarios.html",
    raised=True,
)
NEW_TABLE_WRITES = Limit(
    "DynamoDB, a new on-demand table",
    4_000,
    "write units a second",
    "amazondynamodb/latest/developerguide/warm-throughput-scenarios.html",
    raised=True,
)
TABLE_UNITS = Limit(
    "DynamoDB, each on-demand table",
    40_000,
    "read and write units a second",
    "amazondynamodb/latest/developerguide/ServiceQuotas.html",
    raised=True,
)
PARTITION_READS = Limit(
    "DynamoDB, one partition, and so one record",
    3_000,
    "read units a second",
    "amazondynamodb/latest/developerguide/bp-partition-key-design.html",
    raised=False,
)
PARTITION_WRITES = Limit(
    "DynamoDB, one partition, and so one record",
    1_000,
    "write units a second",
    "amazondynamodb/latest/developerguide/bp-partition-key-design.html",
    raised=False,
)
ALL = (
    GATEWAY_RATE,
    GATEWAY_BURST,
    CONCURRENCY,
    GROWTH,
    RATE_OF_ENVIRONMENT,
    NEW_TABLE_READS,
    NEW_TABLE_WRITES,
    TABLE_UNITS,
    PARTITION_READS,
    PARTITION_WRITES,
)

IDLE = 300.0  # seconds until an idle environment is taken away: observed by many, promised by none


class Limits(Struct, frozen=True):
    """The limits that hold in a scenario. Units are those of DynamoDB, a second."""

    gateway_rate: float = GATEWAY_RATE.value
    gateway_burst: float = GATEWAY_BURST.value
    concurrency: int = CONCURRENCY.value
    growth: float = GROWTH.value / 10  # environments a second
    growth_burst: float = GROWTH.value
    reads: float = NEW_TABLE_READS.value
    writes: float = NEW_TABLE_WRITES.value

    @property
    def lambda_rate(self) -> float:
        """Requests a second that the concurrency allows, however short they are."""
        return float(self.concurrency * RATE_OF_ENVIRONMENT.value)

    def of_stage(self, ceilings: Mapping[str, Any]) -> "Limits":
        """Return the limits of a stage that has these ceilings of its own, by parameter."""
        return replace(
            self,
            gateway_rate=min(self.gateway_rate, ceilings["rate"]),
            gateway_burst=min(self.gateway_burst, ceilings["burst"]),
            concurrency=int(str(ceilings["reservedConcurrency"]) or self.concurrency),
            reads=min(self.reads, ceilings["maxReads"]),
            writes=min(self.writes, ceilings["maxWrites"]),
        )

    def for_one_record(self) -> "Limits":
        """Return the limits when all requests are for one record."""
        return replace(self, reads=PARTITION_READS.value, writes=PARTITION_WRITES.value)
