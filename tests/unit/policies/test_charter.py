"""The published charters: what they allow, where each rule comes from, and what happens when a file is touched."""

from collections.abc import Mapping
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.charter import (
    PINS,
    Charter,
    CharterPinError,
    EstimatedAge,
    accepted_versions,
    counted_birth,
    hash_of,
    in_force,
    load,
    parse,
    published,
)
from policies.charter_words import Activity, CharterKind, FeedbackValue, InformationWaiver, RecipientCategory
from policies.months import add_months, add_years, first_day, last_day
from policies.vocabulary import SEATS, Origin, ParquetGround, Role

CHARTER = published()["cenomed-2023"]
FOLDER = files("policies") / "charters"
SOME_DAY = date(2026, 11, 21)

days = st.dates(min_value=date(2012, 1, 1), max_value=date(2100, 12, 31))


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    for entry in FOLDER.iterdir():
        (tmp_path / entry.name).write_bytes(entry.read_bytes())
    return tmp_path


def test_two_versions_ship_and_the_older_one_is_a_hypothesis_as_a_whole() -> None:
    assert list(published()) == ["cenomed-2012", "cenomed-2023"]
    older = published()["cenomed-2012"]
    assert {older.rule(key).origin for key in older.keys()} == {"hypothèse"}  # noqa: SIM118


def test_published_charters_cannot_be_changed_in_memory() -> None:
    with pytest.raises(TypeError):
        published()["cenomed-2024"] = CHARTER  # type: ignore[index]
    with pytest.raises(ValueError, match="frozen"):
        CHARTER.rules.suggestions.maximum = 30  # type: ignore[misc]


@pytest.mark.parametrize("version", ["cenomed-2012", "cenomed-2023"])
def test_no_rule_claims_an_article_before_a_signed_charter_is_recorded(version: str) -> None:
    charter = published()[version]
    for key in charter.keys():  # noqa: SIM118
        assert charter.rule(key).article == ""
        assert "article" not in charter.rule(key).origin or charter.rule(key).document == "law"


@pytest.mark.parametrize("version", ["cenomed-2012", "cenomed-2023"])
def test_every_rule_is_a_french_sentence_that_can_stand_as_the_reason_of_a_refusal(version: str) -> None:
    charter = published()[version]
    for key in charter.keys():  # noqa: SIM118
        statement = charter.rule(key).statement
        assert statement[0].isupper()
        assert statement.endswith(".")


@pytest.mark.parametrize(
    "key, origin",
    [
        ("filter", "contrat parisien 2015-2020, étape 4"),
        ("reception_delay", "contrat parisien 2015-2020, étape 4"),
        ("social_coordinator_exclusion", "contrat parisien 2015-2020, étape 3"),
        ("convening_delay", "contrat du 6e arrondissement, janvier 2023, fiche 3.3"),
        ("majority", "contrat parisien 2023-2026, fiche 1.3"),
        ("family_information_crip", "code de l'action sociale et des familles, article L.226-2-2"),
        ("completion", "hypothèse"),
        ("suggestions", "hypothèse"),
    ],
)
def test_a_rule_says_where_it_comes_from(key: str, origin: str) -> None:
    assert CHARTER.rule(key).origin == origin


@pytest.mark.parametrize("key", ["nothing", "kind", "", "model_config"])
def test_an_unknown_rule_is_an_error_not_a_silence(key: str) -> None:
    with pytest.raises(KeyError):
        CHARTER.rule(key)


def test_the_2012_rules_know_no_emergency_meeting() -> None:
    older = published()["cenomed-2012"]
    with pytest.raises(KeyError):
        older.rule("emergency")
    assert set(CHARTER.keys()) - set(older.keys()) == {"emergency", "emergency_agreement"}
    assert older.rules.emergency is None
    assert CHARTER.rules.emergency is not None
    assert CHARTER.rules.emergency.months == 0


def test_the_2023_charter_holds_the_figures_of_the_domain() -> None:
    rules = CHARTER.rules
    assert rules.transition.months == 3
    assert rules.completion.maximum == 1
    assert rules.suggestions.maximum == 3
    assert (rules.unqualified.reminder_days, rules.unqualified.months) == ((7, 21), 2)
    assert (rules.reception_delay.months, rules.convening_delay.months, rules.receipt.months) == (1, 1, 1)
    assert (rules.calendar.ordinary_a_year, rules.calendar.ordinary_a_quarter) == (4, 1)
    assert (rules.form.facts_characters, rules.form.motives_minimum) == (1200, 1)
    assert rules.filter.ground is ParquetGround.ONGOING_JUDICIAL_FOLLOW_UP
    assert set(rules.research.roles) == SEATS
    assert rules.recipients.categories == tuple(RecipientCategory)
    assert rules.feedback.values == tuple(FeedbackValue)
    assert rules.social_channel.role is Role.SOCIAL_COORDINATOR


