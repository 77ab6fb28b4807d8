"""What the fuzzer is told: it makes no valid header of a pattern that asks for punctuation."""

import schemathesis
from hypothesis.strategies import from_regex

from users_api.http.preconditions import ENTITY_TAGS

schemathesis.openapi.format("entity-tags", from_regex(ENTITY_TAGS, fullmatch=True))
