"""A cell with its agreement and situations sealed for real, at any stage and age, on both engines."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.vault import Value, new_subject, seal_into
from backend.authorization.work import House
from backend.cells.models import Cell, RecordedAct
from backend.cells.states import ActState
from backend.crypto.keystore import SearchToken, SubjectRecord, SubjectWrap, TombstoneRecord
from backend.crypto.names import tokens
from backend.kernel.clock import DrivenClock, paris_instant
from backend.kernel.identifiers import new_id
from backend.purge.actions.running import run
from backend.purge.models import PurgeNotice, PurgeRun, PurgeTally
from backend.research.models import PriorResearch
from backend.situations.models import Situation, SituationPerson
from policies.charter_words import CharterKind
from policies.go_live import RequiredAct
from policies.retention import Kind
from policies.retention_words import RecordCategory, RunState, Verdict
from policies.vocabulary import Role, Stage
from tests.support.access import import_tables
from tests.support.house import MORNING, new_house

import_tables()
TODAY = MORNING.date()
PERSON: dict[str, Value] = {
    "last_name": "Aubin",
    "first_name": "Éloïse",
    "birth": {"date": "2012-03-16"},
    "sex": "female",
    "residence": "known",
    "arrondissement": "13",
    "quartier": "49",
    "school_level": "middle",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A house in which the purge works, and its two cells; only the first one has an elimination agreement."""

    house: House
    clock: DrivenClock
    cell: UUID
    other_cell: UUID

    def add(self, stage: Stage, *, cell: UUID | None = None, note: bool = False, **facts: object) -> Situation:
        """Add a situation of a stage; facts name its columns, and a day stands for its noon."""
        instants: dict[str, Any] = {
            name: paris_instant(value, time(12)) if type(value) is date else value for name, value in facts.items()
        }
        row = Situation(
            id=new_id(),
            cell_id=cell or self.cell,
            charter_version="cenomed-2023",
            stage=stage,
            **{"received_at": MORNING, "majority_month": "2030-03", **instants},
        )
        with self.house.transaction() as uow:
            uow.hand_over(row.cell_id)
            person = SituationPerson(id=new_id(), situation_id=row.id, cell_id=row.cell_id)
            key = new_subject(uow, row.id, row.cell_id, tokens("Aubin", "Éloïse", date(2012, 3, 16)))
            seal_into(person, key, PERSON)
            uow.session.add(row)
            uow.session.flush()
            uow.session.add(person)
            if note:
                kept = PriorResearch(
                    id=new_id(),
                    situation_id=row.id,
                    cell_id=row.cell_id,
                    account_id=new_id(),
                    role=Role.POLICE,
                    prepared_at=uow.now(),
                )
                seal_into(kept, new_subject(uow, kept.id, row.cell_id), {"value": "nothing", "note": "gardée"})
                uow.session.add(kept)
        return row

    def agree(
        self,
        cell: UUID | None = None,
        ends: date | None = None,
        issued: date = date(2024, 1, 2),
        categories: Collection[RecordCategory] = tuple(RecordCategory),
    ) -> RecordedAct:
        """Record an elimination agreement, confirmed."""
        act = RecordedAct(
            cell_id=cell or self.cell,
            kind=RequiredAct.ELIMINATION,
            state=ActState.CONFIRMED,
            number="2024-17",
            issued_on=issued,
            authority="Archives de Paris",
            ends_on=ends,
            categories=tuple(categories),
            file_sha256="0" * 64,
            entered_by=new_id(),
            entered_at=MORNING,
        )
        with self.house.stores.main.transaction() as session:
            session.add(act)
        return act

    def days(self, count: int) -> None:
        """Let days pass, one run on each."""
        for _ in range(count):
            self.clock.advance(timedelta(days=1))
            self.run()

    def run(self) -> PurgeRun | None:
        """Make the run of the day and give its row."""
        made = run(self.house)
        self.house.journal.seal_outbox()  # beside PostgreSQL another process does, each second
        if made is None:
            return None
        with self.house.transaction() as uow:
            return uow.session.get_one(PurgeRun, made)

    def last(self) -> PurgeRun:
        """Give the last run."""
        with self.house.transaction() as uow:
            return uow.session.scalars(sa.select(PurgeRun).order_by(col(PurgeRun.started_at).desc()).limit(1)).one()

    def situation(self, identifier: UUID) -> Situation | None:
        """Give a situation as it stands, None once it is destroyed."""
        with self.house.transaction() as uow:
            uow.hand_over(self.cell)
            uow.hand_over(self.other_cell)
            return uow.session.get(Situation, identifier)

    def notice(self, identifier: UUID) -> PurgeNotice | None:
        """Give the notice of a situation, or None."""
        with self.house.transaction() as uow:
            uow.hand_over(self.cell)
            uow.hand_over(self.other_cell)
            return uow.session.scalar(sa.select(PurgeNotice).where(col(PurgeNotice.situation_id) == identifier))

    def kept(self, subject: UUID) -> tuple[int, int, int, int]:
        """Count what `keys` holds of a subject: its record, wraps, tokens and tombstone."""
        models = (SubjectRecord, SubjectWrap, SearchToken, TombstoneRecord)
        with self.house.stores.keys.transaction() as session:
            counts = [
                session.scalar(sa.select(sa.func.count()).where(col(model.subject) == subject)) or 0 for model in models
            ]
        return counts[0], counts[1], counts[2], counts[3]

    def tally(self, verdict: Verdict) -> dict[str, int]:
        """Give what the last run counted in one way, by category."""
        last = self.last()
        with self.house.transaction() as uow:
            rows = uow.session.scalars(
                sa.select(PurgeTally).where(col(PurgeTally.run_id) == last.id, col(PurgeTally.verdict) == verdict)
            )
            found: dict[str, int] = {}
            for row in rows:
                found[row.kind.value] = found.get(row.kind.value, 0) + row.number
            return found

    def agreements_of_destroyed(self) -> dict[Kind, str | None]:
        """Give the agreement under which situations of each rule were destroyed, in whatever run."""
        statement = sa.select(PurgeTally).where(
            col(PurgeTally.verdict) == Verdict.DESTROYED, col(PurgeTally.cell_id).is_not(None)
        )
        with self.house.transaction() as uow:
            return {row.kind: row.agreement for row in uow.session.scalars(statement)}


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(MORNING)


