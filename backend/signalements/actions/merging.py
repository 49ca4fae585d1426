"""Suggest situations that may be about the same minor, and merge one into another; never automatic (step 1b)."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.vault import Ground, Purpose, key_of, open_rows, seal_into, supersede
from backend.authorization.work import UnitOfWork
from backend.charters.queries import charter_of
from backend.crypto.names import Token, suggest, tokens
from backend.kernel.errors import InvalidInput, NotFound, WrongMoment
from backend.signalements.actions.qualification import require_concern_answer, require_known_authors
from backend.signalements.actions.resealing import open_whole
from backend.signalements.events import MatchesSearched, SituationMerged
from backend.signalements.forms import MergeForm
from backend.signalements.queries.rows import Suggestion, signalements_of
from backend.situations.actions import carry_exits
from backend.situations.models import Situation, SituationPerson
from backend.situations.states import MERGE, SITUATION
from policies.access import Action
from policies.charter import EstimatedAge, counted_birth
from policies.indicator_words import Indicator
from policies.vocabulary import ConcernAnswer, Stage

ABSORBING = frozenset({Stage.RECEIVED, Stage.ADMISSIBLE, Stage.WITH_PARQUET, Stage.RETAINED})
"""Stages of a situation that may absorb another: still open, or the newcomer would disappear with it."""


def suggestions(uow: UnitOfWork, reference: str) -> list[Suggestion]:
    """Suggest at most three situations, exact first then near; searched on blind indexes, inside the cell only."""
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
    statement = sa.select(SituationPerson).where(col(SituationPerson.situation_id) == situation.id)
    person = uow.session.scalar(statement)
    if person is None or not gate.permits(uow, situation, Action.SITUATION_MERGE):
        return []
    columns = ["last_name", "first_name", "birth"]
    values = open_rows(uow, [person], columns, Purpose.MATCH, [situation.reference])[person.id]
    matches = uow.keyring.search(situation.cell_id, _tokens(values["last_name"], values["first_name"], values["birth"]))
    matches.pop(situation.id, None)
    readable = gate.readable(uow, Situation).where(col(Situation.id).in_(sorted(matches)))
    rows = {row.id: row for row in uow.session.scalars(readable)}
    maximum = charter_of(situation.charter_version).rules.suggestions.maximum
    found = suggest({subject: fields for subject, fields in matches.items() if subject in rows})[:maximum]
    uow.record(MatchesSearched(Reference(situation.reference), len(found)))
    return [Suggestion(rows[subject], confidence) for subject, confidence in found]


def merge(uow: UnitOfWork, reference: str, form: MergeForm, *, version: int | None = None) -> Situation:
    """Merge a situation still at qualification into another of the same cell, and give the one that absorbs it.

    Its signalements are sealed again under the other's key, its own key is replaced, its reference stays as an alias.
    Raises `InvalidInput` for a situation that cannot absorb it, `WrongMoment` once qualified.
    Merged into one already qualified, it skips its own qualification: the author is confirmed and a danger answered
    here (`WrongMoment`, `CharterRefusal`), or it would reach the parquet with neither.
    """
    if form.into == reference:
        raise InvalidInput({"into": "Choisissez une autre situation."})
    versions = None if version is None else {reference: version}
    try:
        absorbed, absorbing = gate.fetch_all(
            uow, Situation, [reference, form.into], to=Action.SITUATION_MERGE, versions=versions
        )
    except NotFound:
        gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
        raise InvalidInput({"into": "Aucune situation de vos cellules ne porte cette référence."}) from None
    if absorbing.cell_id != absorbed.cell_id:
        raise InvalidInput({"into": "Les deux situations doivent relever de la même cellule."})
    if absorbing.stage not in ABSORBING:
        raise WrongMoment(
            f"La situation choisie est « {absorbing.stage.label} » : elle ne peut plus en absorber une autre."
        )
    stage = SITUATION.step(absorbed.stage, MERGE)
    answer = None if absorbing.stage is Stage.RECEIVED else _answered(uow, absorbed, form)
    content = open_whole(uow, absorbed)
    key = key_of(uow, _person_of(uow, absorbing))
    for signalement in content.signalements:
        signalement.row.situation_id = absorbing.id
        seal_into(signalement.row, key, signalement.values)
        if signalement.facts is not None:
            signalement.facts.situation_id = absorbing.id
    uow.session.delete(content.person)
    absorbed.stage = stage
    absorbed.merged_into = absorbing.id
    absorbing.received_at = min(absorbing.received_at, absorbed.received_at)
    absorbing.concern_answer = answer or absorbing.concern_answer
    carry_exits(uow, absorbed, absorbing)
    supersede(uow, absorbed.id, absorbed.reference, Ground.MERGED, [absorbing.id])
    uow.count(Indicator.MERGED, absorbed.cell_id)
    uow.record(SituationMerged(Reference(absorbed.reference), Reference(absorbing.reference), answer))
    return absorbing


def _answered(uow: UnitOfWork, absorbed: Situation, form: MergeForm) -> ConcernAnswer | None:
    signalements = signalements_of(uow, [absorbed])
    require_known_authors(uow, signalements)
    answer = require_concern_answer(uow, absorbed, signalements, form.concern_answer)
    if answer is ConcernAnswer.YES:
        raise InvalidInput({"into": "Qualifiez plutôt cette situation : elle part alors à la CRIP aujourd'hui."})
    return answer


def alias(uow: UnitOfWork, reference: str) -> str | None:
    """Give the reference of the situation that absorbed the one named, when the person may read it."""
    absorbed = sa.select(col(Situation.merged_into)).where(col(Situation.reference) == reference)
    row = uow.session.scalar(gate.readable(uow, Situation).where(col(Situation.id).in_(absorbed)))
    return None if row is None else row.reference


def _person_of(uow: UnitOfWork, situation: Situation) -> SituationPerson:
    statement = sa.select(SituationPerson).where(col(SituationPerson.situation_id) == situation.id)
    return uow.session.scalars(statement).one()


def _tokens(last_name: object, first_name: object, birth: object) -> frozenset[Token]:
    return tokens(str(last_name), str(first_name), counted_birth(birth_of(birth)))


def birth_of(birth: object) -> date | EstimatedAge:
    """Give the birth date, or the estimated age, that a sealed value holds."""
    if not isinstance(birth, dict):
        raise NotFound
    if "date" in birth:
        return date.fromisoformat(str(birth["date"]))
    return EstimatedAge(int(birth["age"]), date.fromisoformat(str(birth["on"])))
