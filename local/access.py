"""Who may call the service on this machine: everybody, or whoever has a token."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from authorizer.config import Settings, SettingsError
from local.address import Address

if TYPE_CHECKING:
    from users_api.resource import Resource

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

"""

WITH_SCOPES = """\
With SCOPE="{scopes}" it is good for all records; with MINUTES=5, for five minutes.

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
            known = " ".join(scopes())
            yield WITH_OURS.format(url=address.url) + WITH_SCOPES.format(scopes=known) * bool(known)


def resources() -> Sequence["Resource[Any]"]:
    """Return the resources of the service; none while its code does not load."""
    try:
        found: Sequence[Resource[Any]] = import_module("users_api.app").RESOURCES
    except Exception:  # noqa: BLE001 - unfinished code may raise anything, and a token needs none
        return ()
    return found


def scopes() -> list[str]:
    """Return the scopes that calls need; none while the code of the service does not load."""
    if not (known := resources()):
        return []
    rules = import_module("users_api.http.access").rules(known)
    return [*dict.fromkeys(rule.scope for rule in rules.values() if rule.scope)]


def _with_theirs(environ: Mapping[str, str]) -> str:
    try:
        settings = Settings.from_environment(environ)
    except SettingsError as error:
        raise AccessError(f"{error}.") from error
    audience = " or ".join(sorted(settings.audiences))
    return WITH_THEIRS.format(issuer=settings.issuer, audience=audience)
