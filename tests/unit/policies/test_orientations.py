"""The taxonomy of orientations: whole, sourced, without health; ages are hints, dates are not (ORI-01 to ORI-H)."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from policies.charter import published
from policies.charter_words import RecipientCategory
from policies.orientation_words import Destination
from policies.orientations import ORIGINS, DestinationRule, Taxonomy, open_on, rule_of, taxonomy

RECIPIENTS = {
    Destination.CRIP: RecipientCategory.CRIP,
    Destination.SOCIAL_SERVICES: RecipientCategory.SOCIAL_SERVICES,
    Destination.EDUCATIONAL_SUCCESS: RecipientCategory.EDUCATIONAL_SUCCESS,
    Destination.SPECIALISED_PREVENTION: RecipientCategory.ASSOCIATION,
    Destination.LOCAL_ASSOCIATION: RecipientCategory.ASSOCIATION,
    Destination.SCHOOL_DROPOUT: RecipientCategory.SCHOOL,
}
"""Which orientation has a transmission, and to whom, by hand (CEN-28, AMB-13)."""

AGES = {
    Destination.EDUCATIONAL_SUCCESS: "2 à 16 ans",
    Destination.LOCAL_MISSION: "16 à 25 ans",
    Destination.CITY_HOLIDAYS: "8 à 16 ans",
    Destination.YOUTH_DAYS: "6 à 17 ans",
}
MINIMAL = {"destination": "crip", "sources": ["ORI-A1"], "hint": "Une phrase."}


def test_health_is_no_orientation_the_directory_alone_speaks_of_it() -> None:
    for rule in taxonomy().destinations:
        assert not any(source.startswith("ORI-F") for source in rule.sources)
        said = f"{rule.destination.label} {rule.hint}".lower()
        assert not any(word in said for word in ("santé", "soin", "psych", "adolescents", "addict"))


@pytest.mark.parametrize("destination", Destination)
def test_each_destination_has_its_sources_and_its_lawful_recipient_or_none(destination: Destination) -> None:
    rule = rule_of(destination)
    assert all(source.startswith(("ORI-", "AMB-")) for source in rule.sources)
    assert rule.recipient is RECIPIENTS.get(destination)
    assert rule.ages == AGES.get(destination)
    assert rule.implies_following is (destination in RECIPIENTS and destination is not Destination.CRIP)
    assert rule.school is (destination is Destination.SCHOOL_DROPOUT)


def test_every_recipient_of_the_charters_is_found_somewhere() -> None:
    assert set(ORIGINS) == set(RecipientCategory)
    for charter in published().values():
        assert set(charter.rules.recipients.categories) == set(RecipientCategory)


@pytest.mark.parametrize("years, receives", [(7, False), (8, True), (16, True), (17, False), (None, True)])
def test_an_age_is_in_the_range_or_not_and_an_unknown_one_is_no_obstacle(
    years: int | None,
    receives: bool,  # noqa: FBT001
) -> None:
    assert rule_of(Destination.CITY_HOLIDAYS).receives(years) is receives
    assert rule_of(Destination.CRIP).receives(years)


def test_the_night_mediators_are_chosen_until_the_end_of_2022_and_say_what_replaced_them() -> None:
    rule = rule_of(Destination.NIGHT_MEDIATION)
    assert rule in open_on(date(2022, 12, 31))
    assert rule not in open_on(date(2023, 1, 1))
    assert "médiation" in (rule.ended or "")
    assert len(open_on(date(2023, 1, 1))) == len(Destination) - 1


@pytest.mark.parametrize(
    "change",
    [{"youngest": 2}, {"oldest": 2}, {"valid_until": date(2022, 1, 1)}, {"ended": "Fini."}, {"score": 1}, {"hint": ""}],
)
def test_a_destination_that_does_not_say_everything_is_refused(change: dict[str, Any]) -> None:
    assert DestinationRule.model_validate(MINIMAL).ages is None
    with pytest.raises(ValidationError):
        DestinationRule.model_validate(MINIMAL | change)


def test_a_taxonomy_has_each_destination_once() -> None:
    whole = taxonomy()
    for rules in (whole.destinations[1:], (*whole.destinations, whole.destinations[0])):
        with pytest.raises(ValidationError, match="each destination"):
            Taxonomy(following=whole.following, destinations=rules)
