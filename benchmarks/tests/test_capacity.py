"""The simulation behind docs/scale.md."""

from unittest import TestCase

import numpy as np

from benchmarks import results
from benchmarks.capacity import report
from benchmarks.capacity.limits import Limits
from benchmarks.capacity.queueing import Load, arrivals, erlang_b, little, simulate
from benchmarks.capacity.scenarios import Service

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


class DocumentTest(TestCase):
    """`docs/scale.md`."""

    def test_is_up_to_date(self) -> None:
        """It was made from the results of the last run, and from the limits as they stand."""
        text = report.DOCUMENT.read_text("utf-8")
        self.assertIn(report.service_line(Service.measured(results.load())), text)
        self.assertIn(report.limits_table(), text)


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
