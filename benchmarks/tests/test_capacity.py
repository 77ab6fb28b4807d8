"""The simulation behind docs/scale.md."""

import re
from pathlib import Path
from unittest import TestCase

import numpy as np

from benchmarks import cost, operating, results
from benchmarks.capacity import report
from benchmarks.capacity.limits import Limits
from benchmarks.capacity.queueing import Load, arrivals, erlang_b, little, simulate
from benchmarks.capacity.scenarios import (
    DEFAULT,
    MIX,
    SCENARIOS,
    SECONDS_A_MONTH,
    SHIPPED,
    Service,
    ceilings,
    simulated,
    steady,
)

NO_LIMIT = 10**9
WIDE = Limits(
    gateway_rate=NO_LIMIT,
    gateway_burst=NO_LIMIT,
    concurrency=NO_LIMIT,
    growth_burst=NO_LIMIT,
    reads=NO_LIMIT,
    writes=NO_LIMIT,
)


def load(rate: float, seconds: float, time: float) -> Load:
    """Return requests at a rate, each served for a random time with this average, reading one."""
    chance = np.random.default_rng(1)
    times = arrivals(lambda _: rate, seconds, chance)
    services = chance.exponential(time, len(times)).tolist()
    return Load(times, services, [1] * len(times), [0] * len(times))


def figures(document: Path, *row: str) -> list[float]:
    """Return the figures of that row of a document which starts with these cells."""
    line = document.read_text("utf-8").partition(f"| {' | '.join(row)} |")[2].partition("\n")[0]
    return [float(each) for each in re.findall(r"(?<= )[\d.]+(?= )", re.sub(r"[,*]", "", line))]


class DocumentTest(TestCase):
    """`docs/scale.md`."""

    def test_is_up_to_date(self) -> None:
        """It was made from the results of the last run, and from the limits as they stand."""
        text = report.DOCUMENT.read_text("utf-8")
        self.assertIn(report.service_line(Service.measured(results.load())), text)
        self.assertIn(report.table_line(), text)
        self.assertIn(report.limits_table(), text)

    def test_agrees_with_the_prices(self) -> None:
        """A month costs what `docs/cost.md` says of the calls and of operation."""
        month, million = figures(cost.DOCUMENT, "**all but tracing**")
        million += sum(share * figures(cost.DOCUMENT, name)[-1] for name, share in MIX.items())
        printed = figures(report.DOCUMENT, "1,000 a second", DEFAULT)[-1]
        self.assertAlmostEqual(printed / (month + 2_592 * million), 1, delta=0.002)


class ShippedTest(TestCase):
    """A stage with the ceilings of `serverless.yml`."""

    def test_too_much(self) -> None:
        """Of ten times its rate, it serves its rate, and its burst once."""
        rate, burst = ceilings()["rate"], ceilings()["burst"]
        requests, limits = load(10 * rate, 60, 0.01), Limits().of_stage(ceilings())
        outcome = simulate(requests, limits, cold_start=0)
        self.assertEqual(outcome.refused["API Gateway"], sum(outcome.refused.values()))
        served = (rate * 60 + burst) / len(requests.arrivals)
        self.assertAlmostEqual(outcome.share_refused, 1 - served, delta=0.001)

    def test_price(self) -> None:
        """A month of it costs what is let in, and a line of the log for each that is refused."""
        service = Service.measured(results.load())
        half = steady(ceilings()["rate"] / 2, 60)
        trials = simulated(service, half).trials
        self.assertEqual(trials[SHIPPED].dollars, trials[DEFAULT].dollars)
        too_much = simulated(service, steady(1_000, 60)).trials[SHIPPED].dollars
        lines = service.dollars(0, 900) - service.dollars(0)
        self.assertAlmostEqual(too_much, service.dollars(100) + lines)
        self.assertAlmostEqual(lines, 900 * SECONDS_A_MONTH / 1e6 * operating.access_log())
        [wave] = [each for each in SCENARIOS if each.name.startswith("a day")]
        cut = simulated(service, wave).trials[SHIPPED]
        self.assertLess(cut.dollars, service.dollars(100) + service.dollars(0, 400))

    def test_just_enough(self) -> None:
        """At exactly its rate, chance uses up the burst: in the long run 1 in 2 * burst goes."""
        limits = Limits(gateway_rate=100, gateway_burst=20)
        outcome = simulate(load(100, 2_000, 0.01), limits, cold_start=0)
        self.assertAlmostEqual(outcome.share_refused * 2 * 20, 1, delta=0.1)


class CapacityTest(TestCase):
    """What is simulated agrees with what can be calculated."""

    def test_little(self) -> None:
        """As many are served at once, on average, as Little's law says."""
        outcome = simulate(load(200, 200, 0.05), WIDE, cold_start=0)
        self.assertAlmostEqual(outcome.busy / little(200, 0.05), 1, delta=0.02)
        self.assertEqual(outcome.share_refused, 0)

    def test_erlang(self) -> None:
        """With so many environments, Erlang's formula B tells the share that is refused."""
        for servers in (5, 10, 15):
            with self.subTest(servers=servers):
                limits = Limits(gateway_rate=NO_LIMIT, gateway_burst=NO_LIMIT, concurrency=servers)
                requests = load(10, 4_000, 1)
                outcome = simulate(requests, limits, cold_start=0, warm=servers)
                self.assertAlmostEqual(outcome.share_refused, erlang_b(10, servers), delta=0.01)

    def test_each_gate(self) -> None:
        """Whoever cannot take the load refuses what is too much."""
        hundred = {"gateway_rate": 100, "gateway_burst": 100}
        gates = {
            "API Gateway": Limits(**hundred),
            "Lambda": Limits(growth=0, growth_burst=2),
            "DynamoDB": Limits(reads=100),
        }
        for name, limits in gates.items():
            with self.subTest(name):
                outcome = simulate(load(200, 60, 0.1), limits, cold_start=0.5)
                self.assertEqual({each for each, n in outcome.refused.items() if n}, {name})
                self.assertGreater(outcome.share_refused, 0.4)

    def test_cold_starts(self) -> None:
        """Only a new environment starts cold, and one that was idle for long is new."""
        often = Load([0, 1, 2], [0.1] * 3, [1] * 3, [0] * 3)
        seldom = Load([0, 1_000, 2_000], [0.1] * 3, [1] * 3, [0] * 3)
        for requests, cold in ((often, 1), (seldom, 3)):
            outcome = simulate(requests, WIDE, cold_start=0.5)
            self.assertEqual(outcome.cold, cold)
            self.assertAlmostEqual(max(outcome.latencies), 0.6)
