"""Send the traffic of a stage back to an earlier version: `make rollback STAGE= VERSION=`.

A roll-out that is under way is stopped, and CodeDeploy sends back what it had moved. After one that
has ended, the alias is moved to the version that is named; without a name the versions are listed.
"""

import sys
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.tables import region
from tools import SERVICE, refusals

UNDER_WAY = ["Created", "Queued", "InProgress", "Baking", "Ready"]


def main(stage: str, version: str) -> None:
    """Go back, and say to which version; end with a sentence if that cannot be."""
    function = f"{SERVICE}-{stage}-api"
    try:
        _say(_rolled_back(stage, function, version))
    except (BotoCoreError, ClientError) as error:
        missing = f"There is no stage {stage} in {region()} (no function {function})."
        sys.exit(refusals.sentence(error, missing))


def _rolled_back(stage: str, function: str, version: str) -> str:
    functions = boto3.client("lambda", region_name=region())
    aliases = functions.list_aliases(FunctionName=function)["Aliases"]
    if not aliases:
        sys.exit(
            "There is no alias `live` to move. With rollout off, deploy the commit before; "
            "if somebody removed it: docs/runbook.md#unanswered."
        )
    deployments = boto3.client("codedeploy", region_name=region())
    if rollouts := _under_way(deployments, f"{SERVICE}-{stage}"):
        for rollout in rollouts:
            deployments.stop_deployment(deploymentId=rollout, autoRollbackEnabled=True)
        return "The roll-out is being stopped, and its traffic goes back to the version before."
    return _moved(functions, function, aliases[0], version)


def _under_way(deployments: Any, application: str) -> list[str]:  # noqa: ANN401 - boto3 has no types
    try:
        listed = deployments.list_deployments(
            applicationName=application, deploymentGroupName="api", includeOnlyStatuses=UNDER_WAY
        )
    except deployments.exceptions.ApplicationDoesNotExistException:
        return []  # SnapStart has an alias, too
    return list(listed["deployments"])


def _moved(functions: Any, function: str, alias: dict[str, str], version: str) -> str:  # noqa: ANN401
    current, versions = alias["FunctionVersion"], _versions(functions, function)
    if version not in versions:
        table = "\n".join(
            f"  {number:>5}  published {time}{' <- has the traffic' * (number == current)}"
            for number, time in versions.items()
        )
        unknown = version and f"There is no version {version}. "
        sys.exit(
            f"{unknown}Say where to: add VERSION= with the last version that was good.\n{table}"
        )
    functions.update_alias(
        FunctionName=function,
        Name=alias["Name"],
        FunctionVersion=version,
        RoutingConfig={"AdditionalVersionWeights": {}},
    )
    if version == current:
        return f"Version {version} has the traffic already."
    return f"All traffic goes to version {version}, and none to {current}."


def _versions(functions: Any, function: str) -> dict[str, str]:  # noqa: ANN401
    """Return when each version was published (UTC), the latest first."""
    pages = functions.get_paginator("list_versions_by_function").paginate(FunctionName=function)
    every = {
        each["Version"]: each["LastModified"][:16] for page in pages for each in page["Versions"]
    }
    return {number: every[number] for number in sorted(filter(str.isdecimal, every), key=int)[::-1]}


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
