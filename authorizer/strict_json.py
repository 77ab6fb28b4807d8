"""JSON that can be read in one way only."""

import json
from typing import Any, NoReturn


def read_object(content: bytes) -> dict[str, Any]:
    """Return the object that `content` holds; raise ValueError for anything else.

    A name may stand in an object once (RFC 7519, section 4, allows a parser to refuse the rest:
    two parsers could take different values), numbers are those of JSON, the encoding is UTF-8.
    """
    try:
        value = json.loads(
            content.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_number
        )
    except RecursionError:
        raise ValueError("It is nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("It is no object")  # noqa: TRY004 - the value is wrong, not the call
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("A name stands twice")
    return found


def _no_number(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no numbers")
