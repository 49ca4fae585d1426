"""Proofs on the tree: the vectors of transparency-dev/merkle, every small tree, and whatever a forger would try."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.audit.merkle import EMPTY_ROOT, Place, completed, hash_leaf, hash_node, peaks, root
from backend.audit.proofs import Range, consistency, covering, inclusion, is_consistent, is_included
from tests.support.tree import ROOT

VECTORS: dict[str, Any] = json.loads((ROOT / "tests" / "support" / "merkle_vectors.json").read_text())
LEAVES = [hash_leaf(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]
ROOTS = [EMPTY_ROOT, *(bytes.fromhex(root) for root in VECTORS["roots"])]
MANY = 40
GARBAGE = sha256(b"garbage").digest()


def tree(leaves: Sequence[bytes]) -> dict[Place, bytes]:
    found: dict[Place, bytes] = {}
    for number, leaf in enumerate(leaves):
        found[Place(0, number)] = leaf
        for parent, left, right in completed(number):
            found[parent] = hash_node(found[left], found[right])
    return found


def hashes(nodes: dict[Place, bytes], ranges: Sequence[Range]) -> list[bytes]:
    return [root([nodes[place] for place in covering(found)]) for found in ranges]


def root_of(nodes: dict[Place, bytes], size: int) -> bytes:
    return root([nodes[place] for place in peaks(size)])


NODES = tree([hash_leaf(bytes([number])) for number in range(MANY)])


@pytest.mark.parametrize("size", range(9))
def test_the_known_roots_are_found(size: int) -> None:
    assert root_of(tree(LEAVES), size) == ROOTS[size]


@pytest.mark.parametrize("vector", VECTORS["inclusion"])
def test_the_known_inclusion_proofs_are_found_and_hold(vector: dict[str, Any]) -> None:
    number, size = vector["leaf"], vector["size"]
    proof = [bytes.fromhex(step) for step in vector["proof"]]
    assert hashes(tree(LEAVES), inclusion(number, size)) == proof
    assert is_included(number, LEAVES[number], size, ROOTS[size], proof)
    refused = [
        (number - 1, LEAVES[number], size, ROOTS[size], proof),
        (number + 1, LEAVES[number], size, ROOTS[size], proof),
        (number ^ 2, LEAVES[number], size, ROOTS[size], proof),
        (number, LEAVES[number], size * 2, ROOTS[size], proof),
        (number, LEAVES[number], size // 2, ROOTS[size], proof),
        (number, GARBAGE, size, ROOTS[size], proof),
        (number, LEAVES[number], size, EMPTY_ROOT, proof),
        *((number, LEAVES[number], size, ROOTS[size], forged) for forged in forgeries(proof, ROOTS[size])),
    ]
    assert not any(is_included(*asked) for asked in refused)


@pytest.mark.parametrize("vector", VECTORS["consistency"])
def test_the_known_consistency_proofs_are_found_and_hold(vector: dict[str, Any]) -> None:
    first, second = vector["first"], vector["second"]
    proof = [bytes.fromhex(step) for step in vector["proof"]]
    assert hashes(tree(LEAVES), consistency(first, second)) == proof
    assert is_consistent(first, ROOTS[first], second, ROOTS[second], proof)
    if first == second:
        return
    old, new = ROOTS[first], ROOTS[second]
    refused = [
        (first - 1, old, second, new, proof),
        (first + 1, old, second, new, proof),
        (first ^ 2, old, second, new, proof),
        (first, old, second * 2, new, proof),
        (first, old, second // 2, new, proof),
        (first, GARBAGE, second, new, proof),
        (first, old, second, GARBAGE, proof),
        (first, new, second, old, proof),
        (first, old, second, new, []),
        *((first, old, second, new, forged) for forged in forgeries(proof, new)),
    ]
    assert not any(is_consistent(*asked) for asked in refused)


def forgeries(proof: list[bytes], end: bytes) -> list[list[bytes]]:
    """Give what nearly is the proof: longer, shorter, or of another bit."""
    flipped = [[*proof[:at], bytes([step[0] ^ 8, *step[1:]]), *proof[at + 1 :]] for at, step in enumerate(proof)]
    longer = [[*proof, end], [end, *proof], [*proof, b""], [b"", *proof]]
    return [*flipped, *longer, *([proof[:-1]] if proof else [])]


def test_every_leaf_of_every_small_tree_is_proved() -> None:
    for size in range(1, MANY + 1):
        for number in range(size):
            proof = hashes(NODES, inclusion(number, size))
            assert is_included(number, NODES[Place(0, number)], size, root_of(NODES, size), proof)


@given(st.integers(0, MANY), st.integers(0, MANY))
def test_every_small_tree_is_consistent_with_every_larger_one(one: int, other: int) -> None:
    first, second = sorted((one, other))
    proof = hashes(NODES, consistency(first, second))
    assert is_consistent(first, root_of(NODES, first), second, root_of(NODES, second), proof)
    assert first == 0 or not is_consistent(first, GARBAGE, second, root_of(NODES, second), proof)


def test_what_no_tree_holds_has_no_proof() -> None:
    for number, size in ((0, 0), (-1, 4), (4, 4)):
        with pytest.raises(ValueError, match="no such leaf"):
            inclusion(number, size)
    for first, second in ((-1, 3), (4, 3)):
        with pytest.raises(ValueError, match="only grows"):
            consistency(first, second)
    assert not is_consistent(4, ROOTS[4], 3, ROOTS[3], [GARBAGE])
    assert not is_consistent(0, ROOTS[0], 0, ROOTS[1], [])
    assert not is_consistent(0, ROOTS[0], 1, ROOTS[1], [GARBAGE])
