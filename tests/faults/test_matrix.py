"""Every request that the service makes to DynamoDB goes wrong in every way.

What is right is observed, not written down: each scenario runs undisturbed once, and then again
for each request that it was seen to make and each fault. Whatever happens, the client gets the
same answer as before or is told of a failure; the tables are as they were or as they should
become; and the same call once more does what it should on such tables. A request may also arrive
late: when the call has ended, or when the one after it has. Then it changes nothing, unless the
client was told of a failure.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, product
from typing import NamedTuple
from unittest import TestCase

from tests.faults.scenarios import NEEDED, Course, Scenario, Stage, TooSlowError
from tests.support.resources import UNDER_TEST, Kind
from tests.support.service import engine
from tests.support.wire import Fault, Plan, tapped
from tests.support.wire_faults import MISTAKES, REFUSALS, UNKNOWN_OUTCOMES, dripping, late

FEWEST_CALL_SITES = 50
SITES_AT_ONCE = 32  # more of them only get in each other's way
OPERATIONS = {"GetItem", "PutItem", "DeleteItem", "Scan", "TransactWriteItems"}

UNAVAILABLE = (
    '503 {"error":"The service is not available for the moment, please try again",'
    '"code":"unavailable"}'
)
FAILED = '500 {"error":"Internal server error","code":"internal_error"}'

LATE, LATER = "after the call", "after the next call"  # when a request arrives

UNDELIVERED: dict[str, Fault] = {LATE: late, LATER: late} | REFUSALS | MISTAKES
DELIVERED: dict[str, Fault] = {"dripping": dripping(1)}
FAULTS = UNDELIVERED | UNKNOWN_OUTCOMES | DELIVERED


class Site(NamedTuple):
    """A request to DynamoDB that a scenario makes: the `nth` of its operation."""

    kind: Kind
    scenario: Scenario
    undisturbed: Course
    operation: str
    nth: int


class Disturbance(NamedTuple):
    """What goes wrong there."""

    fault: str
    lasting: bool
    delivered: bool


DISTURBANCES = [
    Disturbance(fault, lasting, delivered)
    for delivered, possible in [(False, UNDELIVERED), (True, DELIVERED)]
    for fault, lasting in product(possible | UNKNOWN_OUTCOMES, [False, True])
]


class MatrixTest(TestCase):
    """Call sites x faults x before and after x first attempt and all attempts."""

    def test_every_fault_everywhere(self) -> None:
        """Nothing acknowledged is lost, no conflict is false, and no record is made by halves."""
        kinds = [kind for kind in map(Kind, UNDER_TEST) if kind.can >= NEEDED]
        sites = [site for kind in kinds for site in recorded_sites(kind)]
        self.assertGreaterEqual(len(sites), FEWEST_CALL_SITES * len(kinds))
        self.assertEqual({site.operation for site in sites}, OPERATIONS)
        with ThreadPoolExecutor(SITES_AT_ONCE) as threads, self.assertLogs(level="ERROR"):
            violations = list(chain.from_iterable(threads.map(violations_at, sites)))
        sys.stdout.write(
            f"{len(sites)} call sites, {len(FAULTS)} faults, "
            f"{len(sites) * len(DISTURBANCES)} runs, {len(violations)} violations\n"
        )
        for violation in violations:
            with self.subTest():
                self.fail(violation)


def recorded_sites(kind: Kind) -> Iterator[Site]:
    """Return where the scenarios can be disturbed: what they are seen to ask when they are not."""
    with tapped(engine()) as wire:
        stage = Stage(wire, kind)
        for scenario in stage.cast.scenarios():
            course = stage.play(scenario)
            for operation, number in Counter(course.calls).items():
                for nth in range(1, number + 1):
                    yield Site(kind, scenario, course, operation, nth)


def violations_at(site: Site) -> list[str]:
    """Disturb a request in every way, and return what went wrong that should not."""
    with tapped(engine()) as wire:
        stage = Stage(wire, site.kind)
        found = [(each, violation(stage, site, each)) for each in DISTURBANCES]
    where = f"{site.scenario}, {site.operation} {site.nth}"
    return [f"{where}, {disturbance}: {wrong}" for disturbance, wrong in found if wrong]


def violation(stage: Stage, site: Site, disturbance: Disturbance, left: int = 2) -> str:
    """Return what is wrong with how the scenario goes then; nothing if all is well.

    It is played `left` times more where the machine was too busy for an undisturbed call.
    """
    fault, lasting, delivered = disturbance
    plan = Plan(FAULTS[fault], site.operation, site.nth, lasting=lasting, delivered=delivered)
    try:
        course = stage.play(site.scenario, plan, is_awaited=fault != LATER)
    except TooSlowError:
        return violation(stage, site, disturbance, left - 1) if left else "is too slow, undisturbed"
    except AssertionError as error:
        return f"breaks an invariant: {error}"
    before, (first, second), _, _ = site.undisturbed
    mistaken = fault in MISTAKES and site.scenario.target != "/health"
    failure = FAILED if mistaken else UNAVAILABLE
    right = [
        (first, second, second[1]),
        ((failure, before), first, first[1]),  # it was not applied
        ((failure, first[1]), second, second[1]),  # it was
    ]
    if fault == LATER:
        right.append(((failure, before), first, second[1]))  # it was, after the next call
    went = (*course.steps, course.end)
    return "" if went in right else f"{went}, none of {right}"
