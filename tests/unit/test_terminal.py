"""What the terminal shows of a request."""

import os
import pty
import tempfile
from unittest import TestCase

from local.requests import coloured, shows_colour


class ColourTest(TestCase):
    """Colour, where it is wanted."""

    def test_shows_colour(self) -> None:
        """A terminal shows colour unless its user does not want it; a file never does."""
        keyboard, terminal = pty.openpty()
        self.addCleanup(os.close, keyboard)
        with os.fdopen(terminal, "w") as screen, tempfile.TemporaryFile("w") as file:
            for environment, shown in (
                ({"TERM": "xterm"}, True),
                ({"TERM": "xterm", "NO_COLOR": ""}, True),
                ({"TERM": "xterm", "NO_COLOR": "1"}, False),
                ({"TERM": "dumb"}, False),
                ({}, False),
            ):
                with self.subTest(environment):
                    self.assertEqual(shows_colour(screen, environment), shown)
                    self.assertFalse(shows_colour(file, environment))

    def test_coloured(self) -> None:
        """A status has the colour of its class, and what follows has none."""
        for status, colour in {200: 32, 304: 36, 404: 33, 503: 31, 101: 0}.items():
            self.assertEqual(coloured(status), f"\x1b[{colour}m{status}\x1b[0m")
