"""The pipelines under `.github/`: the suites of a laptop, and nothing that moves by itself."""

import re
from pathlib import Path
from typing import Any
from unittest import TestCase

import yaml

PROJECT = Path(__file__).parent.parent.parent
WORKFLOWS = {file.name: file.read_text("utf-8") for file in PROJECT.glob(".github/workflows/*.yml")}


class PipelinesTest(TestCase):
    """What can drift apart in them."""

    def test_suites(self) -> None:
        """A push runs the suites that .ci/run runs."""
        run = (PROJECT / ".ci" / "run").read_text("utf-8")
        (lanes,) = re.findall(r"^lanes=\((.*?)^\)", run, re.DOTALL | re.MULTILINE)
        workflow: dict[str, Any] = yaml.safe_load(WORKFLOWS["test.yml"])
        matrix = workflow["jobs"]["suite"]["strategy"]["matrix"]
        self.assertCountEqual(matrix["suite"], lanes.replace('"', "").split())

    def test_actions(self) -> None:
        """Each action is named by its commit, and says which version that is."""
        for name, text in WORKFLOWS.items():
            with self.subTest(name):
                used = re.findall(r"uses: (?!\./)(.*)", text)
                for each in used:
                    self.assertRegex(each, r"^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")

    def test_no_keys(self) -> None:
        """No workflow uses a stored secret, and none has a right that is not written at a job."""
        for name, text in WORKFLOWS.items():
            with self.subTest(name):
                self.assertNotIn("secrets.", text)
                self.assertEqual(yaml.safe_load(text)["permissions"], {})

    def test_role(self) -> None:
        """AWS trusts one repository only, and each stage's role only its environment."""
        template = (PROJECT / ".github" / "aws.yml").read_text("utf-8")
        self.assertIn("sub: !Sub repo:${Repository}:environment:${Stage}\n", template)
        self.assertIn("aud: sts.amazonaws.com\n", template)

    def test_updates(self) -> None:
        """Each package.json is kept up to date."""
        updates = yaml.safe_load((PROJECT / ".github" / "dependabot.yml").read_text("utf-8"))
        (npm,) = (e for e in updates["updates"] if e["package-ecosystem"] == "npm")
        folders = [PROJECT, *(each for each in (PROJECT / "tests").iterdir() if each.is_dir())]
        packages = {
            f"/{each.relative_to(PROJECT)}".removesuffix(".")
            for each in folders
            if (each / "package.json").exists()
        }
        self.assertEqual(set(npm["directories"]), packages)
