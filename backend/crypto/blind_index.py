"""Blind indexes: a keyed digest for each token of a name, in the store `keys` (architecture.md section 4).

The digests live beside the wraps and die with them. Kept in `main`, an old dump and the live index key would give the
names back: 300,000 surnames hash in 0.7 s.
"""

import hmac
from collections.abc import Collection

from backend.crypto.names import NORMAL_FORM, Token, TokenField
from backend.crypto.wrapping import bind

DIGEST_BYTES = 16
"""128 bits: no two tokens of a cell collide, and a store of millions of rows stays small."""


def digests(index_key: bytes, tokens: Collection[Token]) -> dict[bytes, TokenField]:
    """Give the digest of each token under a cell's index key, with the field it stands for.

    Each field, and each version of the normal form, has a key derived from the cell's: HMAC-SHA-256 (RFC 2104), twice.
    """
    field_keys = {
        field: hmac.digest(index_key, bind("blind-index", NORMAL_FORM, field), "sha256")
        for field in {token.field for token in tokens}
    }
    return {
        hmac.digest(field_keys[token.field], token.value.encode(), "sha256")[:DIGEST_BYTES]: token.field
        for token in tokens
    }
