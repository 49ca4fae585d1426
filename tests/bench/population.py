"""Plausible fictitious situations in bulk, through the code that seals, wraps and indexes those of real cells.

What the verbs do one by one is done here by batches of rows; no key, tag, token or format is made in another way. The
names follow the frequency of French ones: the most frequent surname is borne by one person in two hundred, and the
frequency falls as the rank rises (a power law, hypothesis).
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import SQLModel

from backend.authorization.vault import Value, seal_into
from backend.authorization.work import House
from backend.counts.deltas import CountDelta
from backend.crypto.blind_index import digests
from backend.crypto.keyring.rooted import active_holder_key
from backend.crypto.keyring.wraps import binding_of
from backend.crypto.keystore import HolderKind, SearchToken, SubjectRecord, SubjectWrap
from backend.crypto.names import tokens
from backend.crypto.providers import FIRST_GENERATION
from backend.crypto.sealed import SubjectKey
from backend.crypto.wrapping import new_key, wrap
from backend.kernel.clock import paris_day
from backend.kernel.identifiers import new_id, new_reference
from backend.purge.models import PurgeNotice
from backend.signalements.models import Receipt, Signalement
from backend.signalements.states import FactsState
from backend.situations.models import Situation, SituationPerson
from policies.indicator_words import Indicator
from policies.months import month_of
from policies.retention import DEFAULTS, Kind
from policies.retention import due as ends
from policies.retention_words import Custody
from policies.terms import latest_start
from policies.vocabulary import Origin, ReceiptStatus, Sharing, Stage
from tests.support.measure_matching import CORPORA

BATCH = 1000
"""Situations made and inserted at once."""

BULK = ("cache_size=-1000000", "synchronous=OFF", "wal_autocheckpoint=50000")
"""How SQLite writes them: a gigabyte of its pages in memory, or the random places of a million references thrash it."""

MIX = (
    (Stage.CLOSED, 58),
    (Stage.NOT_RETAINED, 16),
    (Stage.INADMISSIBLE, 8),
    (Stage.RETAINED, 6),
    (Stage.FOLLOWED, 6),
    (Stage.WITH_PARQUET, 3),
    (Stage.ADMISSIBLE, 1),
    (Stage.RECEIVED, 2),
)
"""In a hundred situations, how many stand at each stage."""

SPREAD_DAYS = 50
"""Days over which they were received: near enough that no delay has moved one on, or would at the next purge."""

FREQUENT = 20.0
STEEP = 0.85
NAMES = 30_000
"""How many surnames, and how steeply their frequency falls: weight of a rank = (rank + FREQUENT) ** -STEEP."""

Rows = dict[type[SQLModel], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Person:
    """Who a situation is about."""

    last_name: str
    first_name: str
    birth: date


class Names:
    """Draws people, the same ones at each run: common names often, rare ones once."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)  # noqa: S311  a reproducible draw, not a secret
        known = (CORPORA / "population_last_names.txt").read_text(encoding="utf-8").split()
        self._first = (CORPORA / "population_first_names.txt").read_text(encoding="utf-8").split()
        known = list(dict.fromkeys(known))
        endings = ("eau", "ier", "ard", "in", "ot", "elle", "ain", "ois", "et", "ault", "as", "oux")
        made = (
            f"{name[:-2]}{middle}{end}"
            for middle in ("", "r", "l", "t", "d", "n", "v", "ch")
            for end in endings
            for name in known
        )
        self._last = list(dict.fromkeys([*known, *made]))[:NAMES]
        self._weights = list(accumulate((rank + FREQUENT) ** -STEEP for rank in range(len(self._last))))

    def person(self, today: date) -> Person:
        """Draw one minor from 8 to 17 years old."""
        [last] = self.draw.choices(self._last, cum_weights=self._weights)
        born = today - timedelta(days=self.draw.randrange(8 * 365, 17 * 365))
        return Person(last, self.draw.choice(self._first), born)


def populate(house: House, cells: Sequence[UUID], account: UUID, size: int, due: int = 0, seed: int = 2026) -> None:
    """Add `size` situations spread over some cells, then `due` more of the first cell, seen by seven daily purges."""
    for store in (house.stores.keys, house.stores.main):
        sa.event.listen(store.engine, "connect", _in_bulk)
        store.engine.dispose()
    maker = Maker(house, account, Names(seed))
    for start in range(0, size, BATCH):
        maker.add([(cells[number % len(cells)], False) for number in range(start, min(start + BATCH, size))])
    for start in range(0, due, BATCH):
        maker.add([(cells[0], True)] * (min(start + BATCH, due) - start))


