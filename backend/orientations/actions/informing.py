"""Inform a family: record what was done on a day, and write the letter (step 5; R21)."""

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.documents.pdf import write_pdf
from backend.kernel.errors import InvalidInput, StepUpRequired
from backend.orientations.events import FamilyInformed, FamilyLetterWritten
from backend.orientations.forms import InformationForm
from backend.orientations.models import FamilyInformation
from backend.orientations.queries.sheets import letter_view
from backend.situations.models import Situation
from policies.access import Action

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
