"""How each command of the pages is tried: by one of the journeys here, elsewhere, or not at all.

A pattern stands for whole commands.
"""

import re

from tests.documents.pages import Command, commands

JOURNEYS = {
    "laptop": (
        r"make (run|reset|openapi)( .*)?",
        r"make (-s )?token .*",
        r"curl .*http://127\.0\.0\.1:5000\b.*",
        r"python -X importtime .*",
        r"flask .*",
    ),
    "data": (r"make (export|import|erase|verify) .*|make verify", r"\.venv/bin/python -m tools .*"),
    "stage": (
        r"(AWS_REGION=\S+ )?make (deploy|info|remove|package) .*",
        r"npx osls( deploy.*| invoke local.*)?",
    ),
    "runbook": (r"aws (?!service-quotas|cloudtrail|dynamodb).*",),
    "restore": (r"make restore .*", r"aws dynamodb .*"),
}

ELSEWHERE = {
    r"make (check|test|test-.*)": "tests.unit.test_pipelines",  # what .ci/run runs
    r"make rename NAME=orders|git (commit|reset --hard)": "tests.extending.test_rename",
    r"sed .* > infra/groups\.yml": "tests.extending.test_groups",
    r"sed .* > infra/road-signs\.yml": "tests.extending.test_everyday",
    r"make rollback STAGE=prod( VERSION=12)?": "tests.template.test_rollback",
    r"npx osls (dynamodb start|wsgi serve)": "tests.serverless_local.test_serverless_local",
    r"curl .*<url>/dev/users\b.*": "tests.package.test_package",
    r"\.venv/bin/python -m moto\.server .*|export AWS_ENDPOINT_URL=.*": "tests.deploy.test_deploy",
    r"\.venv/bin/python -m benchmarks\.cost": "benchmarks.tests.test_cost",
    r"\.venv/bin/python -m benchmarks\.capacity": "benchmarks.tests.test_capacity",
}

NOT_HERE = {
    r"make bench|\.venv/bin/python -m benchmarks\.(hostile|tools)": "measures, on a quiet one",
    r"make format": "edits; `make check` finds what it would change",
    r"make lock .*": "asks for newer packages; `make check` runs it without",
    r"npx osls dynamodb install": "downloads DynamoDB Local",
    r"npx serverless": "starts the program that `npx osls` does",
    r"aws service-quotas .*": "moto knows no quotas that can be raised",
    r"aws cloudtrail .*": "moto knows no events",
    r"AWS_REGION=\S+ make import .*": "docs/tools.md's, in a region that has nothing yet",
    r"curl <issuer>/.*": "asks a provider of somebody's",
    r"curl <address>/.*": "asks a stage on AWS",
}


def claimed(journey: str, page: str) -> list[Command]:
    """Return the commands on a page that a journey has to try, in their order."""
    return [each for each in commands(page) if matching(each, JOURNEYS[journey])]


def matching(command: Command, patterns: tuple[str, ...]) -> list[str]:
    """Return those of the patterns that a command matches."""
    return [each for each in patterns if re.fullmatch(each, command.text, re.DOTALL)]
