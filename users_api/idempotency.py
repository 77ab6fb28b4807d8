"""Idempotency keys: the same request twice is one request.

A key is remembered for a day, with what is needed to give the first answer again: what the service
added to the document, such as an id. The key and the document are kept as hashes only.
"""

import hashlib
import time
from collections.abc import Container, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from users_api.errors import KeyReusedError

LIFETIME = 24 * 60 * 60  # seconds


class IdempotentRequest(Struct, frozen=True):
    """A request that came with an idempotency key."""

    key: str  # SHA-256 of the key and its scope, in hexadecimal
    fingerprint: str  # likewise with the document: without the key it tells nothing
    fields: Container[str]  # of the document

    @classmethod
    def of(cls, scope: str, key: str, document: Mapping[str, object]) -> "IdempotentRequest":
        """Return the request that sent `document`; order and white space in it do not matter.

        `scope` is who calls, method and path: elsewhere the same key is another one.
        """
        scoped = f"{scope}\n{key}".encode()  # a key has no line feed
        canonical = msgspec.json.encode(document, order="sorted")
        return cls(_hash(scoped), _hash(scoped + b"\n" + canonical), document.keys())

    def memory(self, record: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is kept of this request, which made `record`, stored as `item`."""
        return {
            "key": self.key,
            "fingerprint": self.fingerprint,
            "expiresAt": int(time.time()) + LIFETIME,
            "updatedAt": item["updatedAt"],
            "writeId": item["writeId"],
            "added": {name: record[name] for name in record if name not in self.fields},
        }

    def check(self, memory: Mapping[str, Any]) -> None:
        """Raise KeyReusedError if what is remembered is another request."""
        if memory["fingerprint"] != self.fingerprint:
            raise KeyReusedError


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
