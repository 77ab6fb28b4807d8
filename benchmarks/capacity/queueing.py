"""Requests that arrive, are refused or served, one event after the other; and closed formulas."""

from collections import deque
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from math import inf

import numpy as np
from msgspec import Struct

from benchmarks.capacity.limits import IDLE, Limits

STEP = 0.1  # seconds for which a rate is taken as constant


class Load(Struct, frozen=True):
    """Requests: when each arrives, how long it is served (both in seconds), and its units."""

    arrivals: Sequence[float]
    services: Sequence[float]
    reads: Sequence[float]
    writes: Sequence[float]


class Outcome(Struct, frozen=True):
    """What became of a load. Latencies are in seconds."""

    offered: int
    refused: dict[str, int]  # by whom
    latencies: Sequence[float]
    cold: int
    most_environments: int
    busy: float  # environments, on average

    @property
    def share_refused(self) -> float:
        """The share of requests that were refused, by whomever."""
        return sum(self.refused.values()) / max(1, self.offered)

    def latency(self, percent: float) -> float:
        """Return a percentile of those that were served."""
        return float(np.percentile(self.latencies, percent)) if len(self.latencies) else inf


class Bucket:
    """A token bucket that starts full."""

    def __init__(self, rate: float, size: float) -> None:
        self._rate, self._size = rate, size
        self._tokens, self._at = size, 0.0

    def take(self, now: float, tokens: float = 1) -> bool:
        """Take tokens if they are there."""
        self._tokens = min(self._size, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < tokens:
            return False
        self._tokens -= tokens
        return True


class Pool:
    """The execution environments of a function: busy ones by when they end, idle ones by age."""

    def __init__(self, limits: Limits, warm: int = 0) -> None:
        self._concurrency = limits.concurrency
        self._growth = Bucket(limits.growth, limits.growth_burst)
        self._busy: list[float] = []
        self._idle: deque[float] = deque([0.0] * warm)
        self.most = warm

    def start(self, now: float) -> bool | None:
        """Take an environment: True for a new one, False for one that waits, None for none."""
        while self._busy and self._busy[0] <= now:
            self._idle.append(heappop(self._busy))
        while self._idle and self._idle[0] < now - IDLE:
            self._idle.popleft()
        if len(self._busy) >= self._concurrency:
            return None
        if self._idle:
            self._idle.pop()
            return False
        return True if self._growth.take(now) else None

    def serve_until(self, end: float) -> None:
        """Keep the environment that was taken busy."""
        heappush(self._busy, end)
        self.most = max(self.most, len(self._busy) + len(self._idle))


def simulate(load: Load, limits: Limits, cold_start: float, warm: int = 0) -> Outcome:
    """Return what becomes of a load; `cold_start` is what a new environment adds, in seconds."""
    gates = (
        ("API Gateway", Bucket(limits.gateway_rate, limits.gateway_burst)),
        ("Lambda", Bucket(limits.lambda_rate, limits.lambda_rate)),
    )
    reads, writes = Bucket(limits.reads, limits.reads), Bucket(limits.writes, limits.writes)
    pool, refused = Pool(limits, warm), dict.fromkeys(("API Gateway", "Lambda", "DynamoDB"), 0)
    latencies: list[float] = []
    cold, busy = 0, 0.0
    for now, service, read, write in zip(
        load.arrivals, load.services, load.reads, load.writes, strict=True
    ):
        closed = next((name for name, gate in gates if not gate.take(now)), None)
        new = None if closed else pool.start(now)
        if new is None:
            refused[closed or "Lambda"] += 1
            continue
        time = service + cold_start * new
        pool.serve_until(now + time)
        cold, busy = cold + new, busy + time
        if reads.take(now, read) and writes.take(now, write):
            latencies.append(time)
        else:
            refused["DynamoDB"] += 1
    duration = load.arrivals[-1] if len(load.arrivals) else 1
    offered = len(load.arrivals)
    return Outcome(offered, refused, latencies, cold, pool.most, busy / duration)


def arrivals(
    rate: Callable[[float], float], seconds: float, chance: np.random.Generator
) -> list[float]:
    """Return when requests arrive: at random, with a rate a second that changes with time."""
    starts = np.arange(0, seconds, STEP)
    counts = chance.poisson([rate(start) * STEP for start in starts])
    times = np.repeat(starts, counts) + chance.random(counts.sum()) * STEP
    return [float(each) for each in np.sort(times)]


def little(rate: float, time: float) -> float:
    """Return how many requests there are at once, on average (Little's law)."""
    return rate * time


def erlang_b(load: float, servers: int) -> float:
    """Return the share that is refused where nobody waits (Erlang's formula B)."""
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked
