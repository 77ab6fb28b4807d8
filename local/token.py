"""`make token`: prints a token that `make run ACCESS=token` accepts, and nothing else.

What in it is of no use is told on the standard error.
"""

import os
import sys
from collections.abc import Iterator, Mapping

from local import access, issuer
from local.access import AccessError

_LONGEST = 24 * 60  # minutes; the authorizer accepts no token that lives longer


def main(environ: Mapping[str, str]) -> str:
    """Return a token as the variables SUB, SCOPE and MINUTES ask for it.

    Raises AccessError, also for variables that ask for something impossible.
    """
    subject, minutes = environ.get("SUB", ""), environ.get("MINUTES") or "60"
    if not subject:
        raise AccessError('Say who it is for: `make token SUB=ada SCOPE="users:read"`.')
    if not (minutes.isascii() and minutes.isdecimal() and 0 < int(minutes) <= _LONGEST):
        raise AccessError(f"MINUTES must be a number from 1 to {_LONGEST}, not {minutes!r}.")
    return issuer.kept().token(subject, environ.get("SCOPE", ""), int(minutes) * 60)


def doubts(subject: str, scopes: str) -> Iterator[str]:
    """Yield a sentence for whatever in a token is of no use to the service as it is now."""
    owned = [each for each in access.resources() if each.owner]
    if owned and not any(each.can_belong_to(subject) for each in owned):
        yield f"No record can belong to {subject!r}: none can name it as its owner."
    known = access.scopes()
    for scope in scopes.split() if known else ():
        if scope not in known:
            yield f"No call needs the scope {scope!r}; the scopes are {', '.join(known)}."


if __name__ == "__main__":
    try:
        os.write(sys.stdout.fileno(), f"{main(os.environ)}\n".encode())
        for doubt in doubts(os.environ["SUB"], os.environ.get("SCOPE", "")):
            sys.stderr.write(f"{doubt}\n")
    except AccessError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"The token cannot be written: {error.strerror}.")
