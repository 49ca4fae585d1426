"""Ask to open an archived situation, sign or refuse, end: two people, a written reason, a second factor (R3)."""

from sqlmodel import col

from backend.archives.events import OpeningAsked, OpeningDecided, OpeningEnded
from backend.archives.forms import OpeningForm
from backend.archives.models import ArchiveOpening
from backend.archives.queries import archived, is_over, own_opening, reach_cells
from backend.archives.states import END, OPENING
from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import StepUpRequired, WrongMoment
from backend.mail.outbox import queue
from backend.members.queries.standing import holders
from backend.situations.models import Situation
from policies.access import Action
from policies.archive_words import OPEN_FOR, OpeningDecision, OpeningState
from policies.retention_words import Custody
from policies.vocabulary import Role


def ask_opening(uow: UnitOfWork, situation: str, form: OpeningForm) -> ArchiveOpening:
    """Ask the DPO to open one archived situation to the person who asks; whoever may sign is told.

    Raises `NotFound` for what is not archived in a cell that the person coordinates, `StepUpRequired` without a fresh
    second factor, `WrongMoment` while the person has another request or opening.
    """
    row = archived(uow, situation)
    opening = ArchiveOpening(
        situation_id=row.id,
        cell_id=row.cell_id,
        ground=form.ground,
        reason=form.reason,
        asked_by=uow.account(),
        asked_at=uow.now(),
    )
    gate.require(uow, opening, Action.ARCHIVE_OPENING_ASK)
    _require_step_up(uow)
    _end_what_is_over(uow)
    if own_opening(uow) is not None:
        raise WrongMoment(
            "Une archive s'ouvre une situation à la fois : mettez fin à votre demande ou à votre ouverture en cours, "
            "puis recommencez."
        )
    uow.session.add(opening)
    uow.record(OpeningAsked(Reference(opening.reference), Reference(row.reference), opening.ground))
    for person in holders(uow, Role.DPO):
        queue(uow, person.email, "archive_request", opening=opening.reference, day=uow.today())
    return opening


def decide_opening(
    uow: UnitOfWork, reference: str, decision: OpeningDecision, *, version: int | None = None
) -> ArchiveOpening:
    """Sign a request, which opens the situation to who asked for `OPEN_FOR`, or refuse it; who asked is told.

    Raises `Forbidden` for who asked and for anybody but the DPO, `StepUpRequired` without a fresh second factor,
    `WrongMoment` for a request already decided, or once the situation has left the archive.
    """
    reach_cells(uow)
    opening = gate.fetch(uow, ArchiveOpening, reference, to=Action.ARCHIVE_OPENING_DECIDE, version=version)
    _require_step_up(uow)
    state = OPENING.step(opening.state, decision)
    situation = uow.session.get_one(Situation, opening.situation_id)
    if state is OpeningState.OPENED and situation.custody is not Custody.ARCHIVED:
        raise WrongMoment("Cette situation n'est plus en archive intermédiaire : refusez la demande.")
    opening.state, opening.decided_by, opening.decided_at = state, uow.account(), uow.now()
    opening.open_until = uow.now() + OPEN_FOR if state is OpeningState.OPENED else None
    uow.record(OpeningDecided(Reference(opening.reference), decision))
    for person in holders(uow, Role.COORDINATOR, opening.cell_id):
        if person.id == opening.asked_by:
            queue(uow, person.email, "archive_answer", opening=opening.reference, day=uow.today())
    return opening


def end_opening(uow: UnitOfWork, reference: str, *, version: int | None = None) -> ArchiveOpening:
    """Withdraw a request, or end an opening before its hour: nobody reads the situation from here on.

    Raises `Forbidden` for anybody but who asked and the DPO, `WrongMoment` for what is over.
    """
    reach_cells(uow)
    opening = gate.fetch(uow, ArchiveOpening, reference, to=Action.ARCHIVE_OPENING_END, version=version)
    _end(uow, opening)
    return opening


def _end(uow: UnitOfWork, opening: ArchiveOpening) -> None:
    opening.state = OPENING.step(opening.state, END)
    opening.ended_at = uow.now()
    uow.record(OpeningEnded(Reference(opening.reference)))


def _end_what_is_over(uow: UnitOfWork) -> None:
    """End the openings of the person whose hour has passed, which nobody reads any more already."""
    statement = gate.readable(uow, ArchiveOpening).where(
        col(ArchiveOpening.asked_by) == uow.account(),
        col(ArchiveOpening.state) == OpeningState.OPENED,
        is_over(uow.now()),
    )
    for opening in uow.session.scalars(statement.with_for_update(of=_TABLE)).all():
        _end(uow, opening)
        opening.version += 1
    uow.session.flush()  # one request or opening at a time


_TABLE = ArchiveOpening.metadata.tables["archive_opening"]


def _require_step_up(uow: UnitOfWork) -> None:
    if not uow.actor.stepped_up:
        raise StepUpRequired
