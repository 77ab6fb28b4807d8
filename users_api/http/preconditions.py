"""Conditions on the revision of a record: `If-Match` and `If-None-Match` (RFC 9110, section 13)."""

import re
from collections.abc import Callable

from flask import request
from werkzeug.http import parse_etags

from users_api.errors import InvalidRequestError

LONGEST_ENTITY_TAGS = 8 * 1024
ENTITY_TAGS = re.compile(  # RFC 9110, section 8.8.3
    r'^(\*|(W/)?"[!#-~]*"([ \t]*,[ \t]*(W/)?"[!#-~]*")*)$'
)


def if_match() -> Callable[[str], bool]:
    """Return what tells whether `If-Match` accepts a revision."""
    header = _entity_tags("If-Match")
    return (lambda _: True) if header is None else parse_etags(header).contains


def is_known(revision: str) -> bool:
    """Tell whether the client has this revision, by `If-None-Match`."""
    header = _entity_tags("If-None-Match")
    return header is not None and parse_etags(header).contains_weak(revision)


def _entity_tags(name: str) -> str | None:
    header = request.headers.get(name)
    if header is None:
        return None
    header = header.strip(" \t")
    if len(header) > LONGEST_ENTITY_TAGS or not ENTITY_TAGS.fullmatch(header):
        raise InvalidRequestError(f'"{name}" must be * or a list of entity tags')
    return header
