"""Every refusal has its status, its stable code, a French title and a sentence that repeats nothing typed."""

from collections.abc import Iterator

import pytest

from backend.kernel import errors
from backend.kernel.errors import (
    CharterRefusal,
    Forbidden,
    InvalidInput,
    NotFound,
    Refusal,
    SignInRequired,
    Stale,
    StepUpRequired,
    Throttled,
    TooLarge,
    Unavailable,
    VersionRequired,
    WrongMethod,
    WrongMoment,
)

STATUSES = {
    NotFound: 404,
    Forbidden: 403,
    SignInRequired: 401,
    StepUpRequired: 403,
    WrongMoment: 409,
    Stale: 412,
    VersionRequired: 428,
    CharterRefusal: 422,
    InvalidInput: 422,
    TooLarge: 413,
    WrongMethod: 405,
    Throttled: 429,
    Unavailable: 503,
}


def refusals() -> Iterator[type[Refusal]]:
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, Refusal) and value is not Refusal:
            yield value


def test_each_refusal_has_the_status_of_the_architecture() -> None:
    assert {refusal: refusal.status for refusal in refusals()} == STATUSES


def test_codes_and_titles_are_told_apart() -> None:
    assert len({refusal.code for refusal in refusals()}) == len(STATUSES)
    assert all(refusal.title and refusal.title != Refusal.title for refusal in refusals())


@pytest.mark.parametrize(
    "refusal",
    [
        NotFound(),
        SignInRequired(),
        StepUpRequired(),
        Stale(),
        VersionRequired(),
        TooLarge(),
        Unavailable(),
        WrongMethod(),
    ],
)
def test_a_refusal_without_words_of_its_own_has_a_sentence(refusal: Refusal) -> None:
    assert refusal.detail == str(refusal)
    assert refusal.detail.endswith(".")


def test_a_charter_refusal_says_where_its_rule_comes_from() -> None:
    refusal = CharterRefusal("Un mois entre réception et réunion", "contrat parisien 2015-2020, étape 4")
    assert refusal.detail == "Un mois entre réception et réunion (contrat parisien 2015-2020, étape 4)"
    assert refusal.origin == "contrat parisien 2015-2020, étape 4"


def test_input_errors_are_kept_field_by_field_and_copied() -> None:
    given = {"birth_date": "Vérifiez l'année."}
    refusal = InvalidInput(given)
    given["other"] = "x"
    assert refusal.errors == {"birth_date": "Vérifiez l'année."}


@pytest.mark.parametrize(
    "seconds,words", [(0, "1 minute."), (60, "1 minute."), (61, "2 minutes."), (3600, "60 minutes.")]
)
def test_a_throttled_person_is_told_how_long_in_minutes(seconds: int, words: str) -> None:
    refusal = Throttled(seconds)
    assert refusal.detail.endswith(f"dans {words}")
    assert refusal.retry_after == seconds


def test_an_outage_says_when_to_come_back() -> None:
    assert Unavailable().retry_after == 5
    assert Unavailable(retry_after=30).retry_after == 30