def test_every_seat_that_reads_must_sign_and_every_other_role_undertakes() -> None:
    seats = {seat.role for seat in CHARTER.rules.composition.seats}
    assert seats - set(CHARTER.rules.signature.roles) == {Role.GUEST}
    assert set(CHARTER.rules.undertaking.roles) == {Role.GUEST, Role.REPORTER, Role.RECIPIENT}


def test_members_and_reporters_submit_and_nobody_else_does() -> None:
    submitters = {role for role in Role if CHARTER.may_submit(role)}
    members = {Role.COORDINATOR, Role.PARQUET, Role.SOCIAL_COORDINATOR, *SEATS}
    assert submitters == members | {Role.REPORTER}


def test_reporters_come_from_landlords_field_agents_and_services_of_the_city() -> None:
    admitted = {category for category in Origin if CHARTER.admits_reporter(category)}
    assert admitted == {Origin.LANDLORD, Origin.MUNICIPAL_POLICE, Origin.CITY_SERVICE}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("activity", Activity)
def test_a_landlord_neither_attends_nor_reads_nor_researches_under_any_role(role: Role, activity: Activity) -> None:
    assert CHARTER.exclusion(role, Origin.LANDLORD, activity) is not None


def test_the_social_coordinator_attends_and_does_no_prior_research() -> None:
    social_services = Origin.SOCIAL_SERVICES
    refusal = CHARTER.exclusion(Role.SOCIAL_COORDINATOR, social_services, Activity.RESEARCH)
    assert refusal == CHARTER.rule("social_coordinator_exclusion")
    assert CHARTER.exclusion(Role.SOCIAL_COORDINATOR, social_services, Activity.ATTEND) is None


@pytest.mark.parametrize("activity", Activity)
def test_a_field_agent_is_write_only_and_the_coordinator_of_the_same_directorate_is_not(activity: Activity) -> None:
    assert CHARTER.exclusion(Role.REPORTER, Origin.MUNICIPAL_POLICE, activity) is not None
    assert CHARTER.exclusion(Role.COORDINATOR, Origin.MUNICIPAL_POLICE, activity) is None


@pytest.mark.parametrize("role", [Role.STEERING, Role.ARCHIVIST, Role.ADMINISTRATOR])
@pytest.mark.parametrize("activity", Activity)
def test_city_roles_reach_nothing_nominative(role: Role, activity: Activity) -> None:
    assert CHARTER.exclusion(role, None, activity) is not None


@pytest.mark.parametrize("role", sorted(SEATS))
@pytest.mark.parametrize("activity", Activity)
def test_no_exclusion_closes_anything_to_a_seat(role: Role, activity: Activity) -> None:
    assert CHARTER.exclusion(role, Origin.EDUCATION, activity) is None


def test_the_family_information_is_never_waived_for_social_services() -> None:
    rule = CHARTER.family_information(RecipientCategory.SOCIAL_SERVICES)
    assert rule.waivers == ()
    assert rule.role is Role.COORDINATOR


@pytest.mark.parametrize("category", RecipientCategory)
def test_each_lawful_recipient_has_its_rule_on_family_information(category: RecipientCategory) -> None:
    assert category in CHARTER.family_information(category).categories


def test_elsewhere_only_the_two_grounds_of_the_regulation_waive_the_family_information() -> None:
    expected = (InformationWaiver.ART_14_5_B, InformationWaiver.ART_14_5_D)
    assert CHARTER.family_information(RecipientCategory.ASSOCIATION).waivers == expected


def test_a_recipient_that_the_charter_does_not_name_has_no_rule() -> None:
    rules = CHARTER.rules.model_copy(update={"family_information_crip": CHARTER.rules.family_information})
    with pytest.raises(KeyError):
        CHARTER.model_copy(update={"rules": rules}).family_information(RecipientCategory.CRIP)


@pytest.mark.parametrize(
    "birth, admitted",
    [(date(2008, 11, 22), True), (date(2008, 11, 21), False), (date(2008, 11, 20), False), (date(2015, 1, 1), True)],
)
def test_a_person_is_admitted_until_the_eve_of_the_eighteenth_birthday(birth: date, admitted: bool) -> None:  # noqa: FBT001
    assert CHARTER.admits_reception(birth, SOME_DAY) is admitted


@pytest.mark.parametrize(
    "years, admitted, majority", [(15, True, "2028-01"), (16, True, "2027-01"), (17, False, "2026-01")]
)
def test_an_estimated_age_counts_as_the_oldest_possible(years: int, admitted: bool, majority: str) -> None:  # noqa: FBT001
    estimated = EstimatedAge(years, SOME_DAY)
    assert CHARTER.admits_reception(estimated, SOME_DAY) is admitted
    assert CHARTER.majority_month(estimated) == majority


