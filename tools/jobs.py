"""What there is to import: the files that `export` made, or one of another system."""

from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct

from tools import files, lines
from tools.creations import Creations
from tools.errors import ToolError
from tools.exports import MANIFEST, VERSION, Contents, Manifest
from tools.imports import Import
from tools.lines import Format
from tools.locks import alone
from tools.patience import Pace
from tools.sources import Source
from tools.stages import Stage, resource_called
from tools.writing import OnConflict, Rehearsal, Writer
from users_api.app import RESOURCES
from users_api.resource import Resource

FORMS: Mapping[str, Format] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv"}


class Flags(Struct, frozen=True, kw_only=True):
    """How the files are imported."""

    on_conflict: OnConflict = "skip"
    dry_run: bool = False
    rate: float | None = None


class Layout(Struct, frozen=True, kw_only=True):
    """How a file of another system is read."""

    resource: str | None = None
    renamed: Mapping[str, str] = {}
    ignored: tuple[str, ...] = ()
    delimiter: str | None = None  # a comma, or a tab in .tsv


class Job(Struct, frozen=True):
    """A file to import, and whose records it has."""

    source: Source
    resource: Resource[Any]

    @property
    def rejected(self) -> Path:
        """The file that gets the lines that are not imported."""
        return self.source.path.with_name(f"{self.source.path.name}.rejected")

    def run(self, stage: Stage, flags: Flags) -> Counter[str]:
        """Import the file; return how many lines came to which end.

        Raises ToolError if another import of it is under way.
        """
        kind, pace = Rehearsal if flags.dry_run else Writer, Pace(flags.rate)
        writer = kind(stage, self.resource, flags.on_conflict, pace)
        path = self.source.path
        with alone(path, f"Another import of {path} is under way."):
            one = Import(self.source, self.resource, self.rejected, self._identity(stage, flags))
            creations = Creations(stage, self.resource, are_ours=self.source.is_ours)
            return one.run(creations, writer, pace)

    def _identity(self, stage: Stage, flags: Flags) -> str:
        file, table = self.source.path.stat(), stage.described(self.resource.name).identity
        known = [self.source, file.st_size, file.st_mtime_ns, flags, table]
        return sha256(repr(known).encode()).hexdigest()


def jobs(path: Path, layout: Layout) -> list[Job]:
    """Return what there is to import; a folder or file of ours has a manifest.

    Raises ToolError if a file of ours is not as it was made, if it is not clear what it has, or if
    no line of it could be imported.
    """
    if not (path.is_dir() or path.is_file()):  # it is read twice, and again if that was ended
        raise ToolError(
            f"{path} is neither a file nor a folder: save it to a file, and import that."
        )
    folder = path if path.is_dir() else path.parent
    manifest = files.load(folder / MANIFEST, Manifest)
    ours = {folder / each.file: each for each in manifest.files} if manifest else {}
    if path.is_dir() and not manifest:
        raise ToolError(f"{path} holds no complete export.")
    if manifest and manifest.version != VERSION:
        raise ToolError(f"{path} was made by another version of this tool.")
    if path.is_dir():
        return [_own_job(file, each) for file, each in ours.items()]
    if path in ours:
        return [_own_job(path, ours[path])]
    return [_job(path, layout)]


def _own_job(path: Path, contents: Contents) -> Job:
    source = Source(path=path, form=_form(path), is_ours=True)
    resource = resource_called(contents.resource)
    total = records = 0
    for line in source.lines():
        records += 1
        if not line.wrong:
            total += lines.checksum([source.document(resource, line)])
    if (records, f"{total % lines.CHECKSUM:064x}") != (contents.records, contents.checksum):
        raise ToolError(f"{path} has changed since it was exported: its checksum differs.")
    return Job(source, resource)


def _job(path: Path, layout: Layout) -> Job:
    usual = "\t" if path.suffix.lower() == ".tsv" else ","
    source = Source(
        path=path,
        form=_form(path),
        renamed=layout.renamed,
        ignored=layout.ignored,
        delimiter=layout.delimiter or usual,
    )
    next(source.lines(), None)  # raises what is wrong with the columns
    return Job(source, _resource(path, layout.resource))


def _form(path: Path) -> Format:
    form = FORMS.get(path.suffix.lower())
    if not form:
        raise ToolError(f"Only uncompressed .jsonl, .csv and .tsv files are read, and not {path}.")
    return form


def _resource(path: Path, name: str | None) -> Resource[Any]:
    known = [each.name for each in RESOURCES]
    if name or path.stem in known or len(known) == 1:
        return resource_called(name or (path.stem if path.stem in known else known[0]))
    flag = f"--resource {known[0]}"
    raise ToolError(f"Say whose records {path} has: add {flag}, say (make: OPTIONS='{flag}').")
