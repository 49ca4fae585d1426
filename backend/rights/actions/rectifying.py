"""Rectify what was granted: sealed again, searched again, told to the recipients (RGPD, articles 16 and 19)."""

from collections.abc import Mapping
from datetime import date

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.vault import Ground, Purpose, Value, destroy, key_of, open_rows, seal_into
from backend.authorization.work import UnitOfWork
from backend.charters.queries import charter_of
from backend.crypto.names import Token, tokens
from backend.kernel.clock import paris_day
from backend.kernel.errors import InvalidInput, WrongMoment
from backend.rights.actions.letters import tell_recipients
from backend.rights.actions.limiting import release
from backend.rights.events import PersonRectified
from backend.rights.forms import RectificationForm
from backend.rights.models import RightsFinding
from backend.rights.queries.exporting import person_of
from backend.rights.queries.rows import request_of
from backend.signalements.actions.merging import birth_of
from backend.signalements.queries.rows import facts_of, signalements_of
from backend.signalements.states import FactsState
from backend.situations.models import Situation
from policies.access import Action
from policies.charter import counted_birth
from policies.rights import DUTIES, GRANTING
from policies.rights_words import RequestState, Right

_FORGOTTEN: Mapping[str, tuple[str, ...]] = {
    "forget_address": ("address",),
    "forget_school": ("school",),
    "forget_representative": ("representative_name", "representative_contact"),
}
"""What each box empties."""

_TEXTS = (
    "last_name",
    "first_name",
    "sex",
    "address",
    "school",
    "school_level",
    "representative_name",
    "representative_contact",
)


def rectify(uow: UnitOfWork, reference: str, form: RectificationForm, *, version: int | None = None) -> RightsFinding:
    """Change what was granted in a situation, seal it again with its search tokens, free it, and tell its recipients.

    A free text that is contested is destroyed with its key, never rewritten. Raises `InvalidInput` when nothing changes
    or the birth date is not a minor's at reception, `WrongMoment` unless a rectification was granted and not made yet.
    """
    row = gate.fetch(uow, RightsFinding, reference, to=Action.RIGHTS_FINDING_RECTIFY, version=version)
    request = request_of(uow, row.search_id)
    granted = request.state is RequestState.DECIDED and request.decision in GRANTING
    if request.claim is not Right.RECTIFICATION or not granted or row.rectified_at is not None:
        raise WrongMoment("Aucune rectification accordée n'est à faire ici.")
    reference_of = uow.session.get_one(Situation, row.situation_id).reference
    situation = gate.fetch(uow, Situation, reference_of, to=Action.SITUATION_LIMIT)
    changes = _changes(form)
    if not changes and not form.forget_facts:
        raise InvalidInput({"": "Rien ne change : remplissez au moins un champ, ou cochez une case."})
    searched = _apply(uow, situation, changes, form.birth_date)
    dropped = _drop_facts(uow, situation) if form.forget_facts else 0
    row.rectified_at = uow.now()
    release(uow, row)
    tell_recipients(uow, request, situation, DUTIES[request.claim])
    uow.record(PersonRectified(Reference(situation.reference), len(changes) + dropped))
    # Last, and durable before the rows are: for a moment the old name finds nothing, which is the safer of the two.
    uow.keyring.replace_tokens(situation.id, situation.cell_id, searched)
    return row


def _changes(form: RectificationForm) -> dict[str, Value]:
    found: dict[str, Value] = {name: value for name in _TEXTS if (value := getattr(form, name)) is not None}
    if form.birth_date is not None:
        found["birth"] = {"date": form.birth_date.isoformat()}
    for box, columns in _FORGOTTEN.items():
        if getattr(form, box):
            if any(found.get(column) is not None for column in columns):
                raise InvalidInput({box: "Choisissez : remplacer cette information, ou l'effacer."})
            found |= dict.fromkeys(columns)
    return found


def _apply(
    uow: UnitOfWork, situation: Situation, changes: Mapping[str, Value], birth_date: date | None
) -> frozenset[Token]:
    """Seal what changes, and give the search tokens of the person as they read now."""
    person = person_of(uow, situation)
    if birth_date is not None:
        charter = charter_of(situation.charter_version)
        if not charter.admits_reception(birth_date, paris_day(situation.received_at)):
            rule = charter.rules.majority
            raise InvalidInput({"birth_date": f"{rule.statement} ({rule.origin}). Vérifiez la date."})
        situation.majority_month = charter.majority_month(birth_date)
    seal_into(person, key_of(uow, person), changes)
    uow.session.flush()
    columns = ["last_name", "first_name", "birth"]
    values = open_rows(uow, [person], columns, Purpose.RIGHTS, [situation.reference])[person.id]
    birth = counted_birth(birth_of(values["birth"]))
    return tokens(str(values["last_name"]), str(values["first_name"]), birth)


def _drop_facts(uow: UnitOfWork, situation: Situation) -> int:
    rows = {row.id: row for row in signalements_of(uow, [situation])}
    facts = facts_of(uow, set(rows))
    for fact in facts:
        signalement = rows[fact.signalement_id]
        destroy(uow, fact.id, signalement.reference, Ground.MASKED)
        signalement.facts_state = FactsState.DROPPED
        signalement.version += 1
        uow.session.delete(fact)
    return len(facts)
