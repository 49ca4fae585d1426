"""Verbs on a situation itself: open it, record or carry an exit. Each fetches under policy, steps, changes, records."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.vault import Value, new_subject, seal_into
from backend.authorization.work import UnitOfWork
from backend.crypto.names import Token
from backend.crypto.sealed import SubjectKey
from backend.kernel.errors import InvalidInput, WrongMoment
from backend.kernel.identifiers import new_id
from backend.situations.events import ExitRecorded, ExitsAcknowledged, SituationOpened
from backend.situations.forms import ExitForm
from backend.situations.models import Situation, SituationExit, SituationPerson
from backend.situations.queries import exits_of
from policies.access import Action
from policies.charter import Charter
from policies.vocabulary import Stage


def open_situation(
    uow: UnitOfWork,
    cell: UUID,
    charter: Charter,
    person: Mapping[str, Value],
    tokens: frozenset[Token],
    *,
    majority_month: str,
    received_at: datetime,
    returned_before: bool = False,
) -> tuple[Situation, SubjectKey]:
    """Open a situation in a cell with its key, its sealed person and its search tokens; it pins the charter's version.

    The key is durable in `keys` before any row exists; killed in between, nothing of the situation exists.
    """
    situation = Situation(
        id=new_id(),
        cell_id=cell,
        charter_version=charter.version,
        stage=Stage.RECEIVED,
        received_at=received_at,
        majority_month=majority_month,
        returned_before=returned_before,
    )
    key = new_subject(uow, situation.id, cell, tokens)
    row = SituationPerson(id=new_id(), situation_id=situation.id, cell_id=cell)
    seal_into(row, key, person)
    uow.session.add(situation)
    uow.session.flush()  # the rows that hang from the situation have no relationship for the session to order them by
    uow.session.add(row)
    uow.record(SituationOpened(Reference(situation.reference)))
    return situation, key


def record_exit(uow: UnitOfWork, reference: str, form: ExitForm, *, version: int | None = None) -> Situation:
    """Record that an information préoccupante or a saisine was made outside this product (R25): never its content.

    Open to everybody who can read the situation, at every stage; it puts the situation first on the coordinator's
    board. Raises `InvalidInput` for a day to come.
    """
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_EXIT, version=version)
    if form.made_on > uow.today():
        raise InvalidInput({"made_on": "Indiquez le jour où la démarche a été faite, pas un jour à venir."})
    uow.session.add(
        SituationExit(
            situation_id=situation.id,
            cell_id=situation.cell_id,
            account_id=uow.account(),
            kind=form.kind,
            channel=form.channel,
            made_on=form.made_on,
            recorded_at=uow.now(),
        )
    )
    situation.first_exit_at = situation.first_exit_at or uow.now()
    situation.exit_unread = True
    uow.record(ExitRecorded(Reference(situation.reference), form.kind, form.channel))
    return situation


def acknowledge_exits(uow: UnitOfWork, reference: str, *, version: int | None = None) -> Situation:
    """Record that the coordinator has read the exits of a situation, which then leave the head of the board.

    Raises `WrongMoment` when every exit was read already.
    """
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_ACKNOWLEDGE, version=version)
    if not situation.exit_unread:
        raise WrongMoment("Aucune sortie de cette situation n'attend d'être lue.")
    situation.exit_unread = False
    uow.record(ExitsAcknowledged(Reference(situation.reference)))
    return situation


def carry_exits(uow: UnitOfWork, source: Situation, target: Situation) -> None:
    """Hand the exits of a situation to the one that takes its place: that the CRIP was told must not be lost (R25)."""
    for row in exits_of(uow, source):
        row.situation_id, row.cell_id = target.id, target.cell_id
    known = [at for at in (source.first_exit_at, target.first_exit_at) if at is not None]
    target.first_exit_at = min(known, default=None)
    target.exit_unread = target.exit_unread or source.exit_unread
