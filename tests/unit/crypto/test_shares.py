"""A key in shares: enough of them rebuild it, fewer say nothing, a mistyped or foreign one is found."""

import os
from itertools import combinations

import pytest

from backend.crypto import shares as owner
from backend.crypto.shares import SharesError, read_share, rebuild, split

KEY = os.urandom(32)


@pytest.mark.parametrize("needed,count", [(2, 3), (3, 5), (2, 2), (16, 16)])
def test_any_shares_in_the_number_needed_give_the_key_back(needed: int, count: int) -> None:
    made = split(KEY, needed, count)
    assert len(made) == count
    assert {len(share.split()) for share in made} == {33}
    for chosen in list(combinations(made, needed))[:10]:
        assert rebuild(chosen) == KEY


def test_fewer_shares_or_shares_of_two_splits_give_nothing() -> None:
    made, others = split(KEY, 2, 3), split(KEY, 2, 3)
    for wrong in ([], made[:1], [made[0], others[1]], [made[0], made[0]]):
        with pytest.raises(SharesError):
            rebuild(wrong)


@pytest.mark.parametrize("needed,count", [(1, 1), (1, 3), (4, 3), (2, 17)])
def test_a_split_that_would_copy_the_key_or_cannot_be_is_refused(needed: int, count: int) -> None:
    with pytest.raises(ValueError, match="needed"):
        split(KEY, needed, count)


def test_shares_that_do_not_give_the_key_back_are_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "combine_mnemonics", lambda _shares: bytes(32))
    with pytest.raises(RuntimeError, match="give the key back"):
        split(KEY, 2, 3)


def test_a_share_is_read_as_people_type_it() -> None:
    made = [read_share(f"  {share.upper()}\n") for share in split(KEY, 2, 3)]
    assert [share.number for share in made] == [0, 1, 2]
    assert {share.needed for share in made} == {2}
    assert len({share.split for share in made}) == 1
    assert rebuild([share.words for share in made[1:]]) == KEY


def test_a_word_that_is_wrong_exchanged_or_missing_is_found() -> None:
    words = split(KEY, 2, 3)[0].split()
    for wrong in ([*words[:-1], "cenacle"], words[:-1], [words[1], words[0], *words[2:]], []):
        with pytest.raises(SharesError, match="mot"):
            read_share(" ".join(wrong))


def test_a_share_shows_none_of_its_words() -> None:
    share = split(KEY, 2, 3)[0]
    assert share.split()[5] not in repr(read_share(share))
