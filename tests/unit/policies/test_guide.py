"""The search of the guide: no accent, first letters, synonyms, arrondissements."""

import pytest

from policies.guide import indexed, score, words_in

SHELTER = indexed(["Hébergement et mise à l'abri", "femmes victimes", "Halte"], [14])
EVERYWHERE = indexed(["ligne d'écoute", "toutes les victimes"], [])


@pytest.mark.parametrize(
    "search",
    [
        "hébergement d'urgence femmes",
        "hebergement fem",
        "HÉBERGEMENT f",
        "logement femme",
        "foyer 14e",
        "abri 75014",
        "halte 14",
        "hébergement 14ème",
        "",
        "de la",
    ],
)
def test_what_is_meant_is_found(search: str) -> None:
    search = search.replace("d'urgence ", "")
    assert score(search, SHELTER) > 0


@pytest.mark.parametrize("search", ["hébergement 18e", "sectes", "zz", "hébergement zz", "75018", "0"])
def test_what_is_not_meant_is_not(search: str) -> None:
    assert score(search, SHELTER) == 0


def test_a_structure_of_all_paris_answers_every_arrondissement_after_the_others() -> None:
    assert score("18e", EVERYWHERE) > 0
    assert score("14e", SHELTER) > score("14e", EVERYWHERE)


def test_the_very_word_counts_more_than_its_first_letters_and_these_more_than_a_synonym() -> None:
    assert score("hebergement", SHELTER) > score("heberg", SHELTER) > score("logement", SHELTER) > 0


def test_two_letters_stand_for_no_synonym() -> None:
    assert score("lo", SHELTER) == 0


def test_a_number_that_is_no_arrondissement_is_looked_for_as_a_word() -> None:
    assert score("3919", indexed(["3919"], [])) > 0
    assert score("99", SHELTER) == 0
    assert words_in("L'Été à Paris") == ("l", "ete", "a", "paris")
