"""Qualify what was received (step 1b): admissible or not, and the answer that a danger obliges to give."""

from collections.abc import Sequence

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.vault import Purpose
from backend.authorization.work import UnitOfWork
from backend.charters.queries import charter_of
from backend.kernel.errors import CharterRefusal, InvalidInput, WrongMoment
from backend.signalements.events import SituationAdmitted, SituationRedirected, SituationRefused
from backend.signalements.forms import QualificationForm
from backend.signalements.models import Invitation, Signalement
from backend.signalements.queries.rows import open_signalements, signalements_of
from backend.situations.actions import record_exit
from backend.situations.forms import ExitForm
from backend.situations.models import Situation
from backend.situations.states import ADMIT, REDIRECT, REFUSE, SITUATION
from policies.access import Action
from policies.disclosure import Field
from policies.indicator_words import Indicator
from policies.vocabulary import ConcernAnswer, ExitKind, Qualification


def qualify(uow: UnitOfWork, reference: str, form: QualificationForm, *, version: int | None = None) -> Situation:
    """Decide on a situation: admissible, inadmissible with its ground, or redirected to the CRIP without delay.

    Raises `CharterRefusal` when a danger is left without its answer, `InvalidInput` for what is missing,
    `WrongMoment` when it is already qualified or when the author of a one-time form is not confirmed yet.
    """
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_QUALIFY, version=version)
    signalements = signalements_of(uow, [situation])
    require_known_authors(uow, signalements)
    redirected = _answer_danger(uow, situation, signalements, form)
    if redirected:
        _redirect(uow, situation, form)
    elif form.admissible is None:
        raise InvalidInput({"admissible": "Dites si la situation est recevable."})
    elif form.admissible:
        situation.stage = SITUATION.step(situation.stage, ADMIT)
        uow.record(SituationAdmitted(Reference(situation.reference), situation.concern_answer))
    else:
        _refuse(uow, situation, form)
    situation.qualified_at = uow.now()
    return situation


def require_known_authors(uow: UnitOfWork, signalements: Sequence[Signalement]) -> None:
    """Raise `WrongMoment` while the author of a one-time form is not confirmed: nobody else may read it yet."""
    for signalement in signalements:
        if signalement.invitation_id is not None:
            invitation = uow.session.get_one(Invitation, signalement.invitation_id)
            if invitation.author_confirmed_at is None:
                raise WrongMoment(
                    "Confirmez d'abord, par téléphone, que l'agent invité est bien l'auteur du signalement."
                )


def _answer_danger(
    uow: UnitOfWork, situation: Situation, signalements: Sequence[Signalement], form: QualificationForm
) -> bool:
    """Keep the coordinator's answer on the danger, when there is one; tell whether it sends the situation away."""
    answer = require_concern_answer(uow, situation, signalements, form.concern_answer)
    if answer is None:
        return False
    situation.concern_answer = answer
    return answer is ConcernAnswer.YES


def require_concern_answer(
    uow: UnitOfWork, situation: Situation, signalements: Sequence[Signalement], answer: ConcernAnswer | None
) -> ConcernAnswer | None:
    """Give the answer that a danger obliges to, None where no signalement says danger; raise `CharterRefusal`."""
    fields = frozenset({Field.QUALIFICATION})
    opened = open_signalements(uow, signalements, fields, Purpose.READ, [situation.reference])
    if all(values["qualification"] == Qualification.INFRA_DELINQUENCY for values in opened.values()):
        return None
    if answer is None:
        rule = charter_of(situation.charter_version).rules.danger
        raise CharterRefusal(rule.statement, rule.origin)
    return answer


def _redirect(uow: UnitOfWork, situation: Situation, form: QualificationForm) -> None:
    if form.concern_channel is None:
        raise InvalidInput({"concern_channel": "Dites comment la CRIP a été informée aujourd'hui."})
    stage = SITUATION.step(situation.stage, REDIRECT)
    record_exit(
        uow, situation.reference, ExitForm(kind=ExitKind.CRIP, channel=form.concern_channel, made_on=uow.today())
    )
    situation.stage = stage
    uow.count(Indicator.REDIRECTED, situation.cell_id)
    uow.record(SituationRedirected(Reference(situation.reference)))


def _refuse(uow: UnitOfWork, situation: Situation, form: QualificationForm) -> None:
    if form.ground is None:
        raise InvalidInput({"ground": "Choisissez le motif de non-recevabilité."})
    situation.stage = SITUATION.step(situation.stage, REFUSE)
    situation.inadmissibility = form.ground
    uow.count(Indicator.INADMISSIBLE, situation.cell_id, form.ground)
    uow.record(SituationRefused(Reference(situation.reference), form.ground))
