"""The Merkle tree of RFC 9162 section 2.1, by its complete subtrees: pure functions on hashes.

A tree of n leaves is covered by one complete subtree per bit of n, its peaks; they are enough to append and to give
the root, and never change once complete.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_SIZE = 32
"""Bytes of a hash (SHA-256)."""

EMPTY_ROOT = sha256().digest()
"""Root of the tree without leaves."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a complete subtree stands: `2**level` leaves, from the leaf `number * 2**level`; a leaf has level 0."""

    level: int
    number: int


def hash_leaf(data: bytes) -> bytes:
    """Give the hash of a leaf: RFC 9162 sets it apart from a node by its first byte."""
    return sha256(b"\x00" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Give the hash of two neighbouring subtrees."""
    return sha256(b"\x01" + left + right).digest()


def peaks(size: int) -> tuple[Place, ...]:
    """Give the complete subtrees that cover the first `size` leaves, the largest first."""
    places: list[Place] = []
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            places.append(Place(level, start >> level))
            start += 1 << level
    return tuple(places)


def root(hashes: Sequence[bytes]) -> bytes:
    """Give the root of a tree from the hashes of its peaks, the largest first."""
    if not hashes:
        return EMPTY_ROOT
    *left, found = hashes
    for peak in reversed(left):
        found = hash_node(peak, found)
    return found


def completed(number: int) -> Iterator[tuple[Place, Place, Place]]:
    """Give each subtree that the leaf `number` completes, the smallest first, with its left and right halves."""
    right = Place(0, number)
    while right.number & 1:
        left = Place(right.level, right.number - 1)
        parent = Place(right.level + 1, right.number >> 1)
        yield parent, left, right
        right = parent
