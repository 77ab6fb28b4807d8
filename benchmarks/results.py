"""What a run of the benchmarks found, and what that says: medians, with the spread around them."""

from collections.abc import Iterable
from pathlib import Path
from statistics import median, quantiles

import msgspec
from msgspec import Struct

FILE = Path(__file__).parent / "results.json"


class Spread(Struct, frozen=True):
    """A median, and the quartiles around it."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """Return the spread of these values."""
        return cls(*(round(each, 9) for each in quantiles(values, n=4)))

    def relative_to(self, base: "Spread") -> "Spread":
        """Return this spread in units of another's median."""
        return Spread(*(each / base.median for each in (self.low, self.median, self.high)))


class Figures(Struct, frozen=True):
    """What was measured of a contender in each round: seconds and bytes, by measure."""

    zip: int
    measures: dict[str, list[float]]

    def median(self, measure: str) -> float:
        """Return the median over all rounds."""
        return median(self.measures[measure])

    def relative_to(self, other: "Figures", measure: str) -> Spread:
        """Return the ratios to another, each of one round: what slows all of it is in both."""
        pairs = zip(self.measures[measure], other.measures[measure], strict=True)
        return Spread.of(own / others for own, others in pairs)


class Point(Struct, frozen=True):
    """What a call costs on a table of one size: requests to DynamoDB, and seconds of CPU."""

    requests: float
    cpu: Spread


class Results(Struct, frozen=True):
    """One run."""

    date: str
    versions: dict[str, str]
    runs: int
    requests: int
    contenders: dict[str, Figures]
    scale: dict[str, dict[int, Point]]  # by call, and by the number of users
    tools: dict[str, Spread]  # rates of import and export, in units of what they compare with


def load() -> Results:
    """Return the results of the last run that was kept."""
    return msgspec.json.decode(FILE.read_bytes(), type=Results)


def save(results: Results) -> None:
    """Keep the results of a run."""
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")
