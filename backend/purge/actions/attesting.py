"""Attest a run: what went, by which rule and under which agreement, signed so that anybody may verify it offline.

Two dates: destroyed on, and irrecoverable from, when the last backup of the keys that held them has expired.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Reference
from backend.authorization.work import House, UnitOfWork
from backend.cells.models import Cell, RecordedAct
from backend.crypto.attestations import signed
from backend.crypto.keyring import ServiceKey
from backend.purge.events import RunFinished
from backend.purge.models import PurgeRun, PurgeTally
from backend.purge.queries.rows import durations_on
from policies.retention import Kind
from policies.retention_words import RunState, Verdict

FORMAT = "cenacle-attestation-1"


def attest(house: House, run: UUID) -> None:
    """Rewrite the tables of keys, then sign what the run did; the run is over.

    Where the tables could not be rewritten, the attestation gives no date from which nothing can be recovered.
    """
    rewritten = house.keyring.leave_no_trace()
    checkpoint = house.journal.checkpoint() or ""
    with house.transaction() as uow:
        row = uow.session.get_one(PurgeRun, run, with_for_update=True)
        row.finished_at = uow.now()
        row.state = RunState.FINISHED
        row.version += 1
        document = _document(uow, row, checkpoint, rewritten=rewritten)
        row.attestation = signed(uow.keyring.service_key(ServiceKey.ATTESTATION), document)
        statement = sa.select(sa.func.coalesce(sa.func.sum(col(PurgeTally.number)), 0)).where(
            col(PurgeTally.run_id) == run,
            col(PurgeTally.verdict) == Verdict.DESTROYED,
            col(PurgeTally.cell_id).is_not(None),
        )
        uow.record(RunFinished(Reference(row.reference), int(uow.session.scalar(statement) or 0)))


def _document(uow: UnitOfWork, row: PurgeRun, checkpoint: str, *, rewritten: bool) -> dict[str, object]:
    durations = durations_on(uow.session, row.day)
    backup = timedelta(days=durations.rule(Kind.KEYS_BACKUP).days or 0)
    finished = row.finished_at or uow.now()
    return {
        "format": FORMAT,
        "run": row.reference,
        "mode": uow.settings.mode,
        "started_at": row.started_at.isoformat(),
        "finished_at": finished.isoformat(),
        "destroyed_on": row.day.isoformat(),
        "irrecoverable_from": (row.day + backup).isoformat() if rewritten else None,
        "durations_sha256": durations.fingerprint(),
        "journal_checkpoint": checkpoint,
        "confirmed": row.confirmed_at is not None,
        "counts": _counts(uow, row),
    }


def _counts(uow: UnitOfWork, row: PurgeRun) -> list[Mapping[str, object]]:
    statement = (
        sa.select(PurgeTally, Cell, RecordedAct)
        .outerjoin(Cell, col(Cell.id) == col(PurgeTally.cell_id))
        .outerjoin(RecordedAct, col(RecordedAct.reference) == col(PurgeTally.agreement))
        .where(col(PurgeTally.run_id) == row.id)
        .order_by(col(PurgeTally.verdict), col(PurgeTally.kind), col(Cell.reference), col(PurgeTally.agreement))
    )
    return [
        {
            "verdict": tally.verdict.value,
            "category": tally.kind.value,
            "label": tally.kind.label,
            "cell": None if cell is None else cell.name,
            "agreement": None if act is None else f"{act.number} du {act.issued_on:%d/%m/%Y}, {act.authority}",
            "number": tally.number,
        }
        for tally, cell, act in uow.session.execute(statement)
    ]


def attestation_key(uow: UnitOfWork) -> bytes:
    """Give the public key that verifies the attestations: 32 raw bytes."""
    return uow.keyring.public_key(ServiceKey.ATTESTATION)