@given(st.dates(min_value=date(1995, 1, 1), max_value=SOME_DAY), days)
def test_an_estimated_age_never_makes_anybody_younger_than_they_are(birth: date, day: date) -> None:
    years = next(age for age in range(120) if add_years(birth, age + 1) > day) if birth <= day else 0
    counted = counted_birth(EstimatedAge(years, max(birth, day)))
    assert counted <= birth
    assert (counted.month, counted.day) == (1, 1)
    assert birth.year - counted.year <= 1 or birth > day


@given(st.dates(min_value=date(1995, 1, 1), max_value=date(2030, 12, 31)))
def test_nobody_is_received_after_the_month_of_majority(birth: date) -> None:
    month = CHARTER.majority_month(birth)
    assert CHARTER.admits_reception(birth, first_day(month) - timedelta(days=1))
    assert not CHARTER.admits_reception(birth, last_day(month))


@given(days, days)
def test_a_meeting_waits_a_month_from_reception_and_a_month_from_convening(received: date, convened: date) -> None:
    earliest = CHARTER.earliest_meeting(received, convened)
    assert earliest >= add_months(received, 1)
    assert earliest >= add_months(convened, 1)
    assert earliest in {add_months(received, 1), add_months(convened, 1)}


def test_the_month_before_a_meeting_is_a_calendar_month() -> None:
    assert CHARTER.earliest_meeting(date(2026, 1, 31), date(2026, 1, 5)) == date(2026, 2, 28)


def test_the_version_in_force_is_the_latest_that_has_begun() -> None:
    charters, kind = published(), CharterKind.CENOMED
    assert in_force(charters, kind, date(2012, 1, 1)).version == "cenomed-2012"
    assert in_force(charters, kind, CHARTER.valid_from - timedelta(days=1)).version == "cenomed-2012"
    assert in_force(charters, kind, CHARTER.valid_from).version == "cenomed-2023"
    with pytest.raises(LookupError):
        in_force(charters, kind, date(2011, 12, 31))


def test_the_previous_signature_opens_access_for_three_months_and_not_a_day_more() -> None:
    charters, kind, change = published(), CharterKind.CENOMED, CHARTER.valid_from
    both = {"cenomed-2012", "cenomed-2023"}
    assert accepted_versions(charters, kind, change) == both
    assert accepted_versions(charters, kind, add_months(change, 3) - timedelta(days=1)) == both
    assert accepted_versions(charters, kind, add_months(change, 3)) == {"cenomed-2023"}
    assert accepted_versions(charters, kind, change - timedelta(days=1)) == {"cenomed-2012"}


def test_the_first_version_has_no_previous_one() -> None:
    assert accepted_versions(published(), CharterKind.CENOMED, date(2012, 1, 2)) == {"cenomed-2012"}


def test_a_changed_published_charter_stops_the_service(copies: Path) -> None:
    file = copies / "cenomed-2023.toml"
    file.write_bytes(file.read_bytes().replace(b"months = 1", b"months = 0", 1))
    with pytest.raises(CharterPinError, match="cenomed-2023 a été modifiée"):
        load(copies)


def test_even_a_changed_comment_is_seen(copies: Path) -> None:
    file = copies / "cenomed-2023.toml"
    file.write_bytes(file.read_bytes() + b"\n")
    with pytest.raises(CharterPinError, match="modifiée"):
        load(copies)


def test_a_published_charter_cannot_disappear(copies: Path) -> None:
    (copies / "cenomed-2012.toml").unlink()
    with pytest.raises(CharterPinError, match="cenomed-2012 a disparu"):
        load(copies)


def test_a_charter_without_its_pin_is_refused(copies: Path) -> None:
    (copies / "cenomed-2030.toml").write_bytes((copies / "cenomed-2023.toml").read_bytes())
    with pytest.raises(CharterPinError, match=r"cenomed-2030 n'a pas d'empreinte"):
        load(copies)


def test_a_charter_under_the_name_of_another_is_refused_though_pinned(copies: Path) -> None:
    content = (copies / "cenomed-2023.toml").read_bytes()
    (copies / "cenomed-2030.toml").write_bytes(content)
    with (copies / PINS).open("a", encoding="utf-8") as pins:
        pins.write(f'cenomed-2030 = "{hash_of(content)}"\n')
    with pytest.raises(CharterPinError, match="nom de fichier"):
        load(copies)


def test_files_that_are_no_charter_are_ignored(copies: Path) -> None:
    (copies / "LISEZMOI.md").write_text("rien", encoding="utf-8")
    charters: Mapping[str, Charter] = load(copies)
    assert charters == published()


def test_the_hash_is_the_sha_256_of_the_bytes() -> None:
    assert hash_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_hypothetical_charter_cannot_cite_a_contract() -> None:
    content = (FOLDER / "cenomed-2023.toml").read_bytes()
    with pytest.raises(ValueError, match="every rule of a hypothetical charter is a hypothesis"):
        parse(content.replace(b"hypothesis = false", b"hypothesis = true"))
