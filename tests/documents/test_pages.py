"""The pages: each command is tried in one way, each link leads somewhere, each page is short."""

import re
from importlib import import_module
from importlib.util import find_spec
from itertools import chain
from unittest import TestCase

from tests.documents.claims import ELSEWHERE, JOURNEYS, NOT_HERE, matching
from tests.documents.pages import PAGES, PROJECT, anchors, commands, prose, read

PATTERNS = (*chain(*JOURNEYS.values()), *ELSEWHERE, *NOT_HERE)
LONGEST = {  # lines
    ("README.md",): 120,
    ("docs/operation.md", "docs/runbook.md"): 250,
    ("docs/tools.md",): 120,
}


LONGEST_BEGINNING = 600  # characters


class CommandsTest(TestCase):
    """What is known of each command."""

    def test_each_is_tried(self) -> None:
        """Each command is tried in exactly one way, and each way has a command."""
        used = set()
        for page in PAGES:
            for command in commands(page):
                with self.subTest(page, command=command.text):
                    (pattern,) = matching(command, PATTERNS) or ["(none)"]
                    self.assertIn(pattern, PATTERNS)
                    used.add(pattern)
        self.assertEqual(used, set(PATTERNS))

    def test_elsewhere(self) -> None:
        """What another suite tries has a suite."""
        for module in ELSEWHERE.values():
            self.assertTrue(import_module(module).__doc__)

    def test_targets(self) -> None:
        """Each target of `make` that a page names is one, and so is each of its variables."""
        makefile = (PROJECT / "Makefile").read_text("utf-8")
        for page in PAGES:
            for span in re.findall(r"`(?:[A-Z_]+=\S+ )?make ([^`]*[^`.])`", read(page)):
                for word in re.findall(r"^[a-z][a-z-]*|[A-Z]+(?==)", span):
                    with self.subTest(page, word=word):
                        self.assertRegex(makefile, rf"(?m)^{word}:|[^A-Z]{word}[^A-Z]")

    def test_modules(self) -> None:
        """Each module that is run with `python -m` is there."""
        for page in PAGES:
            for module in re.findall(r"\bpython -m ([\w.]+)", read(page)):
                with self.subTest(page, module=module):
                    self.assertTrue(find_spec(module))


class PagesTest(TestCase):
    """What is true of each page."""

    def test_beginning(self) -> None:
        """It has a title, and a few words on what it is for before anything else."""
        for page in PAGES:
            with self.subTest(page):
                self.assertRegex(read(page)[:LONGEST_BEGINNING], r"\A# .+\n\n[A-Z](.+\n){1,5}\n")

    def test_length(self) -> None:
        """It can be read in one go."""
        for pages, lines in LONGEST.items():
            with self.subTest(pages):
                self.assertLessEqual(sum(len(read(page).splitlines()) for page in pages), lines)

    def test_links(self) -> None:
        """What it links to is there, heading and all."""
        for page in PAGES:
            for link in re.findall(r"\]\((?!https://)([^)]+)\)", prose(page)):
                with self.subTest(page, link=link):
                    path, _, anchor = link.partition("#")
                    target = (PROJECT / page).parent / path if path else PROJECT / page
                    self.assertTrue(target.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(str(target)))