def _in_bulk(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in BULK:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@dataclass(slots=True)
class Maker:
    """Makes situations and their rows in the three tables of keys and the five of `main`."""

    house: House
    account: UUID
    names: Names

    def add(self, wanted: Sequence[tuple[UUID, bool]]) -> None:
        """Add one situation for each (cell, whether it is due for destruction): keys first, then rows."""
        keys, main = self._rows(wanted)
        with self.house.stores.keys.transaction() as session:
            _insert(session.connection(), keys)
        with self.house.stores.main.transaction() as session:
            _insert(session.connection(), main)

    def _rows(self, wanted: Sequence[tuple[UUID, bool]]) -> tuple[Rows, Rows]:
        keys: Rows = {SubjectRecord: [], SubjectWrap: [], SearchToken: []}
        main: Rows = {Receipt: [], Situation: [], SituationPerson: [], Signalement: [], PurgeNotice: [], CountDelta: []}
        root, now = self.house.keyring.root, self.house.clock()
        with self.house.stores.keys.transaction() as session:
            holders = {
                cell: (
                    active_holder_key(session, HolderKind.CELL, cell),
                    active_holder_key(session, HolderKind.INDEX, cell),
                )
                for cell in {cell for cell, _ in wanted}
            }
        ciphers = {cell: AESGCM(root.holder_key(holder)) for cell, (holder, _) in holders.items()}
        indexes = {cell: root.holder_key(index) for cell, (_, index) in holders.items()}
        today = paris_day(now)
        for cell, due in wanted:
            person, subject, secret = self.names.person(today), new_id(), new_key()
            holder, _ = holders[cell]
            held = SubjectWrap(
                subject=subject,
                subject_generation=FIRST_GENERATION,
                holder_kind=holder.kind,
                holder=cell,
                holder_generation=holder.generation,
                wrapped=b"",
            )
            keys[SubjectRecord].append({"subject": subject, "created_at": now})
            wrapped = wrap(ciphers[cell], secret, binding_of(held))
            keys[SubjectWrap].append({**held.model_dump(), "wrapped": wrapped})
            found = digests(indexes[cell], tokens(person.last_name, person.first_name, person.birth))
            keys[SearchToken] += [{"digest": value, "subject": subject} for value in found]
            key = SubjectKey(subject, FIRST_GENERATION, AESGCM(secret))
            self._situation(main, cell, person, key, now, due=due)
        return keys, main

    def _situation(self, main: Rows, cell: UUID, person: Person, key: SubjectKey, now: datetime, *, due: bool) -> None:
        draw = self.names.draw
        received = now - timedelta(seconds=draw.randrange(SPREAD_DAYS * 86_400))
        [stage] = draw.choices([stage for stage, _ in MIX], [weight for _, weight in MIX])
        lapsed = None
        if due:
            ended = latest_start(paris_day(now), DEFAULTS.months(Kind.INADMISSIBLE)) - timedelta(days=20)
            received = lapsed = datetime.combine(ended, time(12), tzinfo=UTC)
            stage = Stage.INADMISSIBLE
        receipt = {
            "id": new_id(),
            "reference": new_reference(),
            "cell_id": cell,
            "account_id": self.account,
            "status": ReceiptStatus.RECEIVED,
            "return_reason": None,
            "submitted_at": received,
            "processed_at": None,
            "version": 1,
        }
        main[Receipt].append(receipt)
        main[Situation].append(_situation_row(key.subject, cell, stage, received, person, lapsed))
        main[SituationPerson].append(
            _sealed(SituationPerson, key, {"situation_id": key.subject, "cell_id": cell}, _person_values(person, draw))
        )
        plain = {
            "reference": new_reference(),
            "situation_id": key.subject,
            "cell_id": cell,
            "receipt_id": receipt["id"],
            "invitation_id": None,
            "origin": Origin.LANDLORD,
            "submitted_at": received,
            "facts_state": FactsState.NONE,
            "version": 1,
        }
        main[Signalement].append(_sealed(Signalement, key, plain, _signalement_values(draw)))
        month = month_of(paris_day(received))
        counted: tuple[tuple[Indicator, str | None], ...] = (
            (Indicator.SIGNALEMENT_RECEIVED, None),
            (Indicator.SIGNALEMENT_BY_ORIGIN, "landlord"),
            (Indicator.SIGNALEMENT_BY_MOTIVE, "MOT-02"),
            (Indicator.SIGNALEMENT_BY_MOTIVE, "MOT-06"),
        )
        main[CountDelta] += [
            {"id": new_id(), "indicator": one.value, "cell_id": cell, "month": month, "value": value, "delta": 1}
            for one, value in counted
        ]
        if due:
            due_on = ends(Kind.INADMISSIBLE, paris_day(received), DEFAULTS).day
            main[PurgeNotice].append(_notice(key.subject, cell, paris_day(now), due_on))


def _insert(connection: sa.Connection, rows: Rows) -> None:
    for model, lines in rows.items():
        if lines:
            connection.execute(sa.insert(model), lines)


def _sealed(
    model: type[SQLModel], key: SubjectKey, plain: dict[str, object], values: dict[str, Value]
) -> dict[str, Any]:
    """Give a row with its values sealed by the vault's own function; it needs a table, an identifier, attributes."""
    row: Any = SimpleNamespace(__tablename__=model.__tablename__, id=new_id(), **plain)
    seal_into(row, key, values)
    return {name: value for name, value in vars(row).items() if name != "__tablename__"}


def _situation_row(
    subject: UUID, cell: UUID, stage: Stage, received: datetime, person: Person, lapsed: datetime | None
) -> dict[str, Any]:
    closed = received + timedelta(days=1) if stage is Stage.CLOSED else None
    answered = stage in {Stage.RETAINED, Stage.NOT_RETAINED, Stage.FOLLOWED, Stage.CLOSED}
    return {
        "id": subject,
        "reference": new_reference(),
        "cell_id": cell,
        "charter_version": "cenomed-2023",
        "stage": stage,
        "sharing": Sharing.WITHHELD,
        "received_at": received,
        "majority_month": f"{person.birth.year + 18}-{person.birth.month:02}",
        "qualified_at": None if stage is Stage.RECEIVED else received,
        "answered_at": received if answered else None,
        "decided_at": received if stage is Stage.FOLLOWED else None,
        "lapsed_at": lapsed,
        "closed_at": closed,
        "exit_unread": False,
        "custody": Custody.ACTIVE,
        "returned_before": False,
        "version": 1,
    }


def _person_values(person: Person, draw: random.Random) -> dict[str, Value]:
    return {
        "last_name": person.last_name,
        "first_name": person.first_name,
        "birth": {"date": person.birth.isoformat()},
        "sex": draw.choice(("female", "male", "unknown")),
        "residence": "known",
        "arrondissement": "13",
        "quartier": str(draw.randrange(49, 53)),
        "address": f"{draw.randrange(1, 200)} rue de la Fiction, bâtiment {draw.choice('ABCDEF')}",
        "school": "Collège fictif des Peupliers",
        "school_level": draw.choice(("primary", "middle", "high")),
        "representative_name": f"Parent {person.last_name}",
        "representative_contact": "01 99 00 75 01",
    }


def _signalement_values(draw: random.Random) -> dict[str, Value]:
    return {
        "author": {"name": "Dominique Fictif", "function": "responsable de site", "institution": "Bailleur fictif"},
        "qualification": "infra_delinquency",
        "motives": {"motives": ["MOT-02", "MOT-06"], "necessities": {}},
        "circumstances": {"from": None, "until": None, "periods": [], "place_kinds": [], "place": None},
        "steps": {"steps": ["talked_family"], "insufficiencies": [draw.choice(("no_support", "not_suited"))]},
    }


def _notice(situation: UUID, cell: UUID, today: date, due_on: date) -> dict[str, Any]:
    return {
        "id": new_id(),
        "reference": new_reference(),
        "situation_id": situation,
        "cell_id": cell,
        "kind": Kind.INADMISSIBLE,
        "due_on": due_on,
        "opened_on": today - timedelta(days=30),
        "opened_at": datetime.combine(today - timedelta(days=30), datetime.min.time()).astimezone(),
        "seen": 29,
        "last_seen_on": today - timedelta(days=1),
        "version": 1,
    }


def searches(today: date, count: int, seed: int = 2026) -> Iterator[Person]:
    """Give people to look for, drawn as the stored ones are: many are there under the same name, most are not."""
    names = Names(seed + 1)
    for _ in range(count):
        yield names.person(today)
