"""Which habilitations are in force: every condition of domain.md section 2, taken away one at a time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.actor import Grant
from backend.authorization.work import House
from backend.charters.models import CharterSignature
from backend.institutions.models import Institution
from backend.kernel.clock import DrivenClock, paris_day
from backend.kernel.errors import NotFound, WrongMoment
from backend.members.actions.commitments import accept_charter, undertake
from backend.members.models import Account, CharterAcceptance, Habilitation, Undertaking
from backend.members.queries.sessions import actor_of_session
from backend.members.queries.standing import grants_of, missing_conditions
from policies.habilitation import AccountStatus, Commitment, Condition, HabilitationState, InstitutionStatus
from policies.vocabulary import SEATS, Role
from tests.support.people import Someone, acting, enter, hold, new_institution, new_person, row, sign_charter
from tests.unit.members.conftest import City, both_engines

CELL_MEMBERS = [*sorted(SEATS), Role.COORDINATOR, Role.PARQUET, Role.SOCIAL_COORDINATOR]


def grants(house: House, person: Someone) -> frozenset[Grant]:
    with house.transaction() as uow:
        return grants_of(uow, uow.session.get_one(Account, person.id))


def lacking(house: House, person: Someone) -> set[Condition]:
    with house.transaction() as uow:
        missing = missing_conditions(uow, uow.session.get_one(Account, person.id))
        return {condition for held in missing for condition in held.lacking}


def change(house: House, statement: sa.Update | sa.Delete) -> None:
    with house.transaction() as uow:
        uow.session.execute(statement)


def of_person(model: type[Any], person: Someone) -> sa.ColumnElement[bool]:
    return col(model.account_id) == person.id


@pytest.mark.parametrize("role", CELL_MEMBERS)
def test_a_member_in_order_holds_the_role_in_the_cell_and_nowhere_else(house: House, city: City, role: Role) -> None:
    hold(house, city.officer, role, city.cell)
    assert grants(house, city.officer) == {Grant(role, city.cell)}
    assert lacking(house, city.officer) == set()


@pytest.mark.parametrize("role", [Role.STEERING, Role.DPO, Role.ARCHIVIST, Role.ADMINISTRATOR, Role.REPORTER])
def test_a_role_of_the_city_is_held_for_the_city(house: House, city: City, role: Role) -> None:
    hold(house, city.officer, role)
    assert grants(house, city.officer) == {Grant(role, None)}


TAKEN_AWAY: list[tuple[Condition, Callable[[City], sa.Update | sa.Delete]]] = [
    (
        Condition.ACCOUNT,
        lambda city: (
            sa.update(Account).where(col(Account.id) == city.officer.id).values(status=AccountStatus.SUSPENDED)
        ),
    ),
    (
        Condition.SECOND_FACTOR,
        lambda city: sa.update(Account).where(col(Account.id) == city.officer.id).values(totp_confirmed_at=None),
    ),
    (
        Condition.INSTITUTION,
        lambda city: (
            sa.update(Institution).where(col(Institution.id) == city.police).values(status=InstitutionStatus.EXCLUDED)
        ),
    ),
    (
        Condition.GRANT,
        lambda city: (
            sa.update(Habilitation)
            .where(of_person(Habilitation, city.officer))
            .values(state=HabilitationState.PROPOSED)
        ),
    ),
    (
        Condition.CONFIRMATION,
        lambda city: (
            sa.update(Habilitation).where(of_person(Habilitation, city.officer)).values(state=HabilitationState.GRANTED)
        ),
    ),
    (
        Condition.SUSPENDED,
        lambda city: (
            sa.update(Habilitation)
            .where(of_person(Habilitation, city.officer))
            .values(state=HabilitationState.SUSPENDED)
        ),
    ),
    (
        Condition.NOT_YET,
        lambda city: (
            sa.update(Habilitation).where(of_person(Habilitation, city.officer)).values(valid_from=date(2026, 11, 24))
        ),
    ),
    (
        Condition.REVIEW,
        lambda city: sa.update(Habilitation).where(of_person(Habilitation, city.officer)).values(reviewed_on=None),
    ),
    (
        Condition.SIGNATURE,
        lambda city: sa.delete(CharterSignature).where(col(CharterSignature.institution_id) == city.police),
    ),
    (
        Condition.ACCEPTANCE,
        lambda city: sa.delete(CharterAcceptance).where(of_person(CharterAcceptance, city.officer)),
    ),
]


@both_engines
@pytest.mark.parametrize("condition, take_away", TAKEN_AWAY)
def test_a_member_without_one_condition_holds_nothing_and_is_told_which(
    house: House, city: City, condition: Condition, take_away: Callable[[City], sa.Update | sa.Delete]
) -> None:
    hold(house, city.officer, Role.POLICE, city.cell)
    change(house, take_away(city))
    assert grants(house, city.officer) == frozenset()
    assert lacking(house, city.officer) == {condition}


@both_engines
@pytest.mark.parametrize("state", [HabilitationState.ENDED, HabilitationState.EXCLUDED])
def test_a_former_or_excluded_member_holds_nothing_and_is_told_nothing(
    house: House, city: City, state: HabilitationState
) -> None:
    hold(house, city.officer, Role.POLICE, city.cell, state=state)
    assert grants(house, city.officer) == frozenset()
    assert lacking(house, city.officer) == set()


@both_engines
def test_a_habilitation_lasts_through_its_last_day(house: House, city: City, clock: DrivenClock) -> None:
    hold(house, city.officer, Role.POLICE, city.cell, valid_until=paris_day(clock()))
    assert grants(house, city.officer)
    clock.advance(timedelta(days=1))
    assert grants(house, city.officer) == frozenset()


def test_a_grant_lasts_twelve_calendar_months_without_a_review(house: House, city: City, clock: DrivenClock) -> None:
    hold(house, city.officer, Role.POLICE, city.cell)
    clock.instant = datetime(2027, 11, 22, 12, tzinfo=UTC)
    assert grants(house, city.officer)
    clock.instant = datetime(2027, 11, 23, 12, tzinfo=UTC)
    assert lacking(house, city.officer) == {Condition.REVIEW}


@pytest.mark.parametrize("role", [Role.GUEST, Role.REPORTER, Role.RECIPIENT])
def test_a_guest_a_reporter_and_a_recipient_need_the_undertaking_and_no_charter(
    house: House, city: City, role: Role
) -> None:
    outsider = new_person(house, new_institution(house, "Bailleur"), "agent@bailleur.invalid", clause=False)
    hold(house, outsider, role, city.cell)
    assert lacking(house, outsider) == {Condition.UNDERTAKING}
    actor = acting(house, outsider)
    with house.transaction(actor) as uow:
        undertake(uow, outsider.reference, Commitment.CONFIDENTIALITY_CLAUSE)
    assert lacking(house, outsider) == {Condition.UNDERTAKING}
    for _ in range(2):
        with house.transaction(actor) as uow:
            undertake(uow, outsider.reference, Commitment.CONFIDENTIALITY_UNDERTAKING)
    assert grants(house, outsider) == {Grant(role, city.cell)}


@pytest.mark.parametrize("role", [Role.STEERING, Role.DPO, Role.ARCHIVIST, Role.ADMINISTRATOR])
def test_the_other_roles_need_the_confidentiality_clause(house: House, city: City, role: Role) -> None:
    hold(house, city.officer, role)
    change(house, sa.delete(Undertaking).where(of_person(Undertaking, city.officer)))
    assert lacking(house, city.officer) == {Condition.CLAUSE}


def test_one_undertakes_for_oneself_only(house: House, city: City) -> None:
    with house.transaction(acting(house, city.admin)) as uow, pytest.raises(Exception, match="propre compte"):
        undertake(uow, city.officer.reference, Commitment.CONFIDENTIALITY_CLAUSE)
    with house.transaction(acting(house, city.officer)) as uow, pytest.raises(NotFound):
        accept_charter(uow, city.admin.reference, "cenomed-2023")


def test_a_member_of_an_institution_that_signed_nothing_cannot_accept_the_charter(house: House, city: City) -> None:
    person = new_person(house, new_institution(house, "Sans charte"), "sans-charte@invalid.invalid", clause=False)
    hold(house, person, Role.POLICE, city.cell)
    assert lacking(house, person) == {Condition.SIGNATURE}
    with house.transaction(acting(house, person)) as uow, pytest.raises(WrongMoment):
        accept_charter(uow, person.reference, "cenomed-2023")


@both_engines
def test_the_acceptance_of_the_previous_charter_holds_until_the_transition_date_only(
    house: House, city: City, clock: DrivenClock
) -> None:
    sign_charter(house, city.police, "cenomed-2012", date(2012, 6, 1))
    change(
        house,
        sa.update(CharterSignature)
        .where(col(CharterSignature.charter_version) == "cenomed-2023")
        .values(signed_on=date(2023, 2, 1)),
    )
    change(
        house,
        sa.update(CharterAcceptance)
        .where(of_person(CharterAcceptance, city.officer))
        .values(charter_version="cenomed-2012"),
    )
    hold(house, city.officer, Role.POLICE, city.cell, valid_from=date(2022, 9, 1), reviewed_on=date(2022, 9, 1))
    for day, missing in (
        (datetime(2023, 1, 23, 12, tzinfo=UTC), set()),
        (datetime(2023, 4, 23, 12, tzinfo=UTC), set()),
        (datetime(2023, 4, 24, 12, tzinfo=UTC), {Condition.ACCEPTANCE}),
    ):
        clock.instant = day
        assert lacking(house, city.officer) == missing
    with house.transaction() as uow:
        (held,) = missing_conditions(uow, uow.session.get_one(Account, city.officer.id))
        assert held.to_accept == "cenomed-2023"
    actor = acting(house, city.officer)
    for _ in range(2):
        with house.transaction(actor) as uow:
            assert accept_charter(uow, city.officer.reference, "cenomed-2023").rules_version == "ri-1"
    assert lacking(house, city.officer) == set()


def test_the_signature_of_the_previous_charter_alone_lapses_at_the_transition_date(
    house: House, city: City, clock: DrivenClock
) -> None:
    change(house, sa.delete(CharterSignature).where(col(CharterSignature.institution_id) == city.police))
    sign_charter(house, city.police, "cenomed-2012", date(2012, 6, 1))
    hold(house, city.officer, Role.POLICE, city.cell, valid_from=date(2022, 9, 1), reviewed_on=date(2022, 9, 1))
    clock.instant = datetime(2023, 4, 23, 12, tzinfo=UTC)
    assert lacking(house, city.officer) == {Condition.ACCEPTANCE}
    clock.instant = datetime(2023, 4, 24, 12, tzinfo=UTC)
    assert lacking(house, city.officer) == {Condition.SIGNATURE}


def test_a_condition_that_is_lost_takes_effect_at_the_next_request_of_an_open_session(house: House, city: City) -> None:
    hold(house, city.officer, Role.POLICE, city.cell)
    secret = enter(house, city.officer)
    with house.transaction() as uow:
        assert actor_of_session(uow, secret).grants
    change(house, sa.delete(CharterSignature).where(col(CharterSignature.institution_id) == city.police))
    with house.transaction() as uow:
        assert actor_of_session(uow, secret).grants == frozenset()


def test_a_row_of_members_prints_nothing(house: House, city: City) -> None:
    assert repr(row(house, city.officer)) == str(row(house, city.officer)) == "<Account>"
