"""`python -m tools`."""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while the rest loads: no traceback

from tools.commands import main  # noqa: E402

main()
