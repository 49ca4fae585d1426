"""References are opaque, read aloud without doubt, and never come twice; secrets are long."""

import re

from backend.kernel.identifiers import ALPHABET, new_code, new_id, new_reference, new_secret

DRAWN = 2000


def test_a_reference_is_three_groups_of_an_alphabet_without_look_alikes() -> None:
    group = f"[{ALPHABET}]{{4}}"
    assert all(re.fullmatch(f"{group}-{group}-{group}", new_reference()) for _ in range(DRAWN))
    assert not set("ILOU") & set(ALPHABET)
    assert len(set(ALPHABET)) == 32


def test_every_letter_is_drawn() -> None:
    assert set("".join(new_reference() for _ in range(DRAWN))) - {"-"} == set(ALPHABET)


def test_nothing_comes_twice_and_no_order_shows() -> None:
    for draw in (new_reference, new_secret, new_id):
        drawn = [str(draw()) for _ in range(DRAWN)]
        assert len(set(drawn)) == DRAWN
        assert drawn != sorted(drawn)


def test_a_secret_has_256_bits_and_fits_in_an_address() -> None:
    assert re.fullmatch(r"[\w-]{43}", new_secret())


def test_a_code_has_eight_digits_zeros_included() -> None:
    codes = [new_code() for _ in range(DRAWN)]
    assert all(re.fullmatch(r"\d{8}", code) for code in codes)
    assert any(code.startswith("0") for code in codes)
