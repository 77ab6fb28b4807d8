#!/usr/bin/env python3
"""Send the traffic of a stage back to the version before: `make rollback STAGE=`.

A roll-out that is under way is stopped, and CodeDeploy sends back what it had moved. After one that
has ended, the alias is moved to the version before; doing so again goes back one more.
"""

import sys
from typing import Any

import boto3

SERVICE = "users-api"
UNDER_WAY = ["Created", "Queued", "InProgress", "Baking", "Ready"]


def main(stage: str) -> None:
    """Go back, and say to which version; end with a sentence if there is none."""
    function, functions = f"{SERVICE}-{stage}-api", boto3.client("lambda")
    aliases = functions.list_aliases(FunctionName=function)["Aliases"]
    if not aliases:
        sys.exit("This stage has no alias to move (rollout is off): deploy the commit before.")
    deployments = boto3.client("codedeploy")
    if rollouts := _under_way(deployments, f"{SERVICE}-{stage}"):
        for rollout in rollouts:
            deployments.stop_deployment(deploymentId=rollout, autoRollbackEnabled=True)
        _say("The roll-out is being stopped, and its traffic goes back to the version before.")
    else:
        _say(_go_back(functions, function, aliases[0]))


def _under_way(deployments: Any, application: str) -> list[str]:  # noqa: ANN401 - boto3 has no types
    listed = deployments.list_deployments(
        applicationName=application, deploymentGroupName="api", includeOnlyStatuses=UNDER_WAY
    )
    return list(listed["deployments"])


def _go_back(functions: Any, function: str, alias: dict[str, str]) -> str:  # noqa: ANN401
    current = int(alias["FunctionVersion"])
    earlier = [version for version in _versions(functions, function) if version < current]
    if not earlier:
        sys.exit(f"There is no version before {current}.")
    functions.update_alias(
        FunctionName=function,
        Name=alias["Name"],
        FunctionVersion=str(max(earlier)),
        RoutingConfig={"AdditionalVersionWeights": {}},
    )
    return f"All traffic goes to version {max(earlier)} again, and none to {current}."


def _versions(functions: Any, function: str) -> list[int]:  # noqa: ANN401
    pages = functions.get_paginator("list_versions_by_function").paginate(FunctionName=function)
    numbers = (each["Version"] for page in pages for each in page["Versions"])
    return [int(number) for number in numbers if number.isdecimal()]


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")


if __name__ == "__main__":
    main(sys.argv[1])
