"""What the contract cannot tell of a resource, and the fuzzer has to know."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from users_api import validation
from users_api.errors import InvalidFieldsError
from users_api.openapi import examples, records
from users_api.resource import Resource
from users_api.validation import wording
from users_api.validation.numbers import SMALLEST_DECIMAL

Reader = Callable[[Any], object]

INSIDE = re.compile(r"[^.\[]+(\.[^.\[]+)+")  # a field of an object that is in no list
MAY_BE_REFUSED = """
[[operations]]
include-name = {}
warnings.display = ["missing_auth", "base_url_mismatch", "method_not_allowed", "rate_limited"]
warnings.fail-on = true
"""


def settings(resources: Sequence[Resource[Any]]) -> str:
    """Return what schemathesis.toml cannot say: calls that may refuse all that is sent at random.

    One takes a single look-up out of several; others heed a rule.
    """
    lists = [f"GET /{each.name}" for each in resources if _has_several_look_ups(each)]
    ruled = [call for each in resources if each.rule for call in _writes(each)]
    return MAY_BE_REFUSED.format(json.dumps(lists + ruled)) if lists + ruled else ""


def may_refuse(
    resource: Resource[Any], call: str, body: Any, errors: Sequence[Mapping[str, str]]
) -> bool:
    """Tell whether a call may refuse a body for these errors, though it keeps the contract.

    A patch of an object has to complete it where there is none yet; and a rule may refuse what is
    valid by itself.
    """
    writes = _writes(resource)
    if not errors or call not in writes:
        return False
    if call == _one("PATCH", resource) and all(_is_lacking(each) for each in errors):
        return True
    return resource.rule is not None and _is_valid(writes[call], body)


def is_kept(value: Any) -> bool:
    """Tell whether every number in a document is one that the service keeps (numbers.py)."""
    if isinstance(value, dict):
        return is_kept([*value.values()])
    if isinstance(value, list):
        return all(is_kept(each) for each in value)
    return not (isinstance(value, float) and 0 < abs(value) < SMALLEST_DECIMAL)


def _one(method: str, resource: Resource[Any]) -> str:
    return f"{method} /{resource.name}/{{{resource.key}}}"


def _has_several_look_ups(resource: Resource[Any]) -> bool:
    return "list" in resource.calls and len(resource.unique) > 1


def _writes(resource: Resource[Any]) -> dict[str, Reader]:
    """Return the calls that a rule may refuse, each with what reads its body.

    A patch is read as one of a whole record.
    """
    whole = validation.restore(resource.model, examples.of(records.answer(resource.model)) or {})
    readers: dict[str, Reader] = {}
    if "create" in resource.calls:
        readers[f"POST /{resource.name}"] = resource.new
    if "change" in resource.calls:
        readers[_one("PATCH", resource)] = partial(validation.merge, whole, fixed=resource.key)
    for call in resource.own_calls:
        read: Reader = partial(validation.create, call.body) if call.body else bool
        readers[f"{_one(call.method, resource)}/{call.path}"] = read
    return readers


def _is_valid(read: Reader, body: Any) -> bool:
    try:
        read(body)
    except InvalidFieldsError:
        return False
    return True


def _is_lacking(error: Mapping[str, str]) -> bool:
    return error["message"] == wording.REQUIRED and bool(INSIDE.fullmatch(error["field"]))
