"""The journal: what an entry adds to a request, how long a verification takes, how long one proof takes."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Session, col

from backend.audit.checkpoints import public_half
from backend.audit.events import Event, Reference
from backend.audit.journal import Journal
from backend.audit.proving import prove_event
from backend.authorization.actor import Actor, Grant
from backend.authorization.vault import Opened, Purpose
from backend.authorization.work import House
from backend.boards.queries.lists import sheet
from backend.crypto.keyring import ServiceKey
from backend.kernel.identifiers import new_reference
from backend.situations.models import Situation
from policies.vocabulary import Role
from tests.bench.arithmetic import Spread, at_most, interleaved, ratios
from tests.bench.installation import Population, cells, coordinator, owner_of
from tests.bench.lines import Line
from tests.bench.setting import Setting

MILLION = 1_000_000
AT_ONCE = 200
"""Events written in one transaction, when only their number matters."""

PROVED = 20

READ_AT_ONCE = 10
"""Situations opened in one sample."""

SHARE = at_most(1.11)
"""A tenth of a request, when the rest of the request is what it is compared with."""


class _Mute(Journal):
    """A journal that writes nothing: what a reading costs without it."""

    def record(self, session: Session, event: Event, *, account: UUID | None, at: datetime) -> None:
        """Write nothing."""

    def seal_after_commit(self) -> None:
        """Seal nothing."""


def measure(setting: Setting) -> Iterator[Line]:
    """Give the lines of the journal on both engines."""
    entries = 5_000 if setting.quick else 50_000
    if MILLION in setting.sizes:
        entries = MILLION
    for engine in ("SQLite", "PostgreSQL"):
        installation = setting.installation(engine, Population(setting.sizes[0]), fresh=True)
        with owner_of(installation).opened() as house:
            sealer = replace(house.journal, log_key=house.keyring.service_key(ServiceKey.LOG))
            costs = interleaved([partial(_append, house), partial(_insert, house)], setting.rounds)
            yield Line(
                "inscrire 200 événements, transaction comprise",
                engine,
                None,
                "ms",
                Spread.of(costs[0]),
                ratios(*costs),
                None,
                "INSERT seul",
                Spread.of(costs[1]),
            )
            yield _share(engine, house, setting.rounds)
            for _ in range(entries // AT_ONCE):
                _append(house)
            sealer.seal_outbox()
            yield from _verification(engine, house)


def _share(engine: str, house: House, rounds: int) -> Line:
    """Compare the opening of a situation with the same one that no journal notes; nothing of HTTP is counted."""
    journal = house.journal
    mute = replace(house, journal=_Mute(journal.stores, journal.mac_key, journal.log_key, journal.clock))
    person, cell = coordinator(house), cells(house)[0]
    actor = Actor(person.id, person.institution, frozenset({Grant(Role.COORDINATOR, cell)}))
    with house.transaction(actor) as uow:
        references = uow.session.scalars(sa.select(col(Situation.reference)).limit(READ_AT_ONCE)).all()

    def opened(by: House) -> float:
        begun = time.perf_counter()
        for reference in references:
            with by.transaction(actor) as uow:
                sheet(uow, reference)
        return 1000 * (time.perf_counter() - begun) / len(references)

    opened(house)
    costs = interleaved([partial(opened, house), partial(opened, mute)], 3 * rounds)
    note = "sans HTTP ; le scellement compte sur SQLite, un autre processus le fait sur PostgreSQL"
    noted, silent = map(Spread.of, costs)
    work = "ouvrir une situation, journal compris"
    return Line(work, engine, None, "ms", noted, ratios(*costs), SHARE, "sans journal", silent, note)


def _verification(engine: str, house: House) -> Iterator[Line]:
    public = public_half(house.keyring.service_key(ServiceKey.LOG))
    found: list[int] = []

    def verified() -> float:
        begun = time.perf_counter()
        result = house.journal.verify(public)
        took = time.perf_counter() - begun
        if not result.ok:
            raise RuntimeError(result.problems)
        found.append(result.entries)
        return took * MILLION / result.entries

    def hashed() -> float:
        begun = time.perf_counter()
        for number in range(2 * found[-1]):  # as many leaves, and as many nodes
            hashlib.sha256(b"%064d" % number).digest()
        return (time.perf_counter() - begun) * MILLION / found[-1]

    costs = interleaved([verified, lambda: hashed() if found else verified()], 4)
    note = f"mesuré sur {found[-1]} entrées, ramené à un million"
    yield Line(
        "vérifier un million d'entrées",
        engine,
        None,
        "s",
        Spread.of(costs[0]),
        Spread.of(costs[0]),
        at_most(20),
        note=note,
    )
    yield Line(
        "vérifier un million d'entrées",
        engine,
        None,
        "s",
        Spread.of(costs[0]),
        ratios(*costs),
        None,
        "SHA-256 seul",
        Spread.of(costs[1]),
    )
    proofs = []
    for number in range(0, found[-1], max(1, found[-1] // PROVED)):
        begun = time.perf_counter()
        prove_event(house.stores.journal, number, public)
        proofs.append(1000 * (time.perf_counter() - begun))
    yield Line("preuve d'inclusion", engine, found[-1], "ms", Spread.of(proofs), Spread.of(proofs), at_most(5))


def _append(house: House) -> float:
    """Write events through a unit of work; they wait in the outbox."""
    account = uuid4()
    begun = time.perf_counter()
    with house.stores.main.transaction() as session:
        for _ in range(AT_ONCE):
            event = Opened(Purpose.READ, (Reference(new_reference()),))
            house.journal.record(session, event, account=account, at=house.clock())
    return 1000 * (time.perf_counter() - begun)


def _insert(house: House) -> float:
    """Insert as many rows of the same width, without number, code or guard."""
    with house.stores.main.transaction() as session:
        session.execute(sa.text("CREATE TEMPORARY TABLE IF NOT EXISTS plain (at varchar(40), body text)"))
    begun = time.perf_counter()
    with house.stores.main.transaction() as session:
        for _ in range(AT_ONCE):
            session.execute(
                sa.text("INSERT INTO plain VALUES (:at, :body)"), {"at": house.clock().isoformat(), "body": "x" * 300}
            )
    return 1000 * (time.perf_counter() - begun)
