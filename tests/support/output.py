"""What a piece of code writes, wherever to."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO


@contextmanager
def written() -> Iterator[StringIO]:
    """Yield what is written meanwhile, to the standard outputs and to the log at any level."""
    output, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(output), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(output), redirect_stderr(output):
            yield output
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
