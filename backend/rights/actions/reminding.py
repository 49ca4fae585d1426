"""Reminders of what the rights of persons await, to who must do it, once a day (RGPD, article 12.3; R22)."""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import UnitOfWork
from backend.rights.actions.letters import tell_coordinators, tell_dpo
from backend.rights.models import RightsRequest, RightsSearch
from backend.rights.queries.rows import every_cell
from policies.rights import REQUEST_REMINDER_DAYS, SEARCH_REMINDER_DAYS
from policies.rights_words import RequestState, RightsTask, SearchState

_TASKS = {RequestState.OPEN: RightsTask.DECIDE, RequestState.DECIDED: RightsTask.ANSWER}


def remind_requests(uow: UnitOfWork) -> int:
    """Tell the DPO of requests, and coordinators of searches, whose last day comes; gives of how many."""
    for cell in every_cell(uow):
        uow.hand_over(cell.id)
    days = {uow.today() + timedelta(days=days) for days in REQUEST_REMINDER_DAYS}
    requests = uow.session.scalars(
        sa.select(RightsRequest)
        .where(col(RightsRequest.state).in_(sorted(_TASKS)), col(RightsRequest.due_on).in_(days))
        .order_by(col(RightsRequest.id))
    ).all()
    for request in requests:
        tell_dpo(uow, _TASKS[request.state], request.due_on)
    days = {uow.today() + timedelta(days=days) for days in SEARCH_REMINDER_DAYS}
    searches = uow.session.scalars(
        sa.select(RightsSearch)
        .where(
            col(RightsSearch.state) == SearchState.ASKED,
            # An answer to the person takes what a cell would search for.
            col(RightsSearch.person).is_not(None),
            col(RightsSearch.due_on).in_(days),
        )
        .order_by(col(RightsSearch.id))
    ).all()
    for search in searches:
        tell_coordinators(uow, search.cell_id, RightsTask.SEARCH, search.due_on)
    return len(requests) + len(searches)
