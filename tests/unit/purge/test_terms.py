"""One term, two readings: what SQL finds over is what Python finds over, on both engines, whatever the facts."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col

from backend.kernel.identifiers import new_id
from backend.purge.queries.terms import ended, facts_of, lapsed, over
from backend.situations.models import Situation
from policies.retention import Decided, Durations, Kind
from policies.terms import LAPSES, TERMS, end_of, steps
from policies.vocabulary import Stage
from tests.unit.purge.conftest import Scene

SPAN = 900
ORIGIN = datetime(2025, 1, 1, 23, 30, tzinfo=UTC)
INSTANTS = (
    "qualified_at",
    "lapsed_at",
    "answered_at",
    "presented_at",
    "decided_at",
    "closed_at",
    "erased_at",
)
MEETINGS = [date(2025, 1, 31) + timedelta(days=91 * rank) for rank in range(10)]


def test_both_readings_agree_on_every_term(scene: Scene) -> None:
    draw = random.Random(20261124)  # noqa: S311  test data, the same at every run
    rows = [_drawn(scene, draw) for _ in range(400)]
    with scene.house.stores.main.transaction() as session:
        session.add_all(rows)

    @given(
        st.integers(min_value=0, max_value=SPAN + 200),
        st.sampled_from([{}, {Kind.ARCHIVE: Decided(6, "essai")}, {Kind.CLOSED: Decided(1, "essai")}]),
        st.integers(min_value=0, max_value=10),
    )
    @settings(max_examples=60)
    def compare(offset: int, decided: dict[Kind, Decided], held: int) -> None:
        today = ORIGIN.date() + timedelta(days=offset)
        durations, meetings = Durations(decided), MEETINGS[:held]
        known = {row.id: steps(facts_of(row), meetings, durations) for row in rows}
        with scene.house.stores.main.transaction() as session:

            def found(condition: sa.ColumnElement[bool]) -> set[object]:
                return set(session.scalars(sa.select(col(Situation.id)).where(condition)))

            for kind in Kind:
                terms = [term for term in TERMS if term.kind is kind]
                if not terms or (kind is Kind.ARCHIVE and not decided.get(Kind.ARCHIVE)):
                    continue
                expected = {
                    key for key, all_ in known.items() for step in all_ if step.rule.kind is kind and step.day <= today
                }
                assert found(sa.or_(*(over(term, today, meetings, durations) for term in terms))) == expected, kind
            ends = {row.id for row in rows if end_of(facts_of(row), meetings, durations).day <= today}
            assert found(ended(today, meetings, durations)) == ends
            assert found(lapsed(LAPSES[0], today, meetings, durations)) <= set(known)

    compare()


def _drawn(scene: Scene, draw: random.Random) -> Situation:
    def instant() -> datetime | None:
        return None if draw.random() < 0.4 else ORIGIN + timedelta(days=draw.randrange(SPAN), hours=draw.randrange(24))

    known: dict[str, Any] = {name: instant() for name in INSTANTS}
    return Situation(
        id=new_id(),
        cell_id=scene.cell,
        charter_version="cenomed-2023",
        stage=draw.choice(list(Stage)),
        received_at=instant() or ORIGIN,
        majority_month=f"{draw.choice([2018, 2019, 2025, 2026, 2040])}-{draw.randrange(1, 13):02d}",
        **known,
    )
