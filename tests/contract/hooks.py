"""What the fuzzer is told: it makes no valid header of a pattern that asks for punctuation."""

import schemathesis
from hypothesis.strategies import from_regex

from users_api import web

schemathesis.openapi.format("entity-tags", from_regex(web.ENTITY_TAGS, fullmatch=True))
