import time
from dataclasses import FrozenInstanceError
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.screening import Category, Finding, Severity, advice, screening
from policies.screening.numbers import nir_key_is_right
from policies.vocabulary import Word
from tests.support.measure_screening import (
    PAGE,
    SERIES,
    count,
    half,
    innocents,
    positives,
    rewrite,
    sentences,
    series_alarms,
    series_positives,
)

REFUSED = {Category.NIR, Category.INE, Category.PROCEDURE}
# Found in the two series whose failures nobody has read: the level really reached, not the one hoped for.
UNREAD = {
    ("other-hand-b", Category.HEALTH): 26,
    ("other-hand-b", Category.RELIGION): 33,
    ("other-hand-b", Category.ORIGIN): 31,
    ("other-hand-b", Category.OPINION): 28,
    ("other-hand-b", Category.SEXUAL_ORIENTATION): 27,
    ("other-hand-b", Category.THIRD_PERSON): 35,
    ("closing", Category.HEALTH): 10,
    ("closing", Category.RELIGION): 13,
    ("closing", Category.ORIGIN): 17,
    ("closing", Category.OPINION): 17,
    ("closing", Category.SEXUAL_ORIENTATION): 14,
    ("closing", Category.THIRD_PERSON): 18,
}


def categories(text: str) -> set[Category]:
    return {finding.category for finding in screening(text)}


@pytest.mark.parametrize("name", ["dev", "held"])
@pytest.mark.parametrize("category", Category)
def test_nine_sentences_in_ten_are_found(category: Category, name: str) -> None:
    lines = positives(category, name)
    assert count(category, lines) >= 0.90 * len(lines)


@pytest.mark.parametrize("name", ["dev", "held"])
@pytest.mark.parametrize("category", Category)
def test_at_most_one_innocent_sentence_in_twenty_is_flagged(category: Category, name: str) -> None:
    lines = innocents(category, name)
    assert count(category, lines) <= 0.05 * len(lines)


@pytest.mark.parametrize("category", Category)
def test_each_corpus_has_two_hundred_different_sentences_on_both_sides(category: Category) -> None:
    guilty = sentences(f"{category.value}.positive")
    innocent = sentences(f"{category.value}.innocent") + sentences("general.innocent")
    assert len(set(guilty)) == len(guilty) >= 200
    assert len(set(innocent)) == len(innocent) >= 200
    assert not set(guilty) & set(innocent)
    assert set(half(guilty, "dev")) | set(half(guilty, "held")) == set(guilty)


@pytest.mark.parametrize("name, category", list(UNREAD))
def test_the_series_nobody_tuned_on_keep_the_level_they_reached(name: str, category: Category) -> None:
    assert count(category, series_positives(name, category)) >= UNREAD[name, category]


@pytest.mark.parametrize("name", SERIES)
def test_a_series_raises_a_false_alarm_on_one_innocent_sentence_in_twenty_at_most(name: str) -> None:
    assert series_alarms(name) <= 0.05 * len(sentences(f"{name}.innocent"))


@pytest.mark.parametrize("name", SERIES)
def test_no_sentence_of_a_series_is_in_another(name: str) -> None:
    def everything(series: str) -> list[str]:
        return [*sentences(f"{series}.positive"), *sentences(f"{series}.innocent")]

    own = everything(name)
    assert len(set(own)) == len(own)
    assert not set(own) & {line for other in SERIES if other != name for line in everything(other)}


def test_the_page_shows_the_current_figures() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert rewrite(page) == page


def test_three_categories_refuse_and_six_warn() -> None:
    assert {category for category in Category if category.severity is Severity.REFUSAL} == REFUSED
    assert sum(category.severity is Severity.WARNING for category in Category) == 6
    assert all(isinstance(category, Word) for category in Category)
    assert {category.value for category in Category} >= {"nir", "health", "third_person"}


@pytest.mark.parametrize("category", Category)
def test_the_advice_is_a_sentence_of_its_own_for_each_category(category: Category) -> None:
    sentence = advice(category)
    assert sentence.startswith("Ce texte ")
    assert sentence.endswith(".")
    assert "etirez" in sentence or "emplacez" in sentence
    assert len({advice(other) for other in Category}) == len(Category)


