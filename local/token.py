"""`make token`: prints a token that `make run ACCESS=token` accepts, and nothing else."""

import os
import sys
from collections.abc import Mapping

from local import issuer
from local.access import AccessError

_LONGEST = 24 * 60  # minutes; the authorizer accepts no token that lives longer


def main(environ: Mapping[str, str]) -> str:
    """Return a token as the variables SUB, SCOPE and MINUTES ask for it.

    Raises AccessError, also for variables that ask for something impossible.
    """
    subject, minutes = environ.get("SUB", ""), environ.get("MINUTES") or "60"
    if not subject:
        raise AccessError('Say who it is for: `make token SUB=ada SCOPE="users:read"`.')
    if not (minutes.isdecimal() and 0 < int(minutes) <= _LONGEST):
        raise AccessError(f"MINUTES must be a number from 1 to {_LONGEST}, not {minutes!r}.")
    return issuer.kept().token(subject, environ.get("SCOPE", ""), int(minutes) * 60)


if __name__ == "__main__":
    try:
        sys.stdout.write(main(os.environ) + "\n")
    except AccessError as error:
        sys.exit(str(error))
