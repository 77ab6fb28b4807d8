"""Text in Unicode Normalization Form C (UAX #15), in linear time whatever the text."""

from collections.abc import Iterator
from itertools import groupby
from unicodedata import combining, is_normalized, normalize

# The canonical decomposition of an NFC text of n code points has at most 4n. So a text of more
# than 4n has an NFC of more than n, and can be refused before any work is done on it.
LONGEST_DECOMPOSITION = 4


def composed(text: str) -> str:
    """Return `text` in NFC.

    `normalize` alone sorts a run of combining marks in quadratic time: 64 KiB of them take seconds.
    `is_normalized` does not, for it gives up at the first mark out of order.
    """
    if text.isascii() or is_normalized("NFC", text):
        return text
    return normalize("NFC", "".join(_ordered("".join(normalize("NFD", each) for each in text))))


def _ordered(decomposed: str) -> Iterator[str]:
    """Yield the characters in canonical order: each run of marks sorted by combining class."""
    for _, run in groupby(decomposed, key=lambda each: combining(each) > 0):
        yield from sorted(run, key=combining)
