"""Each guarantee, taken out of the parts that all resources share, is missed by tests of groups."""

import tempfile
from pathlib import Path
from typing import NamedTuple
from unittest import TestCase

from tests.extending.copies import Copy


class Mutation(NamedTuple):
    """What is changed in a module, and the suite that has to notice."""

    module: str
    before: str
    after: str
    suite: str


MUTATIONS = [
    Mutation("store/unique.py", "= :owner", "= :owner OR attribute_exists(recordId)", "changes"),
    Mutation("store/unique.py", "in self._gained(after, before)", "in []", "changes"),
    Mutation(
        "store/collection.py",
        'f"attribute_not_exists({self.resource.key})", repeatable=False',
        '"attribute_not_exists(nothing)", repeatable=False',
        "changes",
    ),
    Mutation("store/collection.py", "repeatable=False", "repeatable=True", "lost_creations"),
    Mutation("store/collection.py", "        request.check(memory)\n", "", "idempotency"),
    Mutation(
        "store/collection.py",
        "OR expiresAt <= :now",
        "OR expiresAt < :now AND attribute_not_exists(expiresAt)",
        "idempotency",
    ),
    Mutation(
        "store/items.py",
        '"writeId = :revision"',
        '"writeId = :revision OR attribute_exists(writeId)"',
        "lost_changes",
    ),
    Mutation("store/items.py", "kept.keys() - names", "()", "changes"),
    Mutation("store/health.py", "in self._keys.items()", "in ()", "service"),
    Mutation("idempotency.py", '{scope}\\n{key}"', '{key}"', "idempotency"),
    Mutation("http/preconditions.py", "parse_etags(header).contains\n", "bool\n", "changes"),
    Mutation("http/preconditions.py", "header is not None and", "False and", "changes"),
    Mutation("http/pages.py", "encode(kind, position) != cursor", "False", "lists"),
    Mutation("http/requests.py", "len(document) < len(pairs)", "False", "bad_input"),
    Mutation("http/requests.py", "or encoded", "", "bad_input"),
    Mutation("validation/containers.py", "field.label == fixed", "False", "changes"),
    Mutation("validation/containers.py", "len(values) < len(document)", "False", "bad_input"),
]


class MutationTest(TestCase):
    """A copy of the project that serves groups, with one thing wrong at a time."""

    def test_each_is_noticed(self) -> None:
        """The suite that is right about what is there fails when it is not there."""
        copy = Copy(Path(self.enterContext(tempfile.TemporaryDirectory())) / "project")
        copy.follow("A resource")
        for suite in sorted({each.suite for each in MUTATIONS}):
            self.run_suite(copy, suite)
        for mutation in MUTATIONS:
            path = copy.folder / "users_api" / mutation.module
            original = path.read_text("utf-8")
            with self.subTest(mutation=mutation):
                self.assertEqual(original.count(mutation.before), 1)
                path.write_text(original.replace(mutation.before, mutation.after), "utf-8")
                with self.assertRaises(AssertionError):
                    self.run_suite(copy, mutation.suite)
            path.write_text(original, "utf-8")

    def run_suite(self, copy: Copy, name: str) -> None:
        """Run a suite for groups."""
        copy.python("-m", "unittest", "--failfast", f"tests.http.test_{name}", RESOURCE="groups")
