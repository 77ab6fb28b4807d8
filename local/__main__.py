"""What `make run` runs."""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while the rest loads: no traceback

from local.stack import main  # noqa: E402

main()
