"""The contract as a document: what linters say about it."""

from pathlib import Path
from unittest import TestCase

from local import openapi
from tests.contract.programs import run

HERE = Path(__file__).parent
LINTERS = HERE.parent.parent / ".local" / "contract" / "node_modules" / ".bin"


class LintTest(TestCase):
    """Two linters, with the settings next to this file."""

    def test_spectral(self) -> None:
        """Spectral has nothing to say, not even a hint."""
        settings = HERE / "spectral.yaml"
        said = run(
            *(LINTERS / "spectral", "lint", "--ruleset", settings, "--fail-severity=hint"),
            openapi.write(),
        )
        self.assertEqual(said.returncode, 0, said.stdout)

    def test_redocly(self) -> None:
        """Redocly has nothing to say either."""
        silent = {"REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "REDOCLY_TELEMETRY": "off"}
        settings = HERE / "redocly.yaml"
        said = run(LINTERS / "redocly", "lint", "--config", settings, openapi.write(), **silent)
        self.assertEqual(said.returncode, 0, said.stdout)
