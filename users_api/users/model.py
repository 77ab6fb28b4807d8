"""What a user is: its fields and their rules. Knows neither HTTP nor the store."""

from typing import Annotated

from msgspec import Meta, Struct, field

from users_api.resource import Id, new_id

# What no name may have: control characters, line separators, and what changes the direction of
# text. Patterns are such as both Python and ECMA 262 (with its flag `u`) read alike.
REFUSED = r"\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
# What a name may have, but not alone: spaces, and what is not seen by itself (Unicode's
# default-ignorable and format characters, a blank of Braille).
UNSEEN = (
    r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
    r"\u00ad\u034f\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200d\u2060-\u2065\u206a-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)

LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

UserId = Annotated[Id, Meta(examples=["someUserId"])]
Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=256,
        pattern=rf"^[{UNSEEN}]*[^{UNSEEN}{REFUSED}][^{REFUSED}]*$",
        description="1 to 256 characters, not all of them blank, none of them a control character",
        examples=["John"],
    ),
]
# What HTML's <input type=email> accepts ("valid e-mail address" of WHATWG), with a dotted domain.
Email = Annotated[
    str,
    Meta(
        min_length=5,
        max_length=254,
        pattern=rf"^[a-zA-Z0-9.!#$%&'*+\/=?^_`{{|}}~-]{{1,64}}@{LABEL}(?:\.{LABEL})+$",
        description="an e-mail address of at most 254 ASCII characters, such as john@example.com",
        examples=["john@example.com"],
    ),
]


class User(Struct, frozen=True, kw_only=True, rename="camel"):
    """A user. A length counts Unicode code points."""

    user_id: UserId = field(default_factory=new_id)
    name: Name
    email: Email | None = None
