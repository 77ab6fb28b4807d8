"""What ends a command early."""


class ToolError(Exception):
    """A command cannot go on; the message is one sentence for whoever gave it."""


class StoppedError(ToolError):
    """Ctrl-C, or a signal, came."""
