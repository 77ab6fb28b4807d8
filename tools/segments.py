"""A part of a table that is exported: its file, and how far it has come."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct, ValidationError

from tools import files, lines
from tools.lines import Document, Format
from tools.patience import Pace
from tools.progress import Steps
from tools.scans import Page, pages
from tools.stages import Stage
from users_api.resource import Resource
from users_api.store.items import Stored, restored

PART = ".part"  # a file of a segment, as long as the export is not complete


class Progress(Struct, rename="camel"):
    """How far a segment has come."""

    position: str | None = None
    size: int = 0  # bytes of its file
    records: int = 0
    checksum: str = "0"
    unreadable: int = 0
    left_out: dict[str, int] = {}
    complete: bool = False

    def note(self, resource: Resource[Any], page: Page) -> list[Document]:
        """Note that a page has been read; return its records."""
        stored = list(_readable(resource, page))
        documents = [lines.document(each) for each in stored]
        missing = Counter(name for each in stored for name in lines.left_out(resource, each))
        self.left_out = dict(missing + Counter(self.left_out))
        self.position = page.position
        self.complete = page.position is None
        self.records += len(documents)
        self.unreadable += len(page.items) - len(documents)
        self.checksum = f"{(int(self.checksum, 16) + lines.checksum(documents)) % lines.CHECKSUM:x}"
        return documents


class Segment:
    """A part of a table: its file, and how far it has come."""

    def __init__(self, resource: Resource[Any], form: Format, folder: Path, number: int) -> None:
        self._resource = resource
        self._form = form
        self.number = number
        self.file = folder / f"{resource.name}-{number}{PART}"
        self.progress_file = folder / f"{resource.name}-{number}{PART}.json"
        self.progress = files.load(self.progress_file, Progress) or Progress()

    def run(self, stage: Stage, pace: Pace, told: Steps) -> None:
        """Read what is left of it."""
        progress, table = self.progress, stage.table(self._resource.name)
        if progress.complete:
            return
        with files.opened(self.file, progress.size) as file:
            for page in pages(stage, table, pace, progress.position, self.number):
                documents = progress.note(self._resource, page)
                file.write(lines.encode(self._resource, documents, self._form))
                progress.size = files.saved(file)
                files.save(self.progress_file, progress)
                told.advance(len(page.items))


def _readable(resource: Resource[Any], page: Page) -> Iterator[Stored[Any]]:
    for item in page.items:
        with suppress(ValidationError):
            yield restored(resource, item)
