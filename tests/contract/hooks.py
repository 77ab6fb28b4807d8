"""What the fuzzer is told of the service beyond the contract."""

from typing import Any

import schemathesis
from hypothesis.strategies import from_regex
from schemathesis import Case, CheckContext, HookContext, Response

from tests.contract.beyond import is_kept, may_refuse
from users_api.app import RESOURCES
from users_api.http.preconditions import ENTITY_TAGS
from users_api.resource import Resource

# It makes no valid header of a pattern that asks for punctuation.
schemathesis.openapi.format("entity-tags", from_regex(ENTITY_TAGS, fullmatch=True))

REPLAYED = "idempotent-replayed"

made: dict[str, dict[str, None]] = {each.name: {} for each in RESOURCES}
"""The ids of the records that there are, the newest last."""


def resource_of(case: Case[Any]) -> Resource[Any] | None:
    """Return the resource whose call this is."""
    tags = case.operation.tags or []
    return next((each for each in RESOURCES if each.name in tags), None)


def is_valid(case: Case[Any]) -> bool:
    """Tell whether a request keeps the contract."""
    return case.meta is not None and case.meta.generation.mode.is_positive


@schemathesis.hook
def filter_body(_: HookContext, body: object) -> bool:
    """Leave out numbers that only look as if they were allowed."""
    return is_kept(body)


@schemathesis.hook
def before_call(_: HookContext, case: Case[Any], __: dict[str, Any]) -> None:
    """Refer to records that there are, for nobody guesses their ids."""
    resource = resource_of(case)
    if resource and is_valid(case) and isinstance(case.body, dict):
        for field, target in resource.references.items():
            if case.body.get(field) is not None and made[target.name]:
                case.body = {**case.body, field: [*made[target.name]][-1]}


@schemathesis.hook
def after_call(_: HookContext, case: Case[Any], response: Response) -> None:
    """Note which records there are."""
    resource = resource_of(case)
    if resource and response.status_code == 201 and REPLAYED not in response.headers:
        made[resource.name][response.json()[resource.key]] = None
    if resource and response.status_code == 204:
        made[resource.name].pop(case.path_parameters[resource.key], None)


@schemathesis.check
def only_refused_beyond_the_contract(_: CheckContext, response: Response, case: Case[Any]) -> None:
    """Look closer at the 400 that schemathesis.toml allows for writes: the reason has to be one."""
    resource = resource_of(case)
    if resource is None or response.status_code != 400 or not is_valid(case):
        return
    is_list = case.operation.label == f"GET /{resource.name}"
    errors = response.json().get("errors", [])
    if not is_list and not may_refuse(resource, case.operation.label, case.body, errors):
        raise AssertionError(f"The contract allows what is refused: {errors}")
