"""Text is normalised in linear time."""

import sys
from unicodedata import is_normalized, normalize
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from users_api.validation.text import LONGEST_DECOMPOSITION, composed

# Marks of several classes, what decomposes into marks, and what composes.
ALPHABET = "ae\u00e9\u0958\U0001d160\u212b"
ALPHABET += "\u0301\u0316\u0344\u0f71\u0f73\u0f75\u0345\u1100\u1161\u11a8\uac00"

CHARACTERS = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]


class ComposedTest(TestCase):
    """`composed`."""

    @given(st.text(ALPHABET) | st.text())
    def test_is_nfc(self, text: str) -> None:
        """It is what Python's own `normalize` returns."""
        self.assertEqual(composed(text), normalize("NFC", text))

    def test_every_character(self) -> None:
        """It is so for every character, with a mark before and after it."""
        for character in CHARACTERS:
            text = f"e{character}\u0316\u0301{character}"
            self.assertEqual(composed(text), normalize("NFC", text), ascii(text))

    def test_many_marks(self) -> None:
        """It ends where `normalize` takes seconds: for this, it would take hours."""
        expected = "\u00e4" + "\u0316" * 500_000 + "\u0301" + "\u0308\u0301" * 499_999
        marks = "a" + "\u0344" * 500_000 + "\u0316" * 500_000
        self.assertEqual(composed(marks), expected)

    def test_grows_no_more(self) -> None:
        """No text is longer than its NFC by more than the factor that `Text` relies on."""
        growth = {len(normalize("NFD", each)) for each in CHARACTERS if is_normalized("NFC", each)}
        self.assertEqual(max(growth), LONGEST_DECOMPOSITION)
