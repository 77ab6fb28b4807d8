"""What it costs to read tables, told before it is done."""

from tools.stages import Stage

READ_UNITS_MILLION = 0.125  # US dollars, on demand, us-east-1, as in benchmarks/cost.py
SMALLEST = 50_000  # bytes that are told, for some stand-ins for DynamoDB tell of none


def of_reading(stage: Stage, *purposes: str, times: int = 1) -> str:
    """Say what it costs to read some tables so many times."""
    described = [stage.described(each) for each in purposes]
    items, size = sum(each.items for each in described), sum(each.size for each in described)
    units = times * sum(each.read_units for each in described)
    return _told(stage, items, size, units)


def of_verifying(stage: Stage) -> str:
    """Say what it costs to read all tables, and what each marker and unique value goes with."""
    described = [stage.described(each.purpose) for each in stage.tables]
    items, size = sum(each.items for each in described), sum(each.size for each in described)
    return _told(stage, items, size, sum(each.read_units for each in described) + items)


def _told(stage: Stage, items: int, size: int, units: int) -> str:
    megabytes = f" ({size / 1e6:,.1f} MB)" if size >= SMALLEST else ""
    read = f"Reading about {items:,} items{megabytes}"
    if stage.is_local:
        return f"{read} costs nothing."
    price = units / 1e6 * READ_UNITS_MILLION
    return f"{read} takes {units:,} read units: about {price:.2f} US dollars."
