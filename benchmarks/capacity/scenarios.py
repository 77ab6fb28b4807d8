"""The scenarios, and what is simulated of each: as shipped, as AWS is, and with more asked for."""

from collections.abc import Callable, Mapping
from math import ceil, cos, pi
from typing import Any

import numpy as np
from msgspec import Struct

from benchmarks import cost, operating
from benchmarks.capacity.limits import (
    CONCURRENCY,
    GATEWAY_RATE,
    NEW_TABLE_READS,
    NEW_TABLE_WRITES,
    RATE_OF_ENVIRONMENT,
    TABLE_UNITS,
    Limits,
)
from benchmarks.capacity.queueing import Load, Outcome, arrivals, little, simulate
from benchmarks.results import Results

SEED = 20261126
MIX = {  # an assumption: of a service whose users are read more than written
    "GET": 0.80,
    "GET, by e-mail address": 0.05,
    "GET, a page of 25": 0.01,
    "POST, with an e-mail address": 0.05,
    "PATCH, the name": 0.08,
    "DELETE, with an e-mail address": 0.01,
}
SPREAD = 0.35  # of the logarithm of DynamoDB's times, an assumption: its p99 is 2.3 times its p50
MARGIN = 1.3  # on what is asked for
SECONDS_A_MONTH = 30 * 24 * 3600
SHIPPED, DEFAULT, GRANTED = "as shipped", "AWS's defaults", "as asked for"  # whose limits hold
MOST_SHIPPED = 1_000  # requests a second: of more, a stage as shipped refuses nearly all

Rate = Callable[[float], float]


class Scenario(Struct, frozen=True):
    """A load: its rate over time, for how long, and with how many environments it begins."""

    name: str
    rate: Rate
    seconds: float
    peak: float  # requests a second
    mean: float
    begins_cold: bool = False
    one_record: bool = False

    @property
    def mix(self) -> dict[str, float]:
        """The calls, by their share."""
        return {"GET": 1.0} if self.one_record else MIX


class Service(Struct, frozen=True):
    """The service as it was measured: its calls, and what a cold start adds, in seconds."""

    calls: dict[str, cost.Call]
    cold_start: float
    memory: int

    @classmethod
    def measured(cls, results: Results) -> "Service":
        """Return what `make bench` found."""
        memory = cost.memory_of_function()
        ours = results.contenders["ours"]
        first = ours.median("first CPU") * max(1, cost.FULL_CPU / memory)
        return cls(cost.calls_of(results), ours.median("init") + first, memory)

    def time(self) -> float:
        """Return how long a call of the mix takes on average, warm, in seconds."""
        return sum(share * self._seconds(self.calls[name]) for name, share in MIX.items())

    def dollars(self, rate: float, refused: float = 0, mix: Mapping[str, float] = MIX) -> float:
        """Return what calls at this rate cost in a month, and the operation of their stage.

        Of those `refused` in a second by the gateway, only the line in the access log costs.
        """
        calls = sum(share * self.calls[name].total(self.memory) for name, share in mix.items())
        operation, millions = operating.total(), SECONDS_A_MONTH / 1e6
        served = rate * (operation.million + calls) + refused * operating.access_log()
        return operation.month + millions * served

    def units(self, peak: float) -> tuple[float, float]:
        """Return the read and write units a second of the busiest table at this rate."""
        reads = sum(share * self.calls[name].reads for name, share in MIX.items())
        writes = sum(share * self.calls[name].writes for name, share in MIX.items())
        return peak * reads, peak * writes

    def load(self, scenario: Scenario, chance: np.random.Generator) -> Load:
        """Return requests of the mix, or reads of one record."""
        times = arrivals(scenario.rate, scenario.seconds, chance)
        calls = [self.calls[name] for name in scenario.mix]
        chosen = chance.choice(len(calls), len(times), p=list(scenario.mix.values()))
        busy, wait, reads, writes = (
            np.array(each)[chosen]
            for each in (
                [self._busy(call) for call in calls],
                [call.requests * cost.WAIT for call in calls],
                [call.reads for call in calls],
                [call.writes for call in calls],
            )
        )
        services = busy + wait * chance.lognormal(0, SPREAD, len(times))
        return Load(times, services.tolist(), reads.tolist(), writes.tolist())

    def _busy(self, call: cost.Call) -> float:
        return call.cpu * max(1, cost.FULL_CPU / self.memory)

    def _seconds(self, call: cost.Call) -> float:
        return self._busy(call) + call.requests * cost.WAIT


class Need(Struct, frozen=True):
    """What to ask AWS for before that day: the limit, what there is, and what is needed."""

    name: str
    default: int
    needed: int