def test_a_finding_holds_positions_and_never_the_text() -> None:
    (finding,) = screening("Elle est enceinte de 4 mois.")
    assert finding == Finding(Category.HEALTH, 9, 17)
    assert "enceinte" not in repr(finding)
    with pytest.raises(FrozenInstanceError):
        finding.start = 0  # type: ignore[misc]


@pytest.mark.parametrize(
    "written",
    [
        "2 55 08 14 168 025 38",
        "255081416802538",
        "2\u00a055\u00a008\u00a014\u00a0168\u00a0025\u00a038",
        "2-55-08-14-168-025/38",
        "2\u200b55081416802538",
        "２５５０８１４１６８０２５３８",
        "2 55 08 14 168 025",
    ],
)
def test_a_nir_is_found_however_it_is_written(written: str) -> None:
    text = f"numéro {written}, à vérifier"
    found = [finding for finding in screening(text) if finding.category is Category.NIR]
    assert len(found) == 1
    assert text[found[0].start : found[0].end] == written


def test_the_key_of_a_nir_is_checked_corsica_included() -> None:
    assert nir_key_is_right("255081416802538")
    assert not nir_key_is_right("255081416802539")
    assert not nir_key_is_right("25508141680x538")
    corsican = "1850" + "52a" + "004001"
    key = 97 - int(corsican.replace("2a", "19")) % 97
    assert Category.NIR in categories(f"{corsican.upper()}{key:02d}")
    assert Category.NIR not in categories(f"{corsican.upper()}{key % 97 + 1:02d}")
    assert Category.NIR in categories("sécu 255081416802539")


@pytest.mark.parametrize(
    "innocent",
    [
        "06 12 34 56 78 et 01 45 67 89 10",
        "12 08 05 14 07 11 09 06 5",
        "75013 75018 75019",
        "1253014168025",
        "12/03/2024",
    ],
)
def test_phones_marks_and_dates_are_no_nir(innocent: str) -> None:
    assert Category.NIR not in categories(innocent)


@pytest.mark.parametrize(
    "written", ["123456789AB", "123456789ab", "123 456 789 AB", "1234567890C", "INE 0ABC12D34E5", "0ABC12D34E5 (INE)"]
)
def test_every_form_of_ine_is_found(written: str) -> None:
    assert Category.INE in categories(f"élève {written}")


def test_an_hour_after_a_phone_number_is_no_ine() -> None:
    assert Category.INE not in categories("appelé au 0612345678h")
    assert Category.INE not in categories("INE non communiqué")
    assert Category.INE not in categories("INE 1 an de plus la")


@pytest.mark.parametrize(
    "written",
    [
        "PV n° 2023/001234",
        "procédure 2023-00123",
        "main courante n°4512",
        "n° de parquet 23045000123",
        "connu au TAJ",
        "fiche S",
    ],
)
def test_police_and_procedure_references_are_found(written: str) -> None:
    assert Category.PROCEDURE in categories(f"Voir {written} du commissariat.")


@pytest.mark.parametrize(
    "written",
    ["une plainte a été déposée le 12/03/2024", "le parquet a été avisé en 2023", "procédure disciplinaire", "PV 12"],
)
def test_a_date_or_a_procedure_without_number_is_no_reference(written: str) -> None:
    assert Category.PROCEDURE not in categories(written)


@pytest.mark.parametrize(
    "place",
    [
        "rue de la Santé",
        "boulevard de l’Hôpital",
        "collège Gabriel-Fauré",
        "place d'Italie",
        "porte d’Italie",
        "rue du Docteur-Finlay",
        "square Héloïse et Abélard",
        "métro Pierre et Marie Curie",
        "lycée Notre-Dame",
        "rue Gay-Lussac",
        "école Louise-Michel",
    ],
)
def test_a_place_is_no_finding(place: str) -> None:
    assert screening(f"Il traîne {place} le soir.") == ()


