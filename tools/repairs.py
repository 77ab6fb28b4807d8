"""Mending what can be mended without a guess, each time on the condition that it is still so."""

import time
from functools import partial

from tools.patience import Pace
from tools.problems import MENDABLE, Kind, Problem
from tools.stages import IDEMPOTENCY, UNIQUE_VALUES, Stage
from users_api.store.session import Write
from users_api.store.unique import KEY


class Repairs:
    """Mends problems in the tables of a stage."""

    def __init__(self, stage: Stage, pace: Pace) -> None:
        self._stage = stage
        self._pace = pace
        self._markers = stage.table(UNIQUE_VALUES).name
        self._requests = stage.table(IDEMPOTENCY).name

    def mend(self, problem: Problem) -> None:
        """Mend a problem if that is possible, and note it."""
        if problem.kind in MENDABLE:
            writes = self._writes(problem)
            problem.mended = self._pace.patiently(partial(self._apply, *writes))

    def _apply(self, *writes: Write) -> bool:
        """Tell whether the writes were applied: others may have changed what they are about."""
        return self._stage.connection.session().write(*writes) is None

    def _writes(self, problem: Problem) -> list[Write]:
        if problem.kind is Kind.EXPIRED:
            now = {"now": int(time.time())}
            return [Write("delete", self._requests, {"key": problem.key}, "expiresAt <= :now", now)]
        if problem.kind is Kind.UNOWNED:
            own = {"owner": problem.owner}
            marker = {KEY: problem.key}
            release = Write("delete", self._markers, marker, "recordId = :owner", own)
            return [release, self._unchanged(problem)]
        marker = {KEY: problem.key, "recordId": problem.owner}
        claim = Write("put", self._markers, marker, f"attribute_not_exists({KEY})")
        return [claim, self._unchanged(problem)]

    def _unchanged(self, problem: Problem) -> Write:
        """Return what checks that the record is still as it was found, or still not there."""
        table = self._stage.table(problem.resource)
        key = {table.key: problem.owner}
        if problem.unchanged is None:
            condition = f"attribute_not_exists({table.key})"
            return Write("condition_check", table.name, key, condition)
        return Write("condition_check", table.name, key, **problem.unchanged)