class Trial(Struct, frozen=True):
    """What becomes of a scenario under some limits, and what that costs a month."""

    outcome: Outcome
    dollars: float


class Report(Struct, frozen=True):
    """A scenario, what to ask for, and what becomes of it, by the limits that hold."""

    scenario: Scenario
    needs: list[Need]
    trials: dict[str, Trial]


def steady(rate: float, seconds: float) -> Scenario:
    """Return a load that does not change."""
    return Scenario(f"{rate:,.0f} a second", lambda _: rate, seconds, rate, rate)


def _jump(now: float) -> float:
    return 1_000 + 9_000 * min(1, max(0, (now - 10) / 10))


DAY_SCALE = 24 * 3600 / 600  # a day in ten minutes


def _day(now: float) -> float:
    return 500 - 450 * cos(2 * pi * now / 600)


SCENARIOS = (
    steady(10, 600),
    steady(100, 3_600),
    steady(1_000, 60),
    steady(10_000, 20),
    steady(100_000, 8),
    Scenario("a day, 50 to 950 a second", _day, 600, 950, 500),
    Scenario("tenfold in ten seconds", _jump, 40, 10_000, 10_000),
    Scenario("one user, 6,000 a second", lambda _: 6_000, 15, 6_000, 6_000, one_record=True),
    Scenario("a cold region, 5,000 a second", lambda _: 5_000, 20, 5_000, 5_000, begins_cold=True),
)


def simulated(service: Service, scenario: Scenario) -> Report:
    """Return what becomes of a scenario."""
    load = service.load(scenario, np.random.default_rng(SEED))
    needs = needed(service, scenario)
    tried = {DEFAULT: Limits()}
    if scenario.peak <= MOST_SHIPPED:
        tried = {SHIPPED: Limits().of_stage(ceilings()), **tried}
    if needs:
        tried[GRANTED] = raised(needs)
    trials = {name: _tried(service, scenario, load, limits) for name, limits in tried.items()}
    return Report(scenario, needs, trials)


def ceilings() -> dict[str, Any]:
    """Return the parameters of a stage as it is shipped."""
    found: dict[str, Any] = cost.configuration()["params"]["default"]
    return found


def _tried(service: Service, scenario: Scenario, load: Load, limits: Limits) -> Trial:
    held = limits.for_one_record() if scenario.one_record else limits
    busy = little(scenario.rate(0), service.time())
    warm = 0 if scenario.begins_cold else min(limits.concurrency, ceil(busy * MARGIN))
    outcome = simulate(load, held, service.cold_start, warm)
    share = 1 - outcome.refused["API Gateway"] / max(1, outcome.offered)
    let_in = min(scenario.mean * share, limits.gateway_rate)
    return Trial(outcome, service.dollars(let_in, scenario.mean - let_in, scenario.mix))


def needed(service: Service, scenario: Scenario) -> list[Need]:
    """Return which limits a scenario would reach, and what to ask for."""
    peak = scenario.peak * MARGIN
    reads, writes = service.units(peak)
    grows = service.cold_start if scenario.begins_cold else service.time()
    environments = max(little(peak, grows), peak / RATE_OF_ENVIRONMENT.value)
    wanted = (
        (GATEWAY_RATE, peak),
        (CONCURRENCY, environments),
        (NEW_TABLE_READS, reads),
        (NEW_TABLE_WRITES, writes),
        (TABLE_UNITS, max(reads, writes)),
    )
    return [
        Need(f"{limit.name}, {limit.unit}", limit.value, ceil(value / 100) * 100)
        for limit, value in wanted
        if value > limit.value
    ]


def raised(needs: list[Need]) -> Limits:
    """Return the limits once AWS has granted what was asked for."""
    granted = {need.name: need.needed for need in needs}

    def of(name: str, default: int) -> int:
        return next((granted[each] for each in granted if each == name), default)

    return Limits(
        gateway_rate=of(f"{GATEWAY_RATE.name}, {GATEWAY_RATE.unit}", GATEWAY_RATE.value),
        gateway_burst=of(f"{GATEWAY_RATE.name}, {GATEWAY_RATE.unit}", GATEWAY_RATE.value) / 2,
        concurrency=of(f"{CONCURRENCY.name}, {CONCURRENCY.unit}", CONCURRENCY.value),
        reads=of(f"{NEW_TABLE_READS.name}, {NEW_TABLE_READS.unit}", NEW_TABLE_READS.value),
        writes=of(f"{NEW_TABLE_WRITES.name}, {NEW_TABLE_WRITES.unit}", NEW_TABLE_WRITES.value),
    )
