"""The runbook: each alarm has its section. tests/documents tries its commands."""

from unittest import TestCase

from tests.documents.pages import anchors, read
from tests.support.templates import COMBINATIONS, resources

RUNBOOK = read("docs/runbook.md")


class SectionsTest(TestCase):
    """What leads to the runbook."""

    def test_each_alarm_has_a_section(self) -> None:
        """Each alarm names its section, which answers three questions."""
        for name in COMBINATIONS:
            for alarm, each in resources(name, "CloudWatch::Alarm").items():
                with self.subTest(f"{name}, {alarm}"):
                    message = each["Properties"]["AlarmDescription"]
                    anchor = message.partition("docs/runbook.md#")[2]
                    self.assertIn(anchor, anchors("docs/runbook.md"))
                    section = RUNBOOK.partition(f"### {anchor}\n")[2].partition("\n#")[0]
                    for question in ("**Means**", "**Look at**", "**Do**"):
                        self.assertIn(question, section)
