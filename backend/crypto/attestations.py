"""Signed documents that are verified without this product: canonical JSON (RFC 8785), Ed25519 (RFC 8032).

The file holds the document, the signature of its canonical bytes and nothing else: with the public key, it is enough.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from backend.crypto.signing import sign, verify


class ForgedError(Exception):
    """The file is not a signed document, or the key is not the one that signed it."""


def canonical(document: Mapping[str, Any]) -> bytes:
    """Give the canonical bytes of a document of texts, whole numbers, lists and objects with ASCII names."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signed(private: bytes, document: Mapping[str, Any]) -> str:
    """Write a document with its signature, as the file that is handed over."""
    signature = b64encode(sign(private, canonical(document))).decode()
    return canonical({"document": document, "signature": signature}).decode()


def read_signed(public: bytes, text: str) -> dict[str, Any]:
    """Give the document of a file; raise `ForgedError` unless this public key verifies it to the byte."""
    try:
        found = json.loads(text)
        document = dict(found["document"])
        signature = b64decode(found["signature"], validate=True)
        genuine = verify(public, canonical(document), signature)
    except (ValueError, KeyError, TypeError) as error:
        raise ForgedError from error
    if not genuine or canonical(found).decode() != text.rstrip("\n"):
        raise ForgedError
    return document
