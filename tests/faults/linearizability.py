"""Whether a history can be explained by a model in which one call follows the other.

The search is that of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993); it remembers
where it has been, as Lowe's does ("Testing for linearizability", 2017).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.faults.model import Answer, Call, Document, State, answered

NEVER = 10**9  # when a call ends of which nobody knows whether it took effect

Revisions = Mapping[Document, set[str]]


class Operation(NamedTuple):
    """A call in a history; without an answer it may have taken effect, or may yet."""

    client: int
    call: Call
    answer: Answer | None
    begin: int
    end: int = NEVER


class Step(NamedTuple):
    """An operation takes effect: its number in the history, and the state after it."""

    number: int
    state: State


History = Sequence[Operation]
Path = tuple[Step, "Path"] | None  # the last step first


class Reached(NamedTuple):
    """Where a search is: a bit for each operation that is left, and how it got there."""

    left: int
    state: State
    path: Path

    def following(self, number: int, state: State) -> "Reached":
        """Return where it is after one more operation."""
        return Reached(self.left & ~(1 << number), state, (Step(number, state), self.path))


def linearization(history: History, start: State) -> list[Step] | None:
    """Return the order in which the operations took effect, or None if there is no such order.

    What began after another had been answered took effect after it. Operations without an answer
    may be left out.
    """
    seen = _seen(history)
    earlier = [_bits(_ended_before(history, each.begin)) for each in history]
    due = _bits(number for number, each in enumerate(history) if each.answer)
    open_ends = [Reached((1 << len(history)) - 1, start, None)]
    visited = set()
    while open_ends:
        reached = open_ends.pop()
        if not reached.left & due:
            return _unwound(reached.path)
        if reached[:2] not in visited:
            visited.add(reached[:2])
            open_ends += _next(history, earlier, seen, reached)
    return None


def _next(
    history: History, earlier: Sequence[int], seen: Revisions, reached: Reached
) -> list[Reached]:
    """Return where the search can go on, the most promising last.

    What is right now and changes nothing can be taken at once: later it would explain no more.
    """
    due: list[Reached] = []
    optional: list[Reached] = []
    for number, operation in enumerate(history):
        if reached.left >> number & 1 and not earlier[number] & reached.left:
            for state in _states(operation, reached.state, seen, f"?{number}"):
                following = reached.following(number, state)
                if operation.answer and state == reached.state:
                    return [following]
                (due if operation.answer else optional).append(following)
    return optional + due[::-1]


def _states(operation: Operation, state: State, seen: Revisions, unseen: str) -> Iterator[State]:
    """Return the states in which an operation can leave this one; none if its answer is wrong."""
    answer = operation.answer
    right, after = answered(state, operation.call, answer.etag if answer else unseen)
    if answer:
        is_new = answer.etag not in state.etags
        if right == answer and (is_new or after.etags is state.etags):
            yield after
    elif after != state:
        yield after
        for etag in seen[right.document] - state.etags if right.etag else ():  # others may have it
            yield answered(state, operation.call, etag)[1]


def _seen(history: History) -> Revisions:
    """Return the revisions that were seen of each document."""
    seen: defaultdict[Document, set[str]] = defaultdict(set)
    for each in history:
        if each.answer and each.answer.etag:
            seen[each.answer.document].add(each.answer.etag)
    return seen


def _ended_before(history: History, time: int) -> Iterator[int]:
    return (number for number, each in enumerate(history) if each.end < time)


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in numbers)


def _unwound(path: Path) -> list[Step]:
    steps: list[Step] = []
    while path:
        step, path = path
        steps.append(step)
    return steps[::-1]
