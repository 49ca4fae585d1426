"""The annual review is recalled to who must make it, 60, 30 and 7 days before (R13)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.authorization.work import House
from backend.kernel.clock import DrivenClock
from backend.mail.models import MailOutbox
from backend.members.actions.reviews import remind_reviews
from backend.members.queries.standing import review_due
from policies.vocabulary import Role
from tests.support.people import habilitation_of, hold
from tests.unit.members.conftest import City


def reminded(house: House) -> set[str]:
    with house.transaction() as uow:
        uow.session.execute(sa.delete(MailOutbox))
        remind_reviews(uow)
        uow.session.flush()
        return {message.recipient for message in uow.session.scalars(sa.select(MailOutbox))}


@pytest.mark.parametrize("days, is_recalled", [(61, False), (60, True), (59, False), (30, True), (7, True), (0, False)])
def test_reviewers_are_reminded_on_three_days(
    house: House, city: City, clock: DrivenClock, days: int, *, is_recalled: bool
) -> None:
    reference = hold(house, city.officer, Role.POLICE, city.cell)
    due = review_due(habilitation_of(house, reference))
    assert due is not None
    clock.instant = clock.instant.replace(year=due.year, month=due.month, day=due.day) - timedelta(days=days)
    # The officer's goes to the coordinator; the coordinator's and the city roles' go to administrators, never oneself.
    everybody = {city.coordinator.email, city.admin.email, city.admin_2.email}
    assert reminded(house) == (everybody if is_recalled else set())


def test_a_holder_is_not_the_one_reminded(house: House, city: City, clock: DrivenClock) -> None:
    clock.advance(timedelta(days=365 - 60))
    with house.transaction() as uow:
        remind_reviews(uow)
        uow.session.flush()
        to_admin = [
            message.content
            for message in uow.session.scalars(sa.select(MailOutbox))
            if message.recipient == city.admin.email
        ]
    assert len(to_admin) == 3  # the coordinator's, the DPO's, the other administrator's
