"""Histories of clients that call at once, while requests to DynamoDB go wrong, can be explained.

`SEED=` is the first seed, `HISTORIES=` how many there are of each resource.
"""

import logging
import os
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from itertools import chain, repeat
from multiprocessing import get_context
from random import Random
from typing import NamedTuple
from unittest import TestCase

from tests.faults.falsified import FALSIFICATIONS, Explained
from tests.faults.linearizability import History, linearization
from tests.faults.model import State
from tests.faults.reports import described, reduced
from tests.faults.scenarios import NEEDED
from tests.faults.simulation import Simulation
from tests.support.resources import UNDER_TEST, Kind
from tests.support.service import engine

FIRST = int(os.environ.get("SEED", "0"))
HISTORIES = int(os.environ.get("HISTORIES", "2000"))
AT_ONCE = 50  # histories that a process makes before it hands them over
MOST_CLIENTS = 8

FEWEST_REJECTED = 0.95  # of falsified histories: in some, nobody was told what would give it away


class Played(NamedTuple):
    """A history, what it is about, and its seed."""

    resource: str
    seed: int
    start: State
    history: History


def played(name: str, seeds: Sequence[int]) -> list[Played]:
    """Return the histories of these seeds about a resource; runs in a process of its own."""
    logging.disable()
    [kind] = [Kind(each) for each in UNDER_TEST if each.name == name]
    with ExitStack() as resources:
        simulation = Simulation(kind, resources, MOST_CLIENTS)
        return [Played(name, seed, *simulation.play(seed)) for seed in seeds]


class LinearizabilityTest(TestCase):
    """Histories, and a checker that rejects others."""

    histories: list[Played]

    @classmethod
    def setUpClass(cls) -> None:
        engine()  # which all processes share
        names = [kind.name for kind in map(Kind, UNDER_TEST) if kind.can >= NEEDED]
        seeds = range(FIRST, FIRST + HISTORIES)
        chunks = [seeds[number : number + AT_ONCE] for number in range(0, HISTORIES, AT_ONCE)]
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
            of_each = [processes.map(played, repeat(name), chunks) for name in names]
            cls.histories = [*chain.from_iterable(chain.from_iterable(of_each))]

    def test_histories(self) -> None:
        """Every answer fits one order of all calls; what was answered by 503 may be in it or not.

        Such a call may also take effect much later.
        """
        operations = [each for played in self.histories for each in played.history]
        unanswered = sum(each.answer is None for each in operations)
        wrong = [each for each in self.histories if not linearization(each.history, each.start)]
        sys.stdout.write(
            f"{len(self.histories)} histories, seeds {FIRST} to {FIRST + HISTORIES - 1}: "
            f"{len(operations)} calls, {unanswered} of them changes of unknown outcome, "
            f"{len(wrong)} histories that cannot be explained\n"
        )
        for resource, seed, start, history in wrong:
            with self.subTest(resource=resource, seed=seed):
                self.fail(f"\nSEED={seed}\n{described(reduced(history, start), start)}")

    def test_falsified_histories(self) -> None:
        """Of histories in which something was made wrong, nearly all are rejected."""
        made, rejected = Counter[str](), Counter[str]()
        for _, seed, start, history in self.histories:
            order = linearization(history, start) or []
            for falsify in FALSIFICATIONS:
                false = falsify(Explained(start, history, order), Random(seed))
                if false:
                    name = falsify.__name__.replace("_", " ")
                    made[name] += 1
                    rejected[name] += linearization(false, start) is None
        for name, number in made.items():
            sys.stdout.write(f"{rejected[name]} of {number} histories {name} are rejected\n")
        self.assertGreaterEqual(rejected.total(), FEWEST_REJECTED * made.total())
