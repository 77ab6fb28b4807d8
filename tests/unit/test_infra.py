"""The tables, and what the function may do with them, are those that the resources need."""

from pathlib import Path
from typing import Any
from unittest import TestCase

import yaml

from users_api.app import RESOURCES

INFRA = Path(__file__).parent.parent.parent / "infra"
OF_A_RESOURCE = {f"dynamodb:{name}" for name in ("GetItem", "PutItem", "DeleteItem", "Scan")}


class Loader(yaml.SafeLoader):
    """Reads a function of CloudFormation as its argument."""


Loader.add_multi_constructor("!", lambda loader, _, node: loader.construct_scalar(node))


class TableTest(TestCase):
    """`infra/<resource>.yml`."""

    def definition(self, name: str) -> dict[str, Any]:
        """Return what stands in the file of a resource."""
        text = (INFRA / f"{name}.yml").read_text("utf-8")
        definition: dict[str, Any] = yaml.load(text, Loader)
        return definition

    def rights(self, definition: dict[str, Any], table: str) -> set[str]:
        """Return what the statements allow with a table."""
        return {
            action
            for statement in definition["statements"]
            if statement["Resource"] == f"{table}.Arn"
            for action in [*statement["Action"]]
        }

    def test_resources(self) -> None:
        """Each resource has a table with its key, a variable that names it, and exact rights."""
        for resource in RESOURCES:
            with self.subTest(resource.name):
                definition = self.definition(resource.name)
                [(table, described)] = definition["resources"].items()
                properties = described["Properties"]
                variable = f"{resource.name.upper().replace('-', '_')}_TABLE"
                self.assertEqual(definition["environment"], {variable: properties["TableName"]})
                key = {"AttributeName": resource.key, "KeyType": "HASH"}
                self.assertEqual(properties["KeySchema"], [key])
                self.assertEqual(self.rights(definition, table), OF_A_RESOURCE)

    def test_references(self) -> None:
        """A resource that refers to another may check that the other one's records exist."""
        for resource in RESOURCES:
            for target in resource.references.values():
                with self.subTest(resource.name, target=target.name):
                    [table] = self.definition(target.name)["resources"]
                    rights = self.rights(self.definition(resource.name), table)
                    self.assertIn("dynamodb:ConditionCheckItem", rights)
