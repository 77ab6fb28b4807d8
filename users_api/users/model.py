"""What a user is: its fields and their rules. Knows neither HTTP nor the store."""

from typing import Annotated
from uuid import uuid4

from msgspec import Meta, Struct, field

# Control characters, line separators, and what changes the direction of text.
CONTROL = r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069"

# A pattern ends with `$(?!\n)`: in Python, `$` alone also matches before a final line feed.
UserId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=128,
        pattern=r"^(?!\.\.?$)[A-Za-z0-9._~-]+$(?!\n)",
        description="1 to 128 characters of A-Z a-z 0-9 . _ ~ - (and not . or .. alone)",
        examples=["someUserId"],
    ),
]
Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=256,
        pattern=rf"^(?!\s+$)[^{CONTROL}]+$(?!\n)",
        description="1 to 256 characters, not blank, without control characters",
        examples=["John"],
    ),
]
Email = Annotated[
    str,
    Meta(
        min_length=5,
        max_length=254,
        pattern=rf"^(?!.*[{CONTROL}])[^@\s]{{1,64}}@[^@\s.]+(\.[^@\s.]+)+$(?!\n)",
        description="an e-mail address of at most 254 characters, such as john@example.com",
        examples=["john@example.com"],
    ),
]


class User(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A user. A length counts Unicode code points."""

    user_id: UserId = field(default_factory=lambda: str(uuid4()))
    name: Name
    email: Email | None = None
