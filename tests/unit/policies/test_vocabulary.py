"""Closed words: one stored value and one French label each."""

from collections.abc import Iterator

import pytest

from policies import access, disclosure, habilitation, vocabulary
from policies.vocabulary import CITY_ROLES, OFFENCE_MOTIVES, SEATS, Motive, Role, Stage, Word


def vocabularies() -> Iterator[type[Word]]:
    for module in (vocabulary, access, disclosure, habilitation):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Word) and value is not Word:
                yield value


ALL = sorted(set(vocabularies()), key=lambda words: words.__name__)


@pytest.mark.parametrize("words", ALL)
def test_no_value_and_no_label_is_used_twice(words: type[Word]) -> None:
    assert len({member.value for member in words}) == len(words.__members__)
    assert len({member.label for member in words}) == len(words)


@pytest.mark.parametrize("words", ALL)
def test_labels_are_french_for_people(words: type[Word]) -> None:
    for member in words:
        assert member.label
        assert member.label == member.label.strip()
        assert "_" not in member.label


@pytest.mark.parametrize("words", ALL)
def test_a_stored_value_fits_its_column_and_holds_no_accent(words: type[Word]) -> None:
    for member in words:
        assert member.value.isascii()
        assert len(member.value) <= 32


def test_a_value_gives_its_member_back_and_no_other_value_does() -> None:
    assert Stage.of("received") is Stage.RECEIVED
    assert Stage.of(Stage.RECEIVED) is Stage.RECEIVED
    for outside in ("RECEIVED", "", "à qualifier", "police"):
        with pytest.raises(ValueError, match="Stage") as refusal:
            Stage.of(outside)
        assert outside == "" or outside not in str(refusal.value)


def test_a_word_is_stored_and_written_as_its_value() -> None:
    assert f"{Stage.RECEIVED}" == str(Stage.RECEIVED) == "received"
    assert Stage.RECEIVED.label == "à qualifier"


def test_groups_of_words_are_those_of_the_domain() -> None:
    assert {Role.TOWN_HALL, Role.POLICE, Role.PJJ, Role.EDUCATION} == SEATS
    assert {Role.STEERING, Role.DPO, Role.ARCHIVIST, Role.ADMINISTRATOR} == CITY_ROLES
    assert {motive.value for motive in OFFENCE_MOTIVES} == {"MOT-01", "MOT-05", "MOT-07", "MOT-08", "MOT-12"}
    assert [motive.value for motive in Motive] == [f"MOT-{number:02}" for number in range(1, 13)]
