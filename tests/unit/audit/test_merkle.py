"""The tree against the published vectors of Certificate Transparency, and against the definition of RFC 9162."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.audit.merkle import Place, completed, hash_leaf, hash_node, peaks, root

LEAVES = [
    bytes.fromhex(data)
    for data in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Roots of the first 0 to 8 leaves: reference vectors of the Certificate Transparency implementations."""


def grown(data: list[bytes]) -> dict[Place, bytes]:
    """Append leaf by leaf, keeping every complete subtree."""
    known: dict[Place, bytes] = {}
    for number, leaf in enumerate(data):
        known[Place(0, number)] = hash_leaf(leaf)
        for parent, left, right in completed(number):
            known[parent] = hash_node(known[left], known[right])
    return known


def defined(data: list[bytes]) -> bytes:
    """Give MTH(D[n]) word for word (RFC 9162 section 2.1.1)."""
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    split = 1
    while split * 2 < len(data):
        split *= 2
    return sha256(b"\x01" + defined(data[:split]) + defined(data[split:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    known = grown(LEAVES[:size])
    assert root([known[place] for place in peaks(size)]).hex() == ROOTS[size]


@given(st.lists(st.binary(max_size=3), max_size=70))
def test_the_root_is_the_one_of_the_definition(data: list[bytes]) -> None:
    known = grown(data)
    assert root([known[place] for place in peaks(len(data))]) == defined(data)


@given(st.lists(st.binary(max_size=3), max_size=70), st.integers(min_value=0, max_value=70))
def test_an_earlier_root_is_found_again_in_the_grown_tree(data: list[bytes], size: int) -> None:
    known = grown(data)
    earlier = data[:size]
    assert root([known[place] for place in peaks(len(earlier))]) == defined(earlier)


@given(st.integers(min_value=0, max_value=1 << 40))
def test_the_peaks_cover_the_leaves_without_gap_nor_overlap(size: int) -> None:
    covered = 0
    for place in peaks(size):
        assert place.number << place.level == covered
        covered += 1 << place.level
    assert covered == size


def test_a_leaf_never_passes_for_a_node() -> None:
    left, right = hash_leaf(b"left"), hash_leaf(b"right")
    assert hash_leaf(left + right) != hash_node(left, right)
