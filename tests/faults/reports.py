"""A history as somebody can read it who has to find out what went wrong."""

import json
from collections.abc import Iterator

from tests.faults.linearizability import NEVER, History, Operation, linearization
from tests.faults.model import Document, State

METHODS = {"create": "POST", "change": "PATCH", "remove": "DELETE", "read": "GET"}


def reduced(history: History, start: State) -> History:
    """Return what is left of a history that cannot be explained, when all is left out that can be.

    A call that changed nothing is left out; one that changed something may have happened or not.
    """
    number = len(history)
    while number:
        number -= 1
        fewer = [*history[:number], *_relaxed(history[number]), *history[number + 1 :]]
        if fewer != history and linearization(fewer, start) is None:
            history = fewer
    return [each for each in history if each.answer or _may_matter(each, history)]


def described(history: History, start: State) -> str:
    """Return a history, one call in a line: when it began and ended, by whom, what, the answer."""
    etags: dict[str, str] = {}
    stored = " ".join(_json(record.document) for _, record in start.records)
    lines = [f"at first: {stored or 'nothing'}"]
    for each in sorted(history, key=lambda each: each.begin):
        end = "" if each.end == NEVER else str(each.end)
        who = "at the end" if each.client < 0 else f"client {each.client}"
        told = " ".join(filter(None, _answer(each, etags)))
        lines.append(f"{each.begin:4}-{end:4} {who:10}  {_call(each, etags)}  ->  {told}")
    return "\n".join(lines)


def _relaxed(operation: Operation) -> list[Operation]:
    answer = operation.answer
    if answer is None:
        return [operation]
    if answer.status < 300 and operation.call.kind in {"create", "change", "remove"}:
        return [operation._replace(answer=None, end=NEVER)]
    return []


def _may_matter(operation: Operation, history: History) -> bool:
    """Tell whether it is about what is left: the same record, or unique values."""
    told = [(each.call, each.answer) for each in history if each.answer]
    is_about_values = any(call.kind == "find" or answer.blamed for call, answer in told)
    return is_about_values or operation.call.subject in {call.subject for call, _ in told}


def _call(operation: Operation, etags: dict[str, str]) -> str:
    call = operation.call
    method = METHODS.get(call.kind, call.kind)
    named = f" If-Match {_short(call.if_match, etags)}" if call.if_match else ""
    key = f" Idempotency-Key {call.key}" if call.key else ""
    return f"{method} {call.subject} {_json(call.document)}{key}{named}".rstrip()


def _answer(operation: Operation, etags: dict[str, str]) -> Iterator[str]:
    answer = operation.answer
    if answer is None:
        yield "may have happened, or may yet"
        return
    yield str(answer.status)
    yield answer.blamed
    yield _json(answer.document) if answer.document or operation.call.kind == "find" else ""
    yield _short(answer.etag, etags) if answer.etag else ""
    yield "replayed" if answer.replayed else ""


def _short(etag: str, etags: dict[str, str]) -> str:
    return etags.setdefault(etag, f"ETag {len(etags) + 1}")


def _json(document: Document) -> str:
    return json.dumps(dict(document)) if document else ""
