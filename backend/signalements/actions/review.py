"""Review a free text before anybody else reads it: keep, mask a part, drop; never rewrite (R9, step 1b)."""

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.vault import Ground, Purpose, destroy, open_rows
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import InvalidInput, NotFound
from backend.signalements.actions.submission import add_facts
from backend.signalements.events import FactsReviewed
from backend.signalements.forms import ReviewForm
from backend.signalements.models import Signalement
from backend.signalements.queries.rows import facts_of, signalements_of
from backend.signalements.states import DROP, FACTS, KEEP, MASK, FactsState
from backend.situations.models import Situation
from policies.access import Action

MASK_TEXT = "[masqué]"
"""What stands in place of a masked part; its length says nothing of what was there."""

_VERBS = {FactsState.KEPT: KEEP, FactsState.MASKED: MASK, FactsState.DROPPED: DROP}


def review(uow: UnitOfWork, reference: str, form: ReviewForm, *, version: int | None = None) -> Situation:
    """Record the review of one signalement's text; what is masked or dropped is destroyed with its key.

    Raises `InvalidInput` when a part to mask is not in the text, `WrongMoment` when the text was already reviewed.
    """
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_REVIEW, version=version)
    row = next((row for row in signalements_of(uow, [situation]) if row.reference == form.signalement), None)
    if row is None:
        raise NotFound
    if form.outcome not in _VERBS:
        raise InvalidInput({"outcome": "Choisissez ce que devient le texte."})
    row.facts_state = FACTS.step(row.facts_state, _VERBS[form.outcome])
    row.version += 1
    if form.outcome is not FactsState.KEPT:
        _replace(uow, situation, row, form)
    uow.record(FactsReviewed(Reference(situation.reference), Reference(row.reference), form.outcome))
    return situation


def _replace(uow: UnitOfWork, situation: Situation, row: Signalement, form: ReviewForm) -> None:
    """Put the masked text, if any, under a new key, and destroy the first key with what it protected."""
    (facts,) = facts_of(uow, {row.id})
    text = str(open_rows(uow, [facts], ["text"], Purpose.RESEAL, [situation.reference])[facts.id]["text"])
    destroy(uow, facts.id, row.reference, Ground.MASKED)
    uow.session.delete(facts)
    uow.session.flush()
    if form.outcome is FactsState.MASKED:
        add_facts(uow, row, _masked(text, form.parts()))


def _masked(text: str, parts: tuple[str, ...]) -> str:
    if not parts:
        raise InvalidInput({"masked": "Recopiez au moins un passage à masquer."})
    for part in sorted(parts, key=len, reverse=True):
        if part not in text:
            raise InvalidInput({"masked": "Un passage à masquer n'est pas dans le texte : recopiez-le exactement."})
        text = text.replace(part, MASK_TEXT)
    return text
