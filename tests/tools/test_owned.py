"""Records that belong to people, in a copy of the project that serves bookings and groups."""

import tempfile
from pathlib import Path
from unittest import TestCase

from tests.extending.copies import Copy
from tests.extending.test_everyday import extend


class OwnedTest(TestCase):
    """A resource whose records have owners, and one that only refers to users."""

    def test_in_a_copy(self) -> None:
        """They are told apart, and people are users unless another resource is named."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Copy(Path(folder) / "project")
            extend(copy)
            copy.follow("A reference")
            modules = [f"tests.tools.{name}" for name in ("owned", "test_erase", "test_whose")]
            copy.python("-m", "unittest", *modules)
