"""Inform a family: record what was done on a day, except it from the notice, write the letter (step 5; R21)."""

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.documents.pdf import write_pdf
from backend.kernel.errors import InvalidInput, StepUpRequired, WrongMoment
from backend.orientations.events import FamilyInformed, FamilyLetterWritten, NoticeExcepted
from backend.orientations.forms import ExceptionForm, InformationForm
from backend.orientations.models import FamilyInformation, NoticeException
from backend.orientations.queries.rows import TO_INFORM, records_of
from backend.orientations.queries.sheets import letter_view
from backend.situations.models import Situation
from policies.access import Action
from policies.family import is_informed

LETTER = "Information de la famille"
"""The title of the letter: the same for all."""


def inform(uow: UnitOfWork, reference: str, form: InformationForm, *, version: int | None = None) -> Situation:
    """Record how a family was informed on a day, or could not be: a fact, never a consent.

    Raises `InvalidInput` for a day to come.
    """
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_INFORM, version=version)
    if form.made_on > uow.today():
        raise InvalidInput({"made_on": "Indiquez le jour où la démarche a été faite, pas un jour à venir."})
    uow.session.add(
        FamilyInformation(
            situation_id=situation.id,
            cell_id=situation.cell_id,
            account_id=uow.account(),
            made_on=form.made_on,
            mode=form.mode,
            first_holder=form.first_holder,
            second_holder=form.second_holder,
            minor=form.minor,
            recorded_at=uow.now(),
        )
    )
    uow.record(FamilyInformed(Reference(situation.reference), form.mode))
    return situation


def except_notice(uow: UnitOfWork, reference: str, form: ExceptionForm, *, version: int | None = None) -> Situation:
    """Decide that a family is not informed, on a coded ground, until the next examination (RGPD, article 14.5).

    It opens no transmission: the charter's own grounds do. Raises `WrongMoment` when no information is owed.
    """
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_INFORM, version=version)
    if situation.stage not in TO_INFORM:
        raise WrongMoment("La famille n'est pas à informer à ce stade : aucune exception n'est à décider.")
    if is_informed(records_of(uow, situation.id)):
        raise WrongMoment("La famille est informée : aucune exception n'est à décider.")
    uow.session.add(
        NoticeException(
            situation_id=situation.id,
            cell_id=situation.cell_id,
            account_id=uow.account(),
            ground=form.ground,
            decided_at=uow.now(),
        )
    )
    uow.record(NoticeExcepted(Reference(situation.reference), form.ground))
    return situation


def write_letter(uow: UnitOfWork, reference: str) -> bytes:
    """Write the letter to a family as a tagged PDF: nominative, one minor, journalled as an export.

    Raises `StepUpRequired` without a fresh second factor (R18).
    """
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
    gate.require(uow, situation, Action.SITUATION_WRITE_LETTER)
    if not uow.actor.stepped_up:
        raise StepUpRequired
    written = write_pdf("family_letter.typ", LETTER, letter_view(uow, situation), uow.now())
    uow.record(FamilyLetterWritten(Reference(situation.reference)))
    return written
