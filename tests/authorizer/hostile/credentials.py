"""What the tables of hostile credentials share."""

from collections.abc import Iterator

from tests.authorizer.tokens import claims, token

Table = Iterator[tuple[str, object]]  # what is wrong, and what is sent as Authorization

AT = {"typ": "at+jwt"}


def bearer(made: str) -> str:
    """Return the token as it is sent."""
    return f"Bearer {made}"


def with_claims(**changes: object) -> str:
    """Return a well-signed token with these changes of its claims."""
    return bearer(token(claims(**changes)))


def raw(payload: bytes | str) -> str:
    """Return a well-signed token with this in place of its claims."""
    return bearer(token(payload.encode() if isinstance(payload, str) else payload))


def with_header(**header: object) -> str:
    """Return a well-signed token with these changes of its header."""
    return bearer(token(header={**AT, **header}))
