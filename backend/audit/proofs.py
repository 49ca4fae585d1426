"""Proofs on the tree, as RFC 9162 sections 2.1.3 and 2.1.4 give them: pure functions on hashes and ranges of leaves.

A proof is a list of subtrees, each the range of leaves that it covers; whoever checks one needs the roots alone.
"""

from collections.abc import Sequence

from backend.audit.merkle import Place, hash_node, peaks

Range = tuple[int, int]
"""First leaf of a subtree, and the leaf after its last."""


def inclusion(number: int, size: int) -> tuple[Range, ...]:
    """Give the subtrees that prove the leaf `number` in a tree of `size` leaves, the lowest first (2.1.3.1).

    Raises `ValueError` for a leaf that the tree does not hold.
    """
    if not 0 <= number < size:
        raise ValueError("no such leaf")
    found: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _half(end - start)
        if number < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return tuple(reversed(found))


def consistency(first: int, second: int) -> tuple[Range, ...]:
    """Give the subtrees that prove that the first `first` leaves of `second` did not change (2.1.4.1).

    Nothing is needed from an empty tree, or between equal sizes. Raises `ValueError` unless `first` <= `second`.
    """
    if not 0 <= first <= second:
        raise ValueError("a tree only grows")
    return _between(first, 0, second, known=True) if first > 0 else ()


def covering(found: Range) -> tuple[Place, ...]:
    """Give the complete subtrees that make one of a proof, the largest first."""
    start, end = found
    return tuple(Place(place.level, place.number + (start >> place.level)) for place in peaks(end - start))


def is_included(number: int, leaf: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether a leaf's hash stands at its number under a root (2.1.3.2)."""
    if not 0 <= number < size:
        return False
    place, last, found = number, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = hash_node(step, found)
            place, last = _up(place, last)
        else:
            found = hash_node(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether a tree of `second` leaves begins with the one of `first` (2.1.4.2); every tree begins empty."""
    if first in {0, second}:
        return not proof and (first == 0 < second or first_root == second_root)
    if not 0 < first < second or not proof:
        return False
    steps = list(proof) if first & (first - 1) else [first_root, *proof]
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = hash_node(step, old), hash_node(step, new)
            place, last = _up(place, last)
        else:
            new = hash_node(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and (old, new) == (first_root, second_root)


def _between(first: int, start: int, end: int, *, known: bool) -> tuple[Range, ...]:
    """SUBPROOF of the RFC, on the leaves from `start` to `end`; `known` while the verifier has this subtree's root."""
    size = end - start
    if first == size:
        return () if known else ((start, end),)
    half = _half(size)
    middle = start + half
    if first <= half:
        return (*_between(first, start, middle, known=known), (middle, end))
    return (*_between(first - half, middle, end, known=False), (start, middle))


def _half(size: int) -> int:
    """Give the largest power of two smaller than a size of two or more."""
    return 1 << (size - 1).bit_length() - 1


def _up(place: int, last: int) -> tuple[int, int]:
    """Climb while a subtree stands alone on the right edge."""
    while not place & 1 and place:
        place, last = place >> 1, last >> 1
    return place, last
