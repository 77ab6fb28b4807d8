"""The template of a stage, for each combination of parameters that changes what is in it."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests.support.osls import copy_of_the_project, osls

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
TOKEN = {"access": "token", "issuer": "https://id.example.com", "audience": "users-api"}
EVERYTHING = TOKEN | {
    "alarmEmail": "operator@example.com",
    "certificate": CERTIFICATE,
    "domain": "api.example.com/v1",
    "logLevel": "DEBUG",
    "origins": "https://example.com",
    "reservedConcurrency": "50",
    "snapStart": "true",
    "tracing": "true",
}


class Combination(NamedTuple):
    """A stage and the parameters that it is given."""

    stage: str
    parameters: dict[str, str]


COMBINATIONS = {
    "dev": Combination("dev", {}),
    "dev-operated": Combination("dev", {"operation": "true", "rollout": "stepwise"}),
    "prod": Combination("prod", TOKEN),
    "prod-open": Combination("prod", {"access": "open"}),
    "prod-at-once": Combination("prod", TOKEN | {"rollout": "atOnce"}),
    "prod-unwatched": Combination("prod", TOKEN | {"operation": "false", "rollout": "off"}),
    "prod-everything": Combination("prod", EVERYTHING | {"waf": "true"}),
    "http-open": Combination("prod", {"access": "open", "gateway": "http"}),
    "http-everything": Combination("prod", EVERYTHING | {"gateway": "http"}),
}


def package(project: Path, stage: str, parameters: dict[str, str]) -> dict[str, Any]:
    """Return the compiled template of a stage; nothing is installed for the zip."""
    given = [f"--param={parameter}={value}" for parameter, value in parameters.items()]
    for requirements in ("requirements.txt", "authorizer/requirements.txt"):
        (project / requirements).write_text("")
    osls(project, "package", "--stage", stage, *given)
    compiled = project / ".serverless" / "cloudformation-template-update-stack.json"
    document: dict[str, Any] = json.loads(compiled.read_text("utf-8"))
    return document


@cache
def template(name: str) -> dict[str, Any]:
    """Return the compiled template of one of the combinations."""
    with TemporaryDirectory() as folder:
        project = copy_of_the_project(Path(folder) / "project")
        return package(project, *COMBINATIONS[name])


def resources(name: str, kind: str = "") -> dict[str, dict[str, Any]]:
    """Return the resources of one of the combinations, or those of one type, by their names."""
    every = template(name)["Resources"]
    return {key: each for key, each in every.items() if each["Type"].endswith(kind)}
