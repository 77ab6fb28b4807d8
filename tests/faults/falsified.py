"""Histories as a service would make them that does what it must not: a checker rejects them."""

from collections.abc import Callable, Sequence
from itertools import combinations
from random import Random
from typing import NamedTuple

from tests.faults.linearizability import History, Operation, Step
from tests.faults.model import State, answered

FEWEST_NOTICED = 2  # one alone may well be explained by a call whose outcome nobody knows


class Explained(NamedTuple):
    """A history, and an order in which its operations may have taken effect."""

    start: State
    history: History
    order: Sequence[Step]


def swapped(true: Explained, random: Random) -> History | None:
    """Return it with the answers to two calls of a kind, about the same, swapped."""
    pairs = [
        (one, other)
        for one, other in combinations(range(len(true.history)), 2)
        if _is_alike(true.history[one], true.history[other])
    ]
    if not pairs:
        return None
    one, other = random.choice(pairs)
    history = list(true.history)
    history[one] = history[one]._replace(answer=true.history[other].answer)
    history[other] = history[other]._replace(answer=true.history[one].answer)
    return history


def with_another_etag(true: Explained, random: Random) -> History | None:
    """Return it with an ETag, which more than one call was told, changed in one answer."""
    etags = [each.answer.etag for each in true.history if each.answer and each.answer.etag]
    told = [
        number
        for number, each in enumerate(true.history)
        if each.answer and each.answer.etag and etags.count(each.answer.etag) > 1
    ]
    if not told:
        return None
    number = random.choice(told)
    history = list(true.history)
    answer = history[number].answer
    if answer:
        etag = random.choice([*({*etags} - {answer.etag}), '"another"'])
        history[number] = history[number]._replace(answer=answer._replace(etag=etag))
    return history


def without_an_effect(true: Explained, random: Random) -> History | None:
    """Return it as if a change that was confirmed had not been made, and later calls noticed."""
    writes = [
        step.number
        for step, before in zip(true.order, _states(true), strict=True)
        if true.history[step.number].answer and step.state != before
    ]
    random.shuffle(writes)
    return next((each for each in (_without(true, write) for write in writes) if each), None)


FALSIFICATIONS: list[Callable[[Explained, Random], History | None]] = [
    swapped,
    with_another_etag,
    without_an_effect,
]


def _is_alike(one: Operation, other: Operation) -> bool:
    """Tell whether one call is like a later one, but was answered otherwise."""
    if one.answer is None or other.answer is None:
        return False
    is_later = max(one.begin, other.begin) > min(one.end, other.end)
    return is_later and one.call[:2] == other.call[:2] and one.answer != other.answer


def _states(true: Explained) -> list[State]:
    """Return the state before each step."""
    return [true.start, *(step.state for step in true.order[:-1])]


def _without(true: Explained, lost: int) -> History | None:
    """Return the history without the effect of an operation; None if few later answers differ."""
    history, state = list(true.history), true.start
    for step, before in zip(true.order, _states(true), strict=True):
        operation = history[step.number]
        [etag] = step.state.etags - before.etags or {f'"new{step.number}"'}
        answer, after = answered(state, operation.call, etag)
        if step.number != lost:
            state = after
            if operation.answer:
                history[step.number] = operation._replace(answer=answer)
    changed = [one for one, other in zip(history, true.history, strict=True) if one != other]
    later = [each for each in changed if each.begin > history[lost].end]
    return history if len(later) >= FEWEST_NOTICED else None
