"""Documents in Markdown with a part that a script writes."""

import re
from collections.abc import Iterable

PART = re.compile("(?s)(?<=<!-- computed -->\n).*(?=<!-- end -->)")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table: the first column is text, the others are figures."""
    head = tuple(head)
    lines = (head, ("---", *("--:" for _ in head[1:])), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def filled(document: str, part: str) -> str:
    """Return the document with this text between its two marks."""
    text, found = PART.subn(lambda _: f"\n{part}\n\n", document)
    if not found:
        raise LookupError("The document has no marks around a part to fill in")
    return text
