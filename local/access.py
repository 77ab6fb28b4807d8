"""Who may call the service on this machine: everybody, or whoever has a token."""

from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager

from authorizer.config import Settings, SettingsError
from local.address import Address

FOR_EVERYBODY = """\
  curl --request POST {url}/users --header 'Content-Type: application/json' \\
       --data-raw '{{"name": "John", "userId": "someUserId"}}'
  curl {url}/users/someUserId

"""

OPEN_TO_NETWORK = """\
It is open to the network: whoever can reach this machine can read and change all users. With
ACCESS=token they need a token.

"""

WITH_OURS = """\
Every call needs a token. This one lets someUserId use their own record:

  TOKEN=$(make -s token SUB=someUserId)
  curl --request POST {url}/users --header "Authorization: Bearer $TOKEN" \\
       --header 'Content-Type: application/json' --data-raw '{{"name": "John"}}'
  curl --header "Authorization: Bearer $TOKEN" {url}/users/someUserId

With SCOPE="users:read users:write" it is good for all users; with MINUTES=5, for five minutes.

"""

WITH_THEIRS = """\
Every call needs an access token of {issuer} for {audience}.

"""


class AccessError(Exception):
    """Access cannot be set up as asked; the message is one sentence for whoever asked."""


@contextmanager
def provided(environ: MutableMapping[str, str], address: Address) -> Iterator[str]:
    """Provide what the environment asks for, and put the rest of it there for the service.

    Yields what to say to whoever wants to call the service at this address. Raises AccessError.
    """
    asked = environ.get("ACCESS") or "open"
    if asked not in {"open", "token"}:
        raise AccessError(f"ACCESS must be open or token, not {asked!r}.")
    environ["ACCESS"] = asked
    if asked == "open":
        yield FOR_EVERYBODY.format(url=address.url) + OPEN_TO_NETWORK * address.is_open
    elif environ.get("ISSUER"):
        yield _with_theirs(environ)
    else:
        from local import issuer  # noqa: PLC0415 - it needs a library that takes time to load

        with issuer.running() as url:
            environ.update(ISSUER=url, AUDIENCE=issuer.AUDIENCE)
            yield WITH_OURS.format(url=address.url)


def _with_theirs(environ: Mapping[str, str]) -> str:
    try:
        settings = Settings.from_environment(environ)
    except SettingsError as error:
        raise AccessError(f"{error}.") from error
    audience = " or ".join(sorted(settings.audiences))
    return WITH_THEIRS.format(issuer=settings.issuer, audience=audience)