@pytest.mark.parametrize(
    "text",
    [
        "Mme le maire",
        "la CPE",
        "Madame la principale",
        "M. 12",
        "Monsieur",
        "Mme",
        "il mange à la cantine",
        "surnommé",
        "surnommé rue de la Gaîté",
        "surnommé le grand",
        "la mère de",
        "la mère de Paris",
        "la mère Et ses voisins",
        "Zozo et sa moto",
        "Zozo et alors",
        "Famille et ses voisins",
        "Il dit que Zozo",
        "Il dit que Zozo saute",
        "Zozo l'a suivi",
        "au père Noël",
        "une adresse @ perdue",
    ],
)
def test_a_function_is_not_a_person(text: str) -> None:
    assert screening(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Mme Dupuis",
        "mme dupuis",
        "M. N'Diaye",
        "Mme le Goff",
        "Mme la proviseure Dufour",
        "Loïck R.",
        "un certain Dragan",
        "avec kevin",
        "la vidéo est sur @zz_75",
        "surnommé bouldingue",
        "le père de Ferdaoussi",
        "la bande à Zozo",
        "Zozo et sa sœur",
        "il dit que Zozo l'a suivi",
    ],
)
def test_a_named_person_is_found(text: str) -> None:
    assert Category.THIRD_PERSON in categories(text)


@pytest.mark.parametrize(
    "text",
    [
        "Il est MUSULMAN",
        "il est musulman",
        "il est musul\u200bman",
        "il est mu\u00adsulman",
        "ｍｕｓｕｌｍａｎ",
        "il est musulma\u0301n",
    ],
)
def test_case_accents_and_invisible_characters_hide_nothing(text: str) -> None:
    assert Category.RELIGION in categories(text)


def test_typographic_apostrophes_dashes_and_ligatures_are_read() -> None:
    assert Category.ORIGIN in categories("d’origine malienne")
    assert Category.OPINION in categories("l’extrême–droite")
    assert Category.RELIGION in categories("une bonne sœur")


def test_the_words_of_a_run_may_stand_apart_but_in_one_sentence() -> None:
    assert Category.SEXUAL_ORIENTATION in categories("il porte souvent des robes")
    assert Category.SEXUAL_ORIENTATION not in categories("Que fait-il ? Des robes ont disparu.")
    assert Category.SEXUAL_ORIENTATION not in categories("il a dit qu'on lui avait volé trois robes")
    assert Category.SEXUAL_ORIENTATION not in categories("il porte des")


def test_positions_are_those_of_the_original_whatever_was_folded() -> None:
    text = "Sa sœur\u200b, au cœur e\u0301mu, est à l'\ufb01n\u200b: asthma\u200btique ici"
    found = [finding for finding in screening(text) if finding.category is Category.HEALTH]
    assert [text[finding.start : finding.end] for finding in found] == ["asthma\u200btique"]


def test_overlapping_finds_of_one_category_are_one() -> None:
    found = [finding for finding in screening("PV2023/001234") if finding.category is Category.PROCEDURE]
    assert len(found) == 1


@given(st.text(max_size=300))
def test_any_text_is_screened_and_positions_stay_inside(text: str) -> None:
    found = screening(text)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in found)
    assert list(found) == sorted(found, key=lambda finding: finding.start)
    for category in Category:
        own = [finding for finding in found if finding.category is category]
        assert all(one.end <= other.start for one, other in pairwise(own))


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "1a",
        "2 55 ",
        "a",
        "a ",
        "pv ",
        "ine ",
        "M. ",
        "rue de ",
        "né ",
        "\u200b",
        "a\u200b",
        "œ",
        "trouble ",
        "Mme Le ",
        "2023/",
        "1 2",
    ],
)
def test_hostile_text_costs_a_time_proportional_to_its_length(piece: str) -> None:
    def once(size: int) -> float:
        start = time.process_time()
        screening(piece * (size // len(piece)))
        return time.process_time() - start

    def spent(size: int) -> float:
        # The best of three: a busy machine makes one run slow, never fast.
        return min(once(size) for _ in range(3))

    once(1000)
    assert spent(100_000) <= 12 * max(spent(25_000), 0.01)
