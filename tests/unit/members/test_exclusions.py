"""Exclusion for a breach ends everything within the request (R11)."""

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.actor import ANONYMOUS
from backend.authorization.work import House
from backend.counts.deltas import CITY, total
from backend.institutions.actions import close_institution
from backend.institutions.models import Institution
from backend.kernel.errors import Forbidden, SignInRequired, WrongMoment
from backend.members.actions.accounts import Person, invite, reset_credentials
from backend.members.actions.exclusions import exclude_institution, exclude_person
from backend.members.actions.sessions import open_token
from backend.members.actions.signing_in import WrongCredentials, give_second_factor, sign_in
from backend.members.models import Account, Exclusion
from backend.members.queries.sessions import actor_of_session, actor_of_token
from policies.habilitation import AccountStatus, ExclusionGround, HabilitationState
from policies.indicator_words import Indicator
from policies.vocabulary import Role
from tests.support.people import HOST, PASSWORD, acting, code_of, enter, habilitation_of, hold, row
from tests.unit.members.conftest import City, both_engines

GROUND = ExclusionGround.CONFIDENTIALITY


@both_engines
def test_the_session_and_the_token_of_somebody_excluded_end_at_once(house: House, city: City) -> None:
    reference = hold(house, city.officer, Role.POLICE, city.cell)
    secret = enter(house, city.officer)
    waiting = sign_in(house, city.officer.email, PASSWORD, HOST)
    with house.transaction() as uow:
        token = open_token(uow, uow.session.get_one(Account, city.officer.id))
        assert actor_of_token(uow, token).grants
    seen = row(house, city.officer).version
    with house.transaction(acting(house, city.admin)) as uow:
        exclude_person(uow, city.officer.reference, seen, ground=GROUND)
        assert actor_of_session(uow, secret) == ANONYMOUS
        with pytest.raises(SignInRequired):
            actor_of_token(uow, token)
    with house.transaction() as uow:
        assert actor_of_session(uow, secret) == ANONYMOUS
        exclusion = uow.session.scalars(sa.select(Exclusion)).one()
    assert (exclusion.account_id, exclusion.ground, exclusion.decided_by) == (city.officer.id, GROUND, city.admin.id)
    assert habilitation_of(house, reference).state == HabilitationState.EXCLUDED
    with pytest.raises(WrongCredentials):
        sign_in(house, city.officer.email, PASSWORD, HOST)
    with pytest.raises(SignInRequired):
        give_second_factor(house, waiting, code_of(house, city.officer))


def test_somebody_excluded_is_not_let_in_again_by_new_credentials(house: House, city: City) -> None:
    seen = row(house, city.officer).version
    actor = acting(house, city.admin)
    with house.transaction(actor) as uow:
        exclude_person(uow, city.officer.reference, seen, ground=GROUND)
    seen = row(house, city.officer).version
    with pytest.raises(WrongMoment), house.transaction(actor) as uow:
        reset_credentials(uow, city.officer.reference, seen)
    with pytest.raises(WrongMoment), house.transaction(actor) as uow:
        exclude_person(uow, city.officer.reference, seen, ground=GROUND)


@both_engines
def test_an_excluded_institution_takes_all_its_people_out(house: House, city: City) -> None:
    hold(house, city.officer, Role.POLICE, city.cell)
    secrets = [enter(house, person) for person in (city.officer, city.referent)]
    other = enter(house, city.coordinator)
    actor = acting(house, city.admin)
    with house.transaction(actor) as uow:
        exclude_institution(uow, city.police_reference, 1, ground=ExclusionGround.CHARTER)
    with house.transaction() as uow:
        assert total(uow.session, Indicator.EXCLUDED, CITY) == 1
        assert [actor_of_session(uow, secret) for secret in secrets] == [ANONYMOUS, ANONYMOUS]
        assert actor_of_session(uow, other).grants
    with pytest.raises(WrongCredentials):
        sign_in(house, city.officer.email, PASSWORD, HOST)
    with house.transaction(actor) as uow, pytest.raises(WrongMoment):
        exclude_institution(uow, city.police_reference, 2, ground=GROUND)
    with house.transaction(actor) as uow, pytest.raises(WrongMoment):
        invite(uow, city.police_reference, Person("Un Agent", "agent", "un@police.invalid"))


def test_only_administrators_exclude_and_never_themselves(house: House, city: City) -> None:
    seen = row(house, city.officer).version
    with house.transaction(acting(house, city.referent)) as uow, pytest.raises(Forbidden):
        exclude_person(uow, city.officer.reference, seen, ground=GROUND)
    actor, seen = acting(house, city.admin), row(house, city.admin).version
    with house.transaction(actor) as uow, pytest.raises(Forbidden):
        exclude_person(uow, city.admin.reference, seen, ground=GROUND)
    with house.transaction(actor) as uow:
        own = uow.session.get_one(Institution, city.admin.institution).reference
        with pytest.raises(Forbidden):
            close_institution(uow, own, 1)
        with pytest.raises(Forbidden):
            exclude_institution(uow, own, 1, ground=GROUND)


def test_a_closed_institution_reads_nothing_any_more(house: House, city: City) -> None:
    secret = enter(house, city.officer)
    with house.transaction(acting(house, city.admin)) as uow:
        close_institution(uow, city.police_reference, 1)
    with house.transaction() as uow:
        assert actor_of_session(uow, secret) == ANONYMOUS
        statuses = uow.session.scalars(sa.select(col(Account.status)).where(col(Account.id) == city.officer.id)).all()
    assert statuses == [AccountStatus.ACTIVE]
