"""Four eyes, attacked: an administrator alone never becomes, nor takes over, somebody who reads a situation."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from backend.authorization.actor import Actor
from backend.authorization.work import House, UnitOfWork
from backend.kernel.errors import Forbidden, InvalidInput, NotFound, Stale, WrongMoment
from backend.mail.models import MailOutbox
from backend.members.actions.accounts import (
    Person,
    appoint_referents,
    change_email,
    invite,
    reset_credentials,
)
from backend.members.actions.habilitations import Proposal, confirm, end, grant, propose, review, suspend
from backend.members.actions.signing_in import WrongCredentials, sign_in
from backend.members.models import Account, Habilitation
from backend.members.queries.sessions import actor_of_session
from backend.members.queries.standing import grants_of
from policies.habilitation import AccountStatus, Confirmer, HabilitationState
from policies.vocabulary import Role
from tests.support.people import (
    HOST,
    PASSWORD,
    Someone,
    acting,
    enter,
    habilitation_of,
    hold,
    new_person,
    password_hash,
    row,
)
from tests.unit.members.conftest import City, both_engines

DESIGNATION = "arrêté 2026-31"


def grants(house: House, person: Someone) -> frozenset[tuple[str, bool]]:
    with house.transaction() as uow:
        account = uow.session.get_one(Account, person.id)
        return frozenset((held.role.value, held.cell is not None) for held in grants_of(uow, account))


def proposed(house: House, city: City, role: Role = Role.POLICE, *, by: Someone | None = None) -> str:
    cell = None if role in {Role.DPO, Role.ADMINISTRATOR, Role.STEERING} else city.cell_reference
    with house.transaction(acting(house, by or city.referent)) as uow:
        proposal = Proposal(role, cell, uow.today())
        return propose(uow, city.officer.reference, proposal).reference


def granted(house: House, reference: str, by: Someone) -> None:
    with house.transaction(acting(house, by)) as uow:
        grant(uow, reference, seen(uow, reference))


def confirmed(house: House, reference: str, by: Someone, designation: str | None = DESIGNATION) -> None:
    with house.transaction(acting(house, by)) as uow:
        confirm(uow, reference, seen(uow, reference), designation=designation)


def seen(uow: UnitOfWork, reference: str) -> int:
    """Give the version that a page of this moment would carry."""
    return uow.session.scalars(sa.select(Habilitation).where(col(Habilitation.reference) == reference)).one().version


def reset(house: House, person: Someone, by: Someone) -> None:
    version = row(house, person).version
    with house.transaction(acting(house, by)) as uow:
        reset_credentials(uow, person.reference, version)


def readdress(house: House, person: Someone, by: Someone, email: str) -> None:
    version = row(house, person).version
    with house.transaction(acting(house, by)) as uow:
        change_email(uow, person.reference, version, email=email)


def back_in(house: House, person: Someone) -> None:
    """Let somebody finish the enrolment that a reset began."""
    with house.transaction() as uow:
        account = uow.session.get_one(Account, person.id)
        account.status = AccountStatus.ACTIVE
        account.password_hash, account.totp_confirmed_at = password_hash(), uow.now()


def state(house: House, reference: str) -> str:
    return habilitation_of(house, reference).state


@both_engines
def test_a_referent_an_administrator_and_the_coordinator_make_a_member(house: House, city: City) -> None:
    reference = proposed(house, city)
    assert grants(house, city.officer) == frozenset()
    granted(house, reference, city.admin)
    assert grants(house, city.officer) == frozenset()
    confirmed(house, reference, city.coordinator, None)
    assert grants(house, city.officer) == {("police", True)}
    made = habilitation_of(house, reference)
    assert (made.proposed_by, made.granted_by, made.confirmed_by) == (
        city.referent.id,
        city.admin.id,
        city.coordinator.id,
    )


@both_engines
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.DPO, Role.ADMINISTRATOR])
def test_a_second_administrator_confirms_with_the_designation_by_the_mayor(
    house: House, city: City, role: Role
) -> None:
    reference = proposed(house, city, role)
    granted(house, reference, city.admin)
    with pytest.raises(Forbidden):
        confirmed(house, reference, city.admin)
    with pytest.raises(InvalidInput):
        confirmed(house, reference, city.admin_2, None)
    confirmed(house, reference, city.admin_2)
    assert habilitation_of(house, reference).designation == DESIGNATION
    assert {name for name, _ in grants(house, city.officer)} == {role}


def test_the_coordinator_of_another_cell_does_not_even_see_it(house: House, city: City) -> None:
    other = new_person(house, city.police, "autre@paris.invalid")
    hold(house, other, Role.COORDINATOR, None)  # held for no cell: confirms nothing
    reference = proposed(house, city)
    granted(house, reference, city.admin)
    with pytest.raises(NotFound):
        confirmed(house, reference, other)


def test_nobody_proposes_for_oneself_nor_for_another_institution(house: House, city: City) -> None:
    actor = acting(house, city.referent)
    for person in (city.referent, city.coordinator):
        with house.transaction(actor) as uow, pytest.raises((Forbidden, NotFound)):
            propose(uow, person.reference, Proposal(Role.POLICE, city.cell_reference, uow.today()))


def test_an_administrator_does_not_propose(house: House, city: City) -> None:
    with pytest.raises(Forbidden):
        proposed(house, city, by=city.admin)


def test_who_proposed_neither_grants_nor_confirms(house: House, city: City) -> None:
    """The referent is an administrator as well: one hat at a time."""
    hold(house, city.referent, Role.ADMINISTRATOR)
    hold(house, city.referent, Role.COORDINATOR, city.cell)
    reference = proposed(house, city)
    with pytest.raises(Forbidden):
        granted(house, reference, city.referent)
    granted(house, reference, city.admin)
    with pytest.raises(Forbidden):
        confirmed(house, reference, city.referent)


def test_who_granted_does_not_confirm_even_as_the_coordinator(house: House, city: City) -> None:
    hold(house, city.admin, Role.COORDINATOR, city.cell)
    reference = proposed(house, city)
    granted(house, reference, city.admin)
    with pytest.raises(Forbidden):
        confirmed(house, reference, city.admin)


def test_a_holder_takes_no_step_of_ones_own_habilitation(house: House, city: City) -> None:
    hold(house, city.officer, Role.ADMINISTRATOR)
    hold(house, city.officer, Role.COORDINATOR, city.cell)
    reference = proposed(house, city)
    with pytest.raises(Forbidden):
        granted(house, reference, city.officer)
    granted(house, reference, city.admin)
    with pytest.raises(Forbidden):
        confirmed(house, reference, city.officer)
    confirmed(house, reference, city.coordinator)
    for verb in (review, suspend):
        with house.transaction(acting(house, city.officer)) as uow, pytest.raises(Forbidden):
            verb(uow, reference, 3)


def test_the_database_itself_refuses_two_steps_by_one_person(house: House, city: City) -> None:
    for who in ("proposed_by", "granted_by", "confirmed_by"):
        with pytest.raises(IntegrityError):
            hold(house, city.officer, Role.PJJ, city.cell, **{who: city.officer.id})
    for one, two in (("proposed_by", "granted_by"), ("granted_by", "confirmed_by"), ("proposed_by", "confirmed_by")):
        with pytest.raises(IntegrityError):
            hold(house, city.officer, Role.PJJ, city.cell, **{one: city.admin.id, two: city.admin.id})


def test_steps_come_in_order_and_a_stale_page_changes_nothing(house: House, city: City) -> None:
    reference = proposed(house, city)
    with pytest.raises(WrongMoment):
        confirmed(house, reference, city.coordinator)
    with house.transaction(acting(house, city.admin)) as uow, pytest.raises(Stale):
        grant(uow, reference, seen(uow, reference) - 1)
    granted(house, reference, city.admin)
    with pytest.raises(WrongMoment):
        granted(house, reference, city.admin_2)


@both_engines
def test_an_administrator_who_resets_the_coordinator_gets_an_account_that_reads_nothing(
    house: House, city: City
) -> None:
    secret = enter(house, city.coordinator)
    reset(house, city.coordinator, city.admin)
    with house.transaction() as uow:
        assert actor_of_session(uow, secret).account is None
    with pytest.raises(WrongCredentials):
        sign_in(house, city.coordinator.email, PASSWORD, HOST)
    back_in(house, city.coordinator)
    assert grants(house, city.coordinator) == frozenset()
    with pytest.raises(Forbidden):
        confirmed(house, city.coordination, city.admin)
    with pytest.raises(Forbidden):
        confirmed(house, city.coordination, city.coordinator)
    confirmed(house, city.coordination, city.admin_2)
    assert grants(house, city.coordinator) == {("coordinator", True)}


def test_an_administrator_who_changes_the_address_of_the_coordinator_reads_nothing(house: House, city: City) -> None:
    readdress(house, city.coordinator, city.admin, "piege@elsewhere.invalid")
    assert grants(house, city.coordinator) == frozenset()
    with pytest.raises(Forbidden):
        confirmed(house, city.coordination, city.admin)


def test_a_change_of_address_then_an_innocent_reset_by_another_must_be_granted_and_confirmed_again(
    house: House, city: City
) -> None:
    readdress(house, city.coordinator, city.admin, "piege@elsewhere.invalid")
    reset(house, city.coordinator, city.admin_2)
    back_in(house, city.coordinator)
    assert state(house, city.coordination) == HabilitationState.PROPOSED
    with pytest.raises(WrongMoment):
        confirmed(house, city.coordination, city.admin)
    granted(house, city.coordination, city.admin)
    with pytest.raises(Forbidden):
        confirmed(house, city.coordination, city.admin)
    assert grants(house, city.coordinator) == frozenset()


def test_two_resets_by_one_person_leave_the_confirmation_to_another(house: House, city: City) -> None:
    reset(house, city.coordinator, city.admin)
    reset(house, city.coordinator, city.admin)
    back_in(house, city.coordinator)
    assert state(house, city.coordination) == HabilitationState.SUSPENDED
    confirmed(house, city.coordination, city.admin_2)
    assert grants(house, city.coordinator)


def test_an_innocent_reset_does_not_stand_in_for_the_grant(house: House, city: City) -> None:
    """Who granted asks a colleague to renew the credentials, then would confirm alone."""
    reference = proposed(house, city, Role.COORDINATOR)
    granted(house, reference, city.admin)
    reset(house, city.officer, city.admin_2)
    back_in(house, city.officer)
    assert state(house, reference) == HabilitationState.PROPOSED
    with pytest.raises(WrongMoment):
        confirmed(house, reference, city.admin)


def test_who_invited_never_confirms(house: House, city: City) -> None:
    """An administrator invites an accomplice of straw; the others propose and grant in good faith."""
    with house.transaction(acting(house, city.admin)) as uow:
        account, _ = invite(uow, city.police_reference, Person("Paul Paille", "agent", "paille@elsewhere.invalid"))
        straw = Someone(account.id, account.reference, account.email, account.institution_id)
    back_in(house, straw)
    with house.transaction(acting(house, city.referent)) as uow:
        proposal = Proposal(Role.COORDINATOR, city.cell_reference, uow.today())
        reference = propose(uow, straw.reference, proposal).reference
    granted(house, reference, city.admin_2)
    with pytest.raises(Forbidden):
        confirmed(house, reference, city.admin)


def test_a_second_account_of_the_same_administrator_has_no_power(house: House, city: City) -> None:
    with house.transaction(acting(house, city.admin)) as uow:
        account, _ = invite(uow, city.police_reference, Person("Ada bis", "agent", "ada.bis@elsewhere.invalid"))
        second = Someone(account.id, account.reference, account.email, account.institution_id)
    back_in(house, second)
    with house.transaction(acting(house, city.admin)) as uow:
        appoint_referents(uow, city.police_reference, 1, referent=second.reference, deputy=None)
    reference = proposed(house, city, Role.COORDINATOR, by=second)
    granted(house, reference, city.admin)
    for person in (second, city.admin):
        with pytest.raises((Forbidden, NotFound)):
            confirmed(house, reference, person)
    assert grants(house, city.officer) == frozenset()


def test_an_administrator_who_is_the_referent_too_and_resets_starts_everything_over(house: House, city: City) -> None:
    with house.transaction(acting(house, city.admin)) as uow:
        uow.session.execute(
            sa.update(Habilitation)
            .where(col(Habilitation.reference) == city.coordination)
            .values(proposed_by=city.admin.id, granted_by=city.admin_2.id, confirmed_by=None)
        )
    reset(house, city.coordinator, city.admin)
    assert state(house, city.coordination) == HabilitationState.PROPOSED
    with pytest.raises(Forbidden):
        granted(house, city.coordination, city.admin)


def test_an_administrator_who_resets_the_other_gets_no_second_pair_of_eyes(house: House, city: City) -> None:
    reference = proposed(house, city, Role.COORDINATOR)
    granted(house, reference, city.admin)
    reset(house, city.admin_2, city.admin)
    back_in(house, city.admin_2)
    with pytest.raises((Forbidden, NotFound)):
        confirmed(house, reference, city.admin_2)
    assert grants(house, city.admin_2) == frozenset()


def test_nobody_resets_or_changes_ones_own_account_that_way(house: House, city: City) -> None:
    with pytest.raises(Forbidden):
        reset(house, city.admin, city.admin)
    with pytest.raises(Forbidden):
        readdress(house, city.admin, city.admin, "autre@paris.invalid")
    with pytest.raises((Forbidden, NotFound)):
        reset(house, city.officer, city.coordinator)


def test_the_old_address_and_the_dpo_are_told_without_a_name(house: House, city: City) -> None:
    readdress(house, city.coordinator, city.admin, "nouvelle@paris.invalid")
    with house.transaction() as uow:
        messages = {message.recipient: message for message in uow.session.scalars(sa.select(MailOutbox))}
    assert set(messages) == {city.coordinator.email, city.dpo.email}
    assert messages[city.coordinator.email].template == "credentials_changed"
    assert messages[city.dpo.email].template == "credentials_notice"
    for message in messages.values():
        assert "cpsa" not in message.content


def test_an_address_that_has_an_account_cannot_be_taken(house: House, city: City) -> None:
    for email in (city.officer.email, city.coordinator.email):
        with pytest.raises(InvalidInput):
            readdress(house, city.coordinator, city.admin, email)


def test_a_coordinator_suspends_at_once_and_confirms_again(house: House, city: City) -> None:
    reference = proposed(house, city)
    granted(house, reference, city.admin)
    confirmed(house, reference, city.coordinator, None)
    with house.transaction(acting(house, city.coordinator)) as uow:
        suspend(uow, reference, seen(uow, reference))
    assert grants(house, city.officer) == frozenset()
    confirmed(house, reference, city.coordinator, None)
    assert grants(house, city.officer)


def test_a_review_is_made_by_who_confirms_never_by_its_holder(house: House, city: City) -> None:
    reference = proposed(house, city)
    granted(house, reference, city.admin)
    with house.transaction(acting(house, city.coordinator)) as uow, pytest.raises(WrongMoment):
        review(uow, reference, seen(uow, reference))
    confirmed(house, reference, city.coordinator, None)
    with house.transaction(acting(house, city.admin)) as uow, pytest.raises(Forbidden):
        review(uow, reference, seen(uow, reference))
    with house.transaction(acting(house, city.coordinator)) as uow:
        assert review(uow, reference, seen(uow, reference)).reviewed_on == uow.today()


def test_an_ended_habilitation_never_comes_back(house: House, city: City) -> None:
    reference = proposed(house, city)
    with house.transaction(acting(house, city.referent)) as uow:
        end(uow, reference, 1)
    with pytest.raises(WrongMoment):
        granted(house, reference, city.admin)
    assert proposed(house, city) != reference


@pytest.mark.parametrize(
    "role, for_city",
    [(Role.DPO, False), (Role.ADMINISTRATOR, False), (Role.POLICE, True), (Role.COORDINATOR, True), (Role.GUEST, True)],
)
def test_a_role_is_held_where_it_makes_sense(house: House, city: City, role: Role, *, for_city: bool) -> None:
    with house.transaction(acting(house, city.referent)) as uow, pytest.raises(InvalidInput) as refused:
        propose(uow, city.officer.reference, Proposal(role, None if for_city else city.cell_reference, uow.today()))
    assert "cell" in refused.value.errors


def test_a_habilitation_is_proposed_once_and_ends_after_it_starts(house: House, city: City) -> None:
    proposed(house, city)
    with pytest.raises(InvalidInput):
        proposed(house, city)
    with house.transaction(acting(house, city.referent)) as uow:
        day = uow.today()
        with pytest.raises(InvalidInput):
            propose(uow, city.officer.reference, Proposal(Role.PJJ, city.cell_reference, day, day.replace(day=1)))
        with pytest.raises(InvalidInput):
            propose(uow, city.officer.reference, Proposal(Role.PJJ, "0000-0000-0000", day))


def test_who_confirms_follows_from_the_role(house: House, city: City) -> None:
    assert habilitation_of(house, proposed(house, city)).confirmer == Confirmer.COORDINATOR
    assert habilitation_of(house, proposed(house, city, Role.COORDINATOR)).confirmer == Confirmer.ADMINISTRATOR
    assert habilitation_of(house, city.coordination).confirmer == Confirmer.ADMINISTRATOR


def test_an_administrator_reads_no_cell_whatever_the_habilitation_proposed(house: House, city: City) -> None:
    actor: Actor = acting(house, city.admin)
    assert actor.cells(frozenset(Role)) == frozenset()
