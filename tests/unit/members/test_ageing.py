"""An account that nobody signs in to: told, suspended, emptied; and what must not be (domain.md section 6; R13)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import House
from backend.institutions.models import Institution
from backend.kernel.clock import DrivenClock
from backend.kernel.errors import WrongMoment
from backend.mail.models import MailOutbox
from backend.members.actions.accounts import Person, new_account, reset_credentials
from backend.members.actions.ageing import REMOVED_NAME, remind_unused, remove_unused, suspend_unused
from backend.members.models import Account, AccountSession, RecoveryCode
from policies.habilitation import AccountStatus, HabilitationState
from policies.retention import Kind
from policies.vocabulary import Role
from tests.support.people import Someone, acting, enter, habilitation_of, hold, row
from tests.unit.members.conftest import City, both_engines


def suspend(house: House, kind: Kind = Kind.UNUSED_ACCOUNT) -> int:
    with house.transaction() as uow:
        return suspend_unused(uow, kind)


def remove(house: House) -> int:
    with house.transaction() as uow:
        return remove_unused(uow)


def told(house: House, template: str) -> list[str]:
    with house.transaction() as uow:
        recipients = sa.select(col(MailOutbox.recipient)).where(col(MailOutbox.template) == template)
        return sorted(uow.session.scalars(recipients))


def leave_alone(house: House, clock: DrivenClock, days: int, *but: Someone) -> None:
    """Let time pass; only some people sign in on the last day."""
    clock.advance(timedelta(days=days))
    for person in but:
        enter(house, person)


def test_who_does_not_come_for_six_months_is_suspended_and_told_how_to_come_back(
    house: House, city: City, clock: DrivenClock
) -> None:
    hold(house, city.officer, Role.POLICE, city.cell)
    enter(house, city.officer)
    others = (city.admin, city.admin_2, city.dpo, city.referent, city.coordinator)
    leave_alone(house, clock, 180, *others)
    assert suspend(house) == 0
    leave_alone(house, clock, 5)
    assert suspend(house) == 1
    assert row(house, city.officer).status == AccountStatus.SUSPENDED
    assert told(house, "account_suspended") == [city.officer.email]
    assert suspend(house) == 0


def test_a_suspended_person_does_not_act_and_what_they_hold_waits(house: House, city: City, clock: DrivenClock) -> None:
    reference = hold(house, city.officer, Role.POLICE, city.cell)
    leave_alone(house, clock, 185)
    suspend(house)
    assert not acting(house, city.officer).grants
    assert habilitation_of(house, reference).state == HabilitationState.CONFIRMED


def test_new_credentials_bring_a_suspended_account_back_and_the_next_night_leaves_it(
    house: House, city: City, clock: DrivenClock
) -> None:
    hold(house, city.officer, Role.POLICE, city.cell)
    leave_alone(house, clock, 185, city.admin)
    suspend(house)
    account = row(house, city.officer)
    with house.transaction(acting(house, city.admin)) as uow:
        reset_credentials(uow, account.reference, account.version)
    assert suspend(house) == 0
    assert row(house, city.officer).status == AccountStatus.INVITED


def test_who_signals_or_answers_now_and_then_has_thirteen_months(house: House, city: City, clock: DrivenClock) -> None:
    hold(house, city.officer, Role.REPORTER)
    leave_alone(house, clock, 390, city.admin, city.admin_2, city.dpo, city.referent, city.coordinator)
    assert suspend(house) == suspend(house, Kind.UNUSED_OCCASIONAL_ACCOUNT) == 0
    leave_alone(house, clock, 7)
    assert suspend(house) == 0
    assert suspend(house, Kind.UNUSED_OCCASIONAL_ACCOUNT) == 1


@pytest.mark.parametrize("before, is_told", [(31, False), (30, True), (8, False), (7, True), (0, False)])
def test_people_are_told_thirty_and_seven_days_before(
    house: House, city: City, clock: DrivenClock, before: int, *, is_told: bool
) -> None:
    due = row(house, city.officer).created_at.replace(year=2027, month=5)
    clock.instant = due - timedelta(days=before)
    for person in (city.admin, city.admin_2, city.dpo, city.referent, city.coordinator):
        enter(house, person)
    with house.transaction() as uow:
        assert remind_unused(uow) == is_told
    assert told(house, "account_unused") == ([city.officer.email] if is_told else [])


@both_engines
def test_at_eighteen_months_nothing_is_left_of_a_person_but_the_reference(
    house: House, city: City, clock: DrivenClock
) -> None:
    reference = hold(house, city.referent, Role.POLICE, city.cell)
    enter(house, city.referent)
    before = row(house, city.referent)
    leave_alone(house, clock, 550, city.admin, city.admin_2, city.dpo, city.officer, city.coordinator)
    suspend(house)
    assert remove(house) == 1
    after = row(house, city.referent)
    assert (after.id, after.reference, after.status) == (before.id, before.reference, AccountStatus.REMOVED)
    assert (after.display_name, after.function, after.password_hash, after.totp_wrapped) == (
        REMOVED_NAME,
        "",
        None,
        None,
    )
    with house.transaction() as uow:
        for column in (Account.email, Account.display_name, Account.function):
            values = uow.session.scalars(sa.select(col(column)).where(col(Account.id) == before.id)).all()
            assert not set(values) & {before.email, before.display_name, before.function}
        codes = sa.select(sa.func.count()).where(col(RecoveryCode.account_id) == before.id)
        assert uow.session.scalar(codes) == 0
        open_sessions = sa.select(sa.func.count()).where(
            col(AccountSession.account_id) == before.id, col(AccountSession.ended_at).is_(None)
        )
        assert uow.session.scalar(open_sessions) == 0
        assert uow.session.get_one(Institution, city.police).referent_id is None
    ended = habilitation_of(house, reference)
    assert ended.state == HabilitationState.ENDED
    with house.transaction() as uow:
        assert ended.ended_on == uow.today()
    assert remove(house) == 0


def test_a_removed_account_never_opens_again_and_its_address_is_free(
    house: House, city: City, clock: DrivenClock
) -> None:
    address = row(house, city.officer).email
    leave_alone(house, clock, 550, city.admin, city.admin_2, city.dpo, city.referent, city.coordinator)
    remove(house)
    hold(house, city.admin, Role.ADMINISTRATOR)  # the review of the first one lapsed meanwhile
    account = row(house, city.officer)
    with (
        pytest.raises(WrongMoment, match="supprimé faute de connexion"),
        house.transaction(acting(house, city.admin)) as uow,
    ):
        reset_credentials(uow, account.reference, account.version)
    with house.transaction() as uow:
        assert new_account(uow, city.police, Person("Personne fictive", "agent", address)).id != city.officer.id


def test_an_invitation_that_still_opens_keeps_an_account(house: House, city: City, clock: DrivenClock) -> None:
    leave_alone(house, clock, 550, city.admin, city.admin_2, city.dpo, city.referent, city.coordinator)
    hold(house, city.admin, Role.ADMINISTRATOR)  # the review of the first one lapsed meanwhile
    account = row(house, city.officer)
    with house.transaction(acting(house, city.admin)) as uow:
        reset_credentials(uow, account.reference, account.version)
    assert remove(house) == 0
    leave_alone(house, clock, 8)
    assert remove(house) == 1


def test_the_open_session_of_a_suspended_person_ends(house: House, city: City, clock: DrivenClock) -> None:
    enter(house, city.officer)
    clock.advance(timedelta(days=185))
    suspend(house)
    with house.transaction() as uow:
        ends = sa.select(col(AccountSession.ended_at)).where(col(AccountSession.account_id) == city.officer.id)
        assert uow.session.scalars(ends).all() == [uow.now()]
