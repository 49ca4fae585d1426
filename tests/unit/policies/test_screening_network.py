"""The screening of the networks refuses what looks like a person, and lets organisations, streets and numbers pass."""

import pytest

from policies.screening.network import REFUSAL, speaks_of_a_person
from tests.support.measure_networks import PAGE, figures, refused, rewrite, texts
from tests.support.measure_screening import half


@pytest.mark.parametrize("name,texts_at_least", [("person", 200), ("innocent", 200)])
def test_the_corpora_have_the_size_that_was_asked_and_repeat_nothing(name: str, texts_at_least: int) -> None:
    assert len(texts(name)) >= texts_at_least
    assert len(set(texts(name))) == len(texts(name))


@pytest.mark.parametrize("part", ["dev", "held"])
def test_what_contains_a_person_is_refused_nine_times_in_ten(part: str) -> None:
    lines = half(texts("person"), part)
    assert refused(lines) >= 0.9 * len(lines)


def test_fewer_than_two_innocent_texts_in_a_hundred_are_refused() -> None:
    assert refused(texts("innocent")) < 0.02 * len(texts("innocent"))


def test_the_published_figures_are_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert figures() in page
    assert rewrite(page) == page


@pytest.mark.parametrize(
    "text",
    [
        "Mme Diallo est à la rue",
        "MME DIALLO EST À LA RUE",
        "M\u200bme Diallo est à la rue",
        "madame d.",
        "2 84 05 99 352 012 79",
        "PV 2026/004512",
        "une fille de 14 ans",
        "elle a 14 ans et dort dehors",
        "son mari la frappe",
        "association : Fatima attend",
        "famille LEROY",
        "je suis battue",
    ],
)
def test_a_person_is_found_however_it_is_written(text: str) -> None:
    assert speaks_of_a_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "UMJ",
        "Jeunes femmes de 15 à 25 ans",
        "Square Marie-Curie",
        "3919",
        "Métro 13, Guy Môquet",
        "Centre Simone Veil",
    ],
)
def test_what_names_nobody_passes(text: str) -> None:
    assert not speaks_of_a_person(text)


def test_the_refusal_says_where_a_situation_goes_and_repeats_nothing() -> None:
    for words in ("119", "17", "situation individuelle", "rien n'a été gardé"):
        assert words in REFUSAL
