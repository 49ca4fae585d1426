"""Plays the stories of the demonstration, day after day, each step by who makes it (domain.md section 3)."""

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.work import House, UnitOfWork
from backend.cli.demonstration.acting import acting
from backend.cli.demonstration.filling import filled, start
from backend.cli.demonstration.meetings import Meetings
from backend.cli.demonstration.people import coordinator_of
from backend.cli.demonstration.stories import DRAFT, STORIES, Story
from backend.cli.demonstration.support import Support
from backend.cli.demonstration.timeline import Timeline
from backend.parquet.actions import Given, answer, send
from backend.parquet.forms import SendForm
from backend.signalements.actions.drafts import begin, save
from backend.signalements.actions.giving_back import give_back
from backend.signalements.actions.qualification import qualify
from backend.signalements.actions.review import review
from backend.signalements.actions.submission import submit_directly
from backend.signalements.forms import (
    QualificationForm,
    ReturnForm,
    ReviewForm,
    StartForm,
)
from backend.signalements.models import Signalement
from backend.signalements.queries.rows import signalements_of
from backend.signalements.states import FactsState
from backend.situations.models import Situation
from policies.personas import DOMAIN, PERSONAS
from policies.vocabulary import (
    ConcernAnswer,
    Inadmissibility,
    ParquetAnswerValue,
    Qualification,
    ReturnReason,
    Role,
)

Opened = dict[Story, str]
"""The reference of the situation that each story opened."""


def play(house: House, timeline: Timeline) -> None:
    """Play every story to where it stands today, then let the landlord's reporter begin a draft."""
    opened: Opened = {}
    meetings, support = Meetings(house, timeline), Support(house, timeline)
    for days in range(max(story.course.received for story in STORIES), 0, -1):
        _receive(house, timeline, days, opened)
        _qualify(house, timeline, days, opened)
        _send(house, timeline, days, opened)
        _answer(house, timeline, days, opened)
        support.go_on(days, [opened[story] for story in STORIES if story.course.urgent and story in opened])
        meetings.go_on(days, [opened[story] for story in STORIES if _is_retained(story, days)])
    _begin_draft(house, timeline)


def _is_retained(story: Story, days: int) -> bool:
    """Tell whether the parquet has retained a story that awaits the meeting of today, some days before the present."""
    answered = not story.course.urgent and story.course.answered is not None and story.course.answered >= days
    return answered and story.course.outcome is ParquetAnswerValue.RETAINED


def _receive(house: House, timeline: Timeline, days: int, opened: Opened) -> None:
    for number, story in enumerate(story for story in STORIES if story.course.received == days):
        timeline.at(days, 9 + number, 17)
        with acting(house, f"{story.author}@{DOMAIN}") as uow:
            form = filled(story.minor, story.concern, day=uow.today(), grown=timeline.day(0))
            receipt = submit_directly(uow, form)
        with acting(house, coordinator_of(story.territory)) as uow:
            opened[story] = uow.session.scalars(
                sa.select(col(Situation.reference))
                .join(Signalement, col(Signalement.situation_id) == col(Situation.id))
                .where(col(Signalement.receipt_id) == receipt.id)
            ).one()


def _qualify(house: House, timeline: Timeline, days: int, opened: Opened) -> None:
    for number, story in enumerate(story for story in STORIES if story.course.qualified == days):
        timeline.at(days, 14, 10 * number)
        reference, outcome = opened[story], story.course.outcome
        with acting(house, coordinator_of(story.territory)) as uow:
            if isinstance(outcome, ReturnReason):
                give_back(uow, reference, ReturnForm(reason=outcome))
                continue
            _review(uow, reference)
            refused = isinstance(outcome, Inadmissibility)
            dangerous = story.concern.qualification is not Qualification.INFRA_DELINQUENCY
            qualify(
                uow,
                reference,
                QualificationForm(
                    admissible=not refused,
                    ground=outcome if isinstance(outcome, Inadmissibility) else None,
                    concern_answer=ConcernAnswer.NO if dangerous else None,
                ),
            )


def _review(uow: UnitOfWork, reference: str) -> None:
    """Read the free texts of a situation, and keep them."""
    situation = uow.session.scalars(sa.select(Situation).where(col(Situation.reference) == reference)).one()
    for row in signalements_of(uow, [situation]):
        if row.facts_state is FactsState.TO_REVIEW:
            review(uow, reference, ReviewForm(signalement=row.reference, outcome=FactsState.KEPT))


def _send(house: House, timeline: Timeline, days: int, opened: Opened) -> None:
    for territory in sorted({story.territory for story in STORIES if story.course.sent == days}):
        timeline.at(days, 16)
        batch = (story for story in STORIES if story.course.sent == days and story.territory == territory)
        with acting(house, coordinator_of(territory)) as uow:
            send(uow, SendForm(references=tuple(opened[story] for story in batch)))


def _answer(house: House, timeline: Timeline, days: int, opened: Opened) -> None:
    for territory in sorted({story.territory for story in STORIES if story.course.answered == days}):
        timeline.at(days, 17, 30)
        given = {
            opened[story]: Given(story.course.outcome, None)
            for story in STORIES
            if story.course.answered == days
            and story.territory == territory
            and isinstance(story.course.outcome, ParquetAnswerValue)
        }
        with acting(house, _parquet_of(territory)) as uow:
            answer(uow, given)


def _parquet_of(territory: str) -> str:
    return next(
        persona.email for persona in PERSONAS if persona.role is Role.PARQUET and persona.territory == territory
    )


def _begin_draft(house: House, timeline: Timeline) -> None:
    timeline.at(DRAFT.course.received, 17, 5)
    minor = DRAFT.minor
    with acting(house, f"{DRAFT.author}@{DOMAIN}") as uow:
        draft = begin(uow, StartForm(**start(minor)))
        timeline.later(6)
        typed = {"last_name": minor.last_name, "first_name": minor.first_name, "estimated_age": str(minor.age)}
        save(uow, draft.reference, typed)
