"""What is read of the filter: what awaits an answer, and the answers already given."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization import gate
from backend.authorization.gate import Page
from backend.authorization.vault import Purpose
from backend.authorization.work import UnitOfWork
from backend.kernel.errors import NotFound
from backend.parquet.models import ParquetAnswer
from backend.parquet.views import CHOICES, AnswerView, FilterView, RequestView
from backend.signalements.queries.content import content_of
from backend.signalements.views.content import ContentView
from backend.situations.models import Situation
from backend.situations.queries import open_people, shown
from backend.situations.views import minor_view, situation_view
from backend.web.pages import french_instant
from policies.vocabulary import ParquetAnswerValue, Role, Stage

BATCH = 20
"""Situations on one page of the filter: what a magistrate clears in two minutes."""

ANSWERED = frozenset({Stage.RETAINED, Stage.NOT_RETAINED})


def answers_of(uow: UnitOfWork, situation: Situation) -> Sequence[ParquetAnswer]:
    """Give the answers on a situation already fetched, the first one first; the last one holds."""
    statement = sa.select(ParquetAnswer).where(col(ParquetAnswer.situation_id) == situation.id)
    return uow.session.scalars(statement.order_by(col(ParquetAnswer.rank))).all()


def answer_views(uow: UnitOfWork, situation: Situation) -> tuple[AnswerView, ...]:
    """Show the answers on a situation already fetched, to who may read them, the last one first."""
    return tuple(
        AnswerView(row.answer, row.ground, french_instant(row.answered_at))
        for row in reversed(answers_of(uow, situation))
    )


def filter_view(uow: UnitOfWork, chosen: Mapping[str, str]) -> FilterView:
    """Show what awaits the parquet, and what it may still correct: names opened in one batch, one journal line each.

    `chosen` holds the answers already chosen on the page and not recorded, by reference. Raises `NotFound` for who
    answers for the parquet in no cell: the page itself names the single ground.
    """
    if not uow.actor.holds_anywhere({Role.PARQUET}):
        raise NotFound
    waiting = _of_stages(uow, frozenset({Stage.WITH_PARQUET}))
    answered = _of_stages(uow, ANSWERED)
    return FilterView(
        _requests(uow, waiting.rows, chosen), waiting.following is not None, _requests(uow, answered.rows, {}), CHOICES
    )


def _of_stages(uow: UnitOfWork, stages: frozenset[Stage]) -> Page[Situation]:
    cells = uow.actor.cells({Role.PARQUET})
    where = [col(Situation.stage).in_(sorted(stages))]
    return gate.page(uow, Situation, cells=cells, instant="received_at", where=where, size=BATCH)


def _requests(uow: UnitOfWork, situations: Sequence[Situation], chosen: Mapping[str, str]) -> tuple[RequestView, ...]:
    people = open_people(uow, situations, Purpose.LIST)
    signalements = content_of(uow, situations, Purpose.LIST)
    today = uow.today()
    views = []
    for situation in situations:
        minor = minor_view(people.get(situation.id, {}), today)
        view = situation_view(situation, "", minor, fields=shown(uow, situation))
        content = ContentView(view, signalements.get(situation.id, ()))
        value = _value(situation) or _known(chosen.get(situation.reference, ""))
        views.append(RequestView(situation.reference, situation.version, minor.name, value, content))
    return tuple(views)


def _value(situation: Situation) -> ParquetAnswerValue | None:
    return ParquetAnswerValue.of(situation.stage) if situation.stage in ANSWERED else None


def _known(answer: str) -> ParquetAnswerValue | None:
    return ParquetAnswerValue.of(answer) if answer in set(ParquetAnswerValue) else None
