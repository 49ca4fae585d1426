"""A key in shares of which some rebuild it: Shamir's scheme over words with a checksum (SLIP-39), to be written down.

Fewer shares than needed say nothing of the key. The library is used in this module only.
"""

from collections.abc import Collection
from dataclasses import dataclass

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics

FEWEST = 2
"""A share that rebuilds a key alone is a copy of it."""

MOST = 16
"""What SLIP-39 can number."""


class SharesError(Exception):
    """Shares were mistyped, are of several splits, or are too few; the French message is for who types them."""


@dataclass(frozen=True, slots=True, repr=False)
class TypedShare:
    """A share as it was typed and found right: its words, its number, the split it is of, how many that one needs."""

    words: str
    number: int
    split: int
    needed: int


def split(secret: bytes, needed: int, count: int) -> list[str]:
    """Split a key of 32 bytes in `count` shares of 33 words, of which any `needed` rebuild it.

    Raises `ValueError` unless 2 <= needed <= count <= 16.
    """
    if not FEWEST <= needed <= count <= MOST:
        raise ValueError("2 <= needed <= count <= 16")
    groups: list[list[str]] = generate_mnemonics(1, [(needed, count)], secret)
    shares = groups[0]
    if rebuild(shares[-needed:]) != secret:
        raise RuntimeError("the shares do not give the key back")
    return shares


def read_share(text: str) -> TypedShare:
    """Read a share as somebody typed it; raise `SharesError` when its checksum says that it was mistyped."""
    words = " ".join(text.lower().split())
    try:
        share = Share.from_mnemonic(words)
    except MnemonicError:
        raise SharesError(
            "Un mot de cette part est faux ou manque : relisez-la, mot par mot, et recommencez."
        ) from None
    return TypedShare(words, share.index, share.identifier, share.member_threshold)


def rebuild(shares: Collection[str]) -> bytes:
    """Give the key back from as many shares as it needs; raise `SharesError` when they do not go together."""
    try:
        secret: bytes = combine_mnemonics(shares)
    except MnemonicError:
        raise SharesError("Ces parts ne vont pas ensemble : elles viennent de deux partages, ou manquent.") from None
    return secret
