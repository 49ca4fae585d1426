"""Move a situation to the competent cell, in one action (step 1b)."""

from collections.abc import Mapping
from uuid import UUID

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.vault import Ground, seal_into, supersede
from backend.authorization.work import UnitOfWork
from backend.cells.queries import cell_for, require_intake
from backend.charters.queries import charter_of
from backend.crypto.names import tokens
from backend.kernel.errors import InvalidInput
from backend.kernel.identifiers import new_id
from backend.signalements.actions.merging import birth_of
from backend.signalements.actions.resealing import OpenedSituation, open_whole
from backend.signalements.actions.submission import add_facts, count_received
from backend.signalements.events import SituationMoved
from backend.signalements.forms import MoveForm
from backend.signalements.models import Invitation, Receipt, Signalement
from backend.situations.actions import carry_exits, open_situation
from backend.situations.models import Situation
from backend.situations.states import MOVE, SITUATION
from policies.access import Action
from policies.charter import counted_birth
from policies.indicator_words import Indicator
from policies.territories import guidance_without_cell


def move(uow: UnitOfWork, reference: str, form: MoveForm, *, version: int | None = None) -> Situation:
    """Send a situation to the cell of an arrondissement, and give what stays here: a reference without content.

    It is sealed again under the other cell's key, unreadable to the first; its reception date is kept, its reference
    is new. Raises `InvalidInput` when that arrondissement has no cell or the same one, `WrongMoment` once qualified.
    """
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_MOVE, version=version)
    cell = cell_for(uow, form.arrondissement, uow.today())
    if cell is None:
        raise InvalidInput({"arrondissement": guidance_without_cell(uow.today(), form.arrondissement)})
    if cell.id == situation.cell_id:
        raise InvalidInput({"arrondissement": "Cet arrondissement relève déjà de la cellule."})
    require_intake(uow, cell)
    stage = SITUATION.step(situation.stage, MOVE)
    uow.hand_over(cell.id)
    content = open_whole(uow, situation)
    person = dict(content.values)
    if person["arrondissement"] != str(form.arrondissement):
        person |= {"arrondissement": str(form.arrondissement), "quartier": "", "address": None}
    birth = counted_birth(birth_of(person["birth"]))
    successor, key = open_situation(
        uow,
        cell.id,
        charter_of(cell.charter_version),
        person,
        tokens(str(person["last_name"]), str(person["first_name"]), birth),
        majority_month=situation.majority_month,
        received_at=situation.received_at,
        returned_before=situation.returned_before,
    )
    carry_exits(uow, situation, successor)
    texts: dict[UUID, UUID] = {}
    for signalement in content.signalements:
        row = signalement.row
        carried = Signalement(
            id=new_id(),
            situation_id=successor.id,
            cell_id=cell.id,
            receipt_id=row.receipt_id,
            invitation_id=row.invitation_id,
            origin=row.origin,
            submitted_at=row.submitted_at,
            facts_state=row.facts_state,
        )
        seal_into(carried, key, signalement.values)
        uow.session.add(carried)
        uow.session.flush()
        if signalement.facts is not None and signalement.text is not None:
            texts[signalement.facts.id] = add_facts(uow, carried, signalement.text).id
        if row.receipt_id is not None:
            uow.session.get_one(Receipt, row.receipt_id).cell_id = cell.id
        if row.invitation_id is not None:
            uow.session.get_one(Invitation, row.invitation_id).cell_id = cell.id
        count_received(uow, situation.cell_id, row.origin, signalement.motives, by=-1)
        count_received(uow, cell.id, row.origin, signalement.motives, by=1)
    erase(uow, situation, content, Ground.MOVED, {situation.id: successor.id, **texts})
    situation.stage = stage
    situation.qualified_at = uow.now()
    uow.count(Indicator.MOVED, situation.cell_id)
    uow.record(SituationMoved(Reference(situation.reference), Reference(successor.reference)))
    return situation


def erase(
    uow: UnitOfWork, situation: Situation, content: OpenedSituation, ground: Ground, successors: Mapping[UUID, UUID]
) -> None:
    """Empty a situation once it is carried elsewhere: its rows now, its keys after the commit.

    `successors` gives, for the situation and for each text, the key under which it is sealed again.
    """
    for signalement in content.signalements:
        if signalement.facts is not None:
            text = signalement.facts.id
            supersede(uow, text, signalement.row.reference, ground, [successors[text]])
            uow.session.delete(signalement.facts)
    uow.session.flush()
    for signalement in content.signalements:
        uow.session.delete(signalement.row)
    uow.session.delete(content.person)
    supersede(uow, situation.id, situation.reference, ground, [successors[situation.id]])