@pytest.fixture
def house(store_urls: dict[str, str], tmp_path: Path, clock: DrivenClock) -> Iterator[House]:
    built = new_house(store_urls, tmp_path, clock)
    yield built
    built.stores.dispose()


@pytest.fixture
def scene(house: House, clock: DrivenClock) -> Scene:
    cells = [
        Cell(
            id=new_id(),
            kind=CharterKind.CENOMED,
            territory=territory,
            name=f"CENOMED du {territory}e",
            charter_version="cenomed-2023",
            opened_on=date(2024, 1, 1),
        )
        for territory in ("13", "18")
    ]
    for cell in cells:
        house.keyring.create_cell(cell.id)
    with house.stores.main.transaction() as session:
        session.add_all(cells)
    found = Scene(house, clock, cells[0].id, cells[1].id)
    found.agree()
    return found


def fill(scene: Scene, count: int = 20, cell: UUID | None = None) -> None:
    """Add situations that are far from their end, so that a few are no large part of the cell."""
    for _ in range(count):
        scene.add(Stage.RECEIVED, cell=cell, received_at=scene.clock())


def finished(made: PurgeRun | None) -> bool:
    """Tell whether a run went to its end."""
    return made is not None and made.state is RunState.FINISHED


def at(day: date, hour: int = 12) -> datetime:
    """Give an hour of Paris on a day."""
    return paris_instant(day, time(hour))
