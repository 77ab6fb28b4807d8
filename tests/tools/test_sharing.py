"""The engine of `make run`, and commands beside it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from local.engine import PORTS_CLOSED_TO_PAGES, DataInUseError, running_engine
from local.sharing import shared_engine
from local.tables import create_missing


class SharingTest(TestCase):
    """Data that is in use, or not."""

    def setUp(self) -> None:
        self.data = Path(self.enterContext(TemporaryDirectory())) / "dynamodb.sqlite"

    def test_in_use(self) -> None:
        """A command uses the engine that runs, and leaves it running."""
        with running_engine(self.data, PORTS_CLOSED_TO_PAGES) as url:
            for _ in range(2):
                with shared_engine(self.data, PORTS_CLOSED_TO_PAGES) as shared:
                    self.assertEqual(shared, url)
            create_missing(url, "still-answers")

    def test_alone(self) -> None:
        """A command runs an engine where there is none, and ends it; the next one, too."""
        for _ in range(2):
            with shared_engine(self.data, PORTS_CLOSED_TO_PAGES) as url:
                create_missing(url, "answers")
                with (
                    self.assertRaises(DataInUseError),
                    running_engine(self.data, PORTS_CLOSED_TO_PAGES),
                ):
                    self.fail("two engines have the same data open")
