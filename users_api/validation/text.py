"""Text in Unicode Normalization Form C (UAX #15), in linear time whatever the text."""

import re
from functools import partial
from unicodedata import combining, is_normalized, normalize

# The canonical decomposition of an NFC text of n code points has at most 4n. So a text of more
# than 4n has an NFC of more than n, and can be refused before any work is done on it.
LONGEST_DECOMPOSITION = 4

MARKS = re.compile(rb"[^\0]{2,}")  # of combining classes, which are 0 for other characters


def composed(text: str) -> str:
    """Return `text` in NFC.

    `normalize` alone sorts a run of combining marks in quadratic time: 64 KiB of them take seconds.
    `is_normalized` does not, for it gives up at the first mark out of order.
    """
    if text.isascii() or is_normalized("NFC", text):
        return text
    return normalize("NFC", _ordered("".join(map(partial(normalize, "NFD"), text))))


def _ordered(decomposed: str) -> str:
    """Return the characters in canonical order: each run of marks sorted by combining class."""
    characters = list(decomposed)
    for run in MARKS.finditer(bytes(map(combining, decomposed))):
        marks = slice(*run.span())
        characters[marks] = sorted(characters[marks], key=combining)
    return "".join(characters)
