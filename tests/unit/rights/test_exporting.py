"""What an export lets through of a free text: no name, however it is written."""

import pytest

from backend.rights.queries.exporting import capitalised


@pytest.mark.parametrize(
    "text",
    [
        "vu par Untel hier",
        "(Untel)",
        "« Untel » l'a dit",
        "«Untel»",
        "selon d'Untel",
        "l\u2019agent-Untel",
        "M.Untel",
        "2026/Untel_3",
        "_Untel_",
        "UNTEL.",
    ],
)
def test_a_name_is_seen_whatever_leads_or_joins_it(text: str) -> None:
    assert "untel" in capitalised(text)


def test_a_name_that_an_apostrophe_joins_is_compared_whole() -> None:
    assert "ndiaye" in capitalised("(N\u2019Diaye)")
    assert "untel" in capitalised("l'Untel")


def test_an_accent_written_apart_is_still_a_letter() -> None:
    assert "eloise" in capitalised("(E\u0301loi\u0308se)")


def test_a_common_word_is_not_taken_for_the_name_it_spells() -> None:
    assert "bailleur" not in capitalised("le bailleur a écrit")
