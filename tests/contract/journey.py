"""A program that a client developer could have written, with the client generated for them.

It is given the URL of the service, and a token, which one that asks for none ignores. The test
next to it generates the client, checks this program against the client's types, and runs it.
"""

import sys
from collections.abc import Iterator

from users_client import AuthenticatedClient
from users_client.api.users import (
    create_user,
    delete_user,
    get_user,
    list_users,
    update_user,
)
from users_client.models import Failure, NewUser, User, UserPage, UserPatch
from users_client.types import UNSET, Unset


def main(client: AuthenticatedClient) -> None:
    """Take some users from their creation to their end."""
    create_and_read(client)
    refusals(client)
    change(client)
    list_to_the_end(client)
    look_up(client)
    remove(client)


def create_and_read(client: AuthenticatedClient) -> None:
    """Create users, one of them twice with one key."""
    grace = NewUser(name="Grace")
    created = create_user.sync_detailed(client=client, body=grace, idempotency_key="grace")
    again = create_user.sync_detailed(client=client, body=grace, idempotency_key="grace")
    assert isinstance(created.parsed, User)
    assert created.parsed == again.parsed
    assert again.headers["Idempotent-Replayed"] == "true"
    ada = create_user.sync(client=client, body=NewUser(user_id="ada", name="Ada"))
    assert ada == get_user.sync("ada", client=client) == User(user_id="ada", name="Ada")


def refusals(client: AuthenticatedClient) -> None:
    """Read what the service says of mistakes."""
    bad = create_user.sync(client=client, body=NewUser(name="", email="x"))
    assert isinstance(bad, Failure)
    assert bad.errors
    assert [each.field for each in bad.errors] == ["name", "email"]
    taken = create_user.sync_detailed(client=client, body=NewUser(user_id="ada", name="Ada"))
    assert (taken.status_code, type(taken.parsed)) == (409, Failure)
    assert isinstance(get_user.sync("nobody", client=client), Failure)


def change(client: AuthenticatedClient) -> None:
    """Set a field, on the condition that nobody else changed the user; remove it; set it again."""
    known = get_user.sync_detailed("ada", client=client).headers["ETag"]
    address = UserPatch(email="ada@example.com")
    changed = update_user.sync("ada", client=client, body=address, if_match=known)
    assert changed == User(user_id="ada", name="Ada", email="ada@example.com")
    stale = update_user.sync_detailed("ada", client=client, body=address, if_match=known)
    assert (stale.status_code, type(stale.parsed)) == (412, Failure)
    removed = update_user.sync("ada", client=client, body=UserPatch(email=None))
    assert removed == User(user_id="ada", name="Ada", email=UNSET)
    assert update_user.sync("ada", client=client, body=address) == changed


def list_to_the_end(client: AuthenticatedClient) -> None:
    """Read a list page by page: everybody is in it once."""
    for number in range(5):
        create_user.sync(client=client, body=NewUser(user_id=f"user-{number}", name="One of many"))
    pages = list(pages_of(client, limit=3))
    assert [len(page.users) for page in pages] == [3, 3, 1]
    assert len({user.user_id for page in pages for user in page.users}) == 7


def pages_of(client: AuthenticatedClient, limit: int) -> Iterator[UserPage]:
    """Return every page of the list."""
    cursor: str | Unset = UNSET
    while True:
        page = list_users.sync(client=client, limit=limit, cursor=cursor)
        assert isinstance(page, UserPage)
        yield page
        if isinstance(page.next_, Unset):
            return
        cursor = page.next_


def look_up(client: AuthenticatedClient) -> None:
    """Find a user by address, in any case."""
    found = list_users.sync(client=client, email="ADA@example.com")
    assert isinstance(found, UserPage)
    assert [user.user_id for user in found.users] == ["ada"]


def remove(client: AuthenticatedClient) -> None:
    """Remove a user, once."""
    assert delete_user.sync_detailed("ada", client=client).status_code == 204
    assert isinstance(delete_user.sync("ada", client=client), Failure)


if __name__ == "__main__":
    url, token = sys.argv[1:]
    with AuthenticatedClient(url, token, raise_on_unexpected_status=True) as connected:
        main(connected)
