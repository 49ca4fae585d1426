"""What the rights of persons leave to each: what, where to go, by which day; counts only."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.rights.models import RightsRequest, RightsSearch
from backend.rights.queries.rows import late_notices
from backend.rights.queries.sheets import OPEN, to_do, to_sign
from policies.rights_words import SearchState
from policies.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Awaited:
    """Something that awaits somebody, by a day."""

    title: str
    text: str
    href: str
    day: date


def awaiting_coordinator(uow: UnitOfWork) -> list[Awaited]:
    """Give a coordinator the searches to answer, then the exports to prepare and the rectifications to make."""
    found = []
    asked = gate.readable(uow, RightsSearch).where(
        col(RightsSearch.cell_id).in_(sorted(uow.actor.cells({Role.COORDINATOR}))),
        col(RightsSearch.state) == SearchState.ASKED,
        col(RightsSearch.person).is_not(None),
    )
    number, nearest = uow.session.execute(
        asked.with_only_columns(sa.func.count(), sa.func.min(col(RightsSearch.due_on)))
    ).one()
    if number:
        text = f"{number} recherche{'s' if number > 1 else ''} de personne dans votre cellule."
        found.append(Awaited("Demandes de droits à chercher", text, "/droits/recherches", nearest))
    if rows := to_do(uow):
        text = f"{len(rows)} situation{'s' if len(rows) > 1 else ''} à préparer pour le délégué, ou à rectifier."
        found.append(Awaited("Demandes de droits à préparer", text, "/droits/recherches", _due(uow, rows[0].search_id)))
    return found


def awaiting_dpo(uow: UnitOfWork) -> list[Awaited]:
    """Give the DPO the requests under way with the nearest deadline, and the exports to sign off."""
    found = []
    under_way = gate.readable(uow, RightsRequest).where(col(RightsRequest.state).in_(OPEN))
    number, nearest = uow.session.execute(
        under_way.with_only_columns(sa.func.count(), sa.func.min(col(RightsRequest.due_on)))
    ).one()
    if number:
        text = f"{number} demande{'s' if number > 1 else ''} sans réponse à ce jour."
        found.append(Awaited("Droits des personnes", text, "/droits", nearest))
    if rows := to_sign(uow):
        text = f"{len(rows)} export{'s' if len(rows) > 1 else ''} à relire avant toute remise."
        href = f"/droits/reconnues/{rows[0].reference}"
        found.append(Awaited("Exports à valider", text, href, _due(uow, rows[0].search_id)))
    return found


def overdue_notices(uow: UnitOfWork) -> int:
    """Count for the DPO the families that no cell informed in time (R21)."""
    return sum(number for _, number in late_notices(uow))


def _due(uow: UnitOfWork, search: object) -> date:
    row = uow.session.get_one(RightsSearch, search)
    return uow.session.get_one(RightsRequest, row.request_id).due_on
