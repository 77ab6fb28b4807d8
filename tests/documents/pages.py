"""The pages of the project, and the commands that stand on them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).parent.parent.parent
PAGES = (
    *("README.md", "CONTRIBUTING.md", "SECURITY.md"),
    *sorted(str(page.relative_to(PROJECT)) for page in PROJECT.glob("docs/*.md")),
    "benchmarks/README.md",
)

_CODE = re.compile(
    r"^```(?P<language>\w*)\n(?P<fenced>.*?)^```$"
    r"|(?<=\n\n)(?P<indented>    [^\n]*\n(?:    [^\n]*\n|\n(?=    ))*)"
    r"|`(?P<span>[^`]+)`",
    re.DOTALL | re.MULTILINE,
)
_PROGRAMS = r"make|npx|osls|aws|(?:\.venv/bin/)?python|flask|curl|git"
_COMMAND = re.compile(rf"(?:[A-Z_]+=\S+ )*(?:{_PROGRAMS}) \S.*")
_MENTION = re.compile(r"make [a-z-]+(?: [A-Z]+=)*|osls(?: [a-z]+)*")


class Command(NamedTuple):
    """A command, and what the page says that it prints, if anything."""

    text: str
    shown: str = ""


def read(page: str) -> str:
    """Return the text of a page."""
    return (PROJECT / page).read_text("utf-8")


def prose(page: str) -> str:
    """Return a page without its blocks of code."""
    return _CODE.sub(lambda match: match[0] if match["span"] else "", read(page))


def anchors(page: str) -> set[str]:
    """Return what the headings of a page can be linked by."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def commands(page: str) -> list[Command]:
    """Return the commands on a page, in their order.

    An indented block holds commands, a line each, and what they print: lines that begin with `{`,
    or, if the commands have a prompt, all others. A block of `sh` is one script. In a sentence,
    whatever begins like a command is one, unless it only names a target of `make` or of osls.
    """
    return list(_commands(read(page)))


def _commands(text: str) -> Iterator[Command]:
    for code in _CODE.finditer(text):
        if code["language"] == "sh":
            yield Command(code["fenced"].strip())
        elif code["indented"]:
            yield from _lines(re.sub(r"^    ", "", code["indented"], flags=re.MULTILINE))
        elif code["span"]:
            span = " ".join(code["span"].split())
            if _COMMAND.fullmatch(span) and not _MENTION.fullmatch(span):
                yield Command(span)


def _lines(block: str) -> Iterator[Command]:
    beginning = r"^\$ (.*)\n" if block.startswith("$ ") else r"^([^{\n].*)\n"
    _, *parts = re.split(beginning, re.sub(r" \\\n *", " ", block), flags=re.MULTILINE)
    for line, shown in zip(parts[::2], parts[1::2], strict=True):
        yield Command(re.sub(r"\s+# .*", "", line), shown.strip())
