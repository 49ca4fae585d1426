"""Send situations to the parquet, and answer for it (step 2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.audit.events import Reference
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.charters.queries import charter_of
from backend.kernel.errors import InvalidInput
from backend.parquet.events import SituationAnswered, SituationsSent
from backend.parquet.forms import SendForm
from backend.parquet.models import ParquetAnswer
from backend.parquet.queries import answers_of
from backend.situations.models import Situation
from backend.situations.states import RETAIN, SEND, SET_ASIDE, SITUATION
from policies.access import Action
from policies.indicator_words import Indicator
from policies.vocabulary import ParquetAnswerValue

_VERBS = {ParquetAnswerValue.RETAINED: RETAIN, ParquetAnswerValue.NOT_RETAINED: SET_ASIDE}
_INDICATORS = {
    ParquetAnswerValue.RETAINED: Indicator.RETAINED,
    ParquetAnswerValue.NOT_RETAINED: Indicator.NOT_RETAINED,
}


@dataclass(frozen=True, slots=True)
class Given:
    """One answer of a batch, and the version of the situation that the magistrate had under the eyes."""

    answer: ParquetAnswerValue
    version: int | None


def send(uow: UnitOfWork, form: SendForm) -> list[Situation]:
    """Send admissible situations to the parquet, all or none; raise `WrongMoment` when one is not admissible."""
    situations = gate.fetch_all(uow, Situation, list(dict.fromkeys(form.references)), to=Action.SITUATION_SEND)
    for situation in situations:
        situation.stage = SITUATION.step(situation.stage, SEND)
        situation.sent_at = uow.now()
        uow.count(Indicator.SENT_TO_PARQUET, situation.cell_id)
    uow.record(SituationsSent(tuple(Reference(situation.reference) for situation in situations)))
    return situations


def answer(uow: UnitOfWork, given: Mapping[str, Given]) -> list[Situation]:
    """Record the parquet's answers on some situations, all or none; an answer may be corrected, both are kept.

    The same answer given twice changes nothing. Raises `WrongMoment` for a situation that was not sent, `Stale` for
    one that moved since it was shown.
    """
    if not given:
        raise InvalidInput({}, "Choisissez au moins une réponse.")
    versions = {reference: answered.version for reference, answered in given.items() if answered.version is not None}
    situations = gate.fetch_all(uow, Situation, sorted(given), to=Action.SITUATION_ANSWER, versions=versions)
    for situation in situations:
        _answer(uow, situation, given[situation.reference].answer)
    return situations


def _answer(uow: UnitOfWork, situation: Situation, value: ParquetAnswerValue) -> None:
    previous = answers_of(uow, situation)
    stage = SITUATION.step(situation.stage, _VERBS[value])
    if previous and previous[-1].answer is value:
        return
    if previous:
        uow.count(_INDICATORS[previous[-1].answer], situation.cell_id, by=-1)
    else:
        uow.count_delay(Indicator.ANSWER_DELAY, situation.cell_id, situation.received_at)
    ground = charter_of(situation.charter_version).rules.filter.ground
    uow.session.add(
        ParquetAnswer(
            situation_id=situation.id,
            cell_id=situation.cell_id,
            account_id=uow.account(),
            rank=len(previous) + 1,
            answer=value,
            ground=ground if value is ParquetAnswerValue.NOT_RETAINED else None,
            answered_at=uow.now(),
        )
    )
    situation.stage = stage
    situation.answered_at = uow.now()
    uow.count(_INDICATORS[value], situation.cell_id)
    uow.record(SituationAnswered(Reference(situation.reference), len(previous) + 1))
