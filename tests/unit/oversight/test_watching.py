"""The nightly look at the journal: which days, which openings, whose, and for how long it is kept."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend.audit.events import Reference, RefusalCode, Refused
from backend.authorization.vault import Opened, Purpose
from backend.authorization.work import House
from backend.institutions.models import Institution
from backend.kernel.clock import DrivenClock
from backend.kernel.errors import NotFound
from backend.kernel.identifiers import new_id, new_reference
from backend.members.models import Account
from backend.oversight.actions.watching import LOOKED_BACK, watch_daily
from backend.oversight.models import UnusualAccess
from policies.oversight_words import Oddity
from policies.unusual_access import MANY, REFUSALS
from tests.support.house import MORNING


@pytest.fixture
def agent(house: House) -> UUID:
    with house.transaction() as uow:
        institution = Institution(name="Ville fictive", origin="city_service")
        uow.session.add(institution)
        uow.session.flush()
        account = Account(
            institution_id=institution.id,
            email="agent@demo.invalid",
            display_name="Personne fictive",
            function="agent",
            created_at=MORNING,
        )
        uow.session.add(account)
        return account.id


def open_many(house: House, account: UUID, purpose: Purpose = Purpose.READ) -> None:
    references = tuple(Reference(new_reference()) for _ in range(MANY))
    with house.transaction() as uow:
        house.journal.record(uow.session, Opened(purpose, references), account=account, at=uow.now())


def found(house: House, clock: DrivenClock, days: int = 1) -> list[UnusualAccess]:
    """Let days pass without a round, then make one."""
    clock.advance(timedelta(days=days))
    watch_daily(house)
    with house.transaction() as uow:
        return list(uow.session.scalars(sa.select(UnusualAccess)))


def test_a_day_is_looked_at_once_it_is_over_and_found_once(house: House, clock: DrivenClock, agent: UUID) -> None:
    open_many(house, agent)
    assert found(house, clock, 0) == []
    [row] = found(house, clock)
    assert (row.account_id, row.day, row.oddity, row.number) == (agent, MORNING.date(), Oddity.MANY, MANY)
    assert len(found(house, clock)) == 1


@pytest.mark.parametrize("days, number", [(LOOKED_BACK, 1), (LOOKED_BACK + 1, 0)])
def test_a_service_that_was_stopped_for_a_weekend_misses_nothing(
    house: House, clock: DrivenClock, agent: UUID, days: int, number: int
) -> None:
    open_many(house, agent)
    assert len(found(house, clock, days)) == number


def test_lists_and_accounts_that_went_are_not_unusual(house: House, clock: DrivenClock, agent: UUID) -> None:
    open_many(house, agent, Purpose.LIST)
    open_many(house, new_id())
    assert found(house, clock) == []


def test_refusals_that_look_like_probing_are_counted_and_the_others_are_not(
    house: House, clock: DrivenClock, agent: UUID
) -> None:
    for _ in range(REFUSALS):
        house.journal.record_refusal(Refused(RefusalCode(NotFound.code), 422), agent)
    assert found(house, clock) == []
    for _ in range(REFUSALS):
        house.journal.record_refusal(Refused(RefusalCode(NotFound.code), 404), agent)
    [row] = found(house, clock)
    assert (row.oddity, row.number) == (Oddity.REFUSALS, REFUSALS)


def test_it_is_forgotten_with_what_the_journal_said(house: House, clock: DrivenClock, agent: UUID) -> None:
    open_many(house, agent)
    assert len(found(house, clock)) == 1
    assert len(found(house, clock, 363)) == 1
    assert found(house, clock, 2) == []
