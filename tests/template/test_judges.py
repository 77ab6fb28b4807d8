"""What cfn-lint, checkov and cdk-nag say of the template."""

import json
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest import TestCase

import yaml

from tests.support.osls import PROJECT
from tests.support.templates import COMBINATIONS, template

HERE = Path(__file__).parent
JUDGES = PROJECT / ".local" / "judges"
ACCEPTED: list[dict[str, Any]] = yaml.safe_load((HERE / "accepted.yml").read_text("utf-8"))
AT_MOST = 15


class Finding(NamedTuple):
    """A rule that a resource of a template does not keep."""

    combination: str
    rule: str
    resource: str

    def is_accepted_by(self, entry: dict[str, Any]) -> bool:
        """Tell whether an entry of accepted.yml is about this."""
        beginnings = tuple(entry.get("at", [""]))
        return self.rule in entry["rules"] and self.resource.startswith(beginnings)


class JudgesTest(TestCase):
    """The templates of all combinations of parameters, before the judges."""

    files: list[str]

    @classmethod
    def setUpClass(cls) -> None:
        folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.files = []
        for name in COMBINATIONS:
            file = folder / f"{name}.json"
            file.write_text(json.dumps(template(name), indent=1))
            cls.files.append(str(file))

    def run_judge(self, *command: str, **variables: str) -> str:
        return subprocess.run(
            command, env=os.environ | variables, capture_output=True, text=True, check=False
        ).stdout

    def checkov(self) -> list[Finding]:
        """Return what checkov finds; the rules that it has are enough, so none are downloaded."""
        options = ("--skip-download", "--framework", "cloudformation", "--quiet", "--compact")
        files = [argument for file in self.files for argument in ("--file", file)]
        program = str(JUDGES / "bin" / "checkov")
        report = json.loads(self.run_judge(program, *options, "--output", "json", *files))
        self.assertEqual(report["summary"]["parsing_errors"], 0)
        self.assertGreater(report["summary"]["passed"], 0)
        return [
            Finding(Path(each["file_path"]).stem, each["check_id"], each["resource"].split(".")[-1])
            for each in report["results"]["failed_checks"]
        ]

    def cdk_nag(self) -> list[Finding]:
        """Return what AwsSolutions, NIST 800-53 R5, PCI DSS 3.2.1 and Serverless find."""
        modules = str(JUDGES / "node_modules")
        found = self.run_judge("node", str(HERE / "judges.js"), *self.files, NODE_PATH=modules)
        return [Finding(*each) for each in json.loads(found)]

    def test_cfn_lint(self) -> None:
        """cfn-lint has nothing to say, not even a warning, nor of the role that deploys."""
        files = (*self.files, str(PROJECT / ".github" / "aws.yml"))
        said = self.run_judge("cfn-lint", "--format", "parseable", *files)
        self.assertEqual(said, "")

    def test_findings(self) -> None:
        """Whatever else is found is accepted with a reason, and whatever is accepted is found."""
        findings = self.checkov() + self.cdk_nag()
        accepted = {
            each: entry for each in findings for entry in ACCEPTED if each.is_accepted_by(entry)
        }
        others = sorted({" ".join(each) for each in findings if each not in accepted})
        self.assertEqual(others, [], "\n".join(others))
        needed = {(entry["what"], finding.rule) for finding, entry in accepted.items()}
        listed = {(entry["what"], rule) for entry in ACCEPTED for rule in entry["rules"]}
        self.assertEqual(listed - needed, set())

    def test_few_are_accepted(self) -> None:
        """The list of what is accepted is short, and each has its reason."""
        self.assertLessEqual(len(ACCEPTED), AT_MOST)
        for entry in ACCEPTED:
            with self.subTest(entry["what"]):
                self.assertGreater(len(entry["because"].split()), 10)
