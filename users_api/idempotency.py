"""Idempotency keys: the same request twice is one request.

A key is remembered for a day, with what is needed to give the first answer again, and without
personal data: keys and bodies are kept as hashes only.
"""

import hashlib
import time
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from users_api.errors import KeyReusedError

LIFETIME = 24 * 60 * 60  # seconds


class IdempotentRequest(Struct, frozen=True):
    """A request that came with an idempotency key."""

    key: str  # SHA-256 of the key, in hexadecimal
    fingerprint: str  # likewise of key and document: without the key it tells nothing

    @classmethod
    def of(cls, key: str, document: Mapping[str, object]) -> "IdempotentRequest":
        """Return the request that sent `document`; order and white space in it do not matter."""
        canonical = msgspec.json.encode(document, order="sorted")
        return cls(_hash(key.encode()), _hash(key.encode() + b"\n" + canonical))

    def record(self, result: Mapping[str, Any]) -> dict[str, Any]:
        """Return the item that remembers this request and its `result`."""
        expires = int(time.time()) + LIFETIME
        return {"key": self.key, "fingerprint": self.fingerprint, "expiresAt": expires, **result}

    def check(self, record: Mapping[str, Any]) -> None:
        """Raise KeyReusedError if the record remembers another request."""
        if record["fingerprint"] != self.fingerprint:
            raise KeyReusedError('This "Idempotency-Key" was used for another request')


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
