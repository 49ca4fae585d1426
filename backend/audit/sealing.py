"""The sealer: takes what waits in the outbox of `main` and appends it to the tree of `journal` (architecture.md 5).

Commits in `journal`, then deletes from `main`: killed between the two, it finds the events already there and only
deletes. It never extends a tree that contradicts the last checkpoint it signed, in either store.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from backend.audit.bodies import SALT_SIZE, Body, is_authentic, leaf_data, read_body
from backend.audit.checkpoints import BadCheckpointError, Checkpoint, open_note, public_half, sign
from backend.audit.merkle import Place, completed, hash_leaf, hash_node, peaks, root
from backend.audit.models import (
    JournalCheckpoint,
    JournalEntry,
    JournalLeaf,
    JournalNode,
    JournalOutbox,
    JournalSubject,
    JournalWatermark,
)
from backend.audit.reading import read_rows
from backend.audit.tree import root_of, size_of, stored_hashes, stored_root
from backend.kernel.database import Store, Stores

BATCH = 500
"""Events appended in one transaction, under one signed checkpoint."""


Waiting = tuple[JournalOutbox, Body]
"""A row of the outbox, with what it says."""


class SecondSealerError(Exception):
    """Another sealer appended to the tree at the same moment; nothing was lost, this one must stop."""


class ContradictedError(Exception):
    """The stored journal does not extend the last signed checkpoint: it was rewritten, truncated or replaced."""


@dataclass(frozen=True, slots=True)
class _Signed:
    size: int
    note: str


def seal(stores: Stores, mac_key: bytes, log_key: bytes) -> int:
    """Seal every authentic event that waits, oldest first, and give their number; the others stay as evidence.

    Raise `SecondSealerError`, `ContradictedError` or `UnreadableError`, each before its batch is written.
    """
    with stores.main.transaction() as session:
        rows = read_rows(
            session,
            select(JournalOutbox).order_by(
                col(JournalOutbox.recorded_at), col(JournalOutbox.writer), col(JournalOutbox.sequence)
            ),
        )
        watermark = next(iter(read_rows(session, select(JournalWatermark))), None)
    waiting = [(row, read_body(row.body)) for row in rows if is_authentic(mac_key, row.body, row.mac)]
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        try:
            with stores.journal.transaction() as session:
                _read_one_instant(session)
                signed = _append(session, batch, watermark, log_key)
        except IntegrityError:
            raise SecondSealerError from None
        _release(stores.main, batch, signed)
    return len(waiting)


def _read_one_instant(session: Session) -> None:
    """Read checkpoint and size as of one instant: another sealer that commits in between is no contradiction."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _append(session: Session, batch: Sequence[Waiting], watermark: JournalWatermark | None, log_key: bytes) -> _Signed:
    last, size, known = _continued(session, watermark, public_half(log_key))
    sealed = set(
        session.exec(select(JournalLeaf.event).where(col(JournalLeaf.event).in_([body.event for _row, body in batch])))
    )
    new = [(row, body) for row, body in batch if body.event not in sealed]
    if last is not None and not new:
        return last
    nodes: list[Place] = []
    leaves, entries, subjects = [], [], []
    for number, (row, body) in enumerate(new, start=size):
        salt = secrets.token_bytes(SALT_SIZE)
        known[Place(0, number)] = hash_leaf(leaf_data(salt, row.mac, row.body))
        for parent, left, right in completed(number):
            known[parent] = hash_node(known[left], known[right])
            nodes.append(parent)
        leaves.append({"number": number, "event": body.event, "hash": known[Place(0, number)]})
        entries.append(
            {
                "leaf": number,
                "writer": body.writer,
                "sequence": body.sequence,
                "recorded_at": body.at,
                "name": body.name,
                "account": body.account,
                "body": row.body,
                "mac": row.mac,
                "salt": salt,
            }
        )
        subjects += [{"leaf": number, "reference": reference} for reference in sorted(body.references())]
    reached = size + len(new)
    signed = _Signed(reached, sign(Checkpoint(reached, root([known[place] for place in peaks(reached)])), log_key))
    for table, lines in (
        (JournalLeaf, leaves),
        (JournalEntry, entries),
        (JournalSubject, subjects),
        (JournalNode, [{"level": place.level, "number": place.number, "hash": known[place]} for place in nodes]),
        (JournalCheckpoint, [{"size": signed.size, "note": signed.note}]),
    ):
        if lines:
            session.execute(sa.insert(table), lines)
    return signed


def _continued(
    session: Session, watermark: JournalWatermark | None, public_key: bytes
) -> tuple[_Signed | None, int, dict[Place, bytes]]:
    """Give the last checkpoint, the size of the tree that it signed and its peaks, to which the batch is appended.

    Raise `ContradictedError` when the tree is not the one that was signed, in either store.
    """
    last = session.exec(select(JournalCheckpoint).order_by(col(JournalCheckpoint.size).desc()).limit(1)).one_or_none()
    size = size_of(session)
    peak = stored_hashes(session, peaks(size))
    try:
        checkpoint = None if last is None else open_note(last.note, public_key)
        copied = None if watermark is None else open_note(watermark.note, public_key)
    except BadCheckpointError:
        raise ContradictedError from None
    if (0 if checkpoint is None else checkpoint.size) != size:
        raise ContradictedError
    for known in {checkpoint, copied}:  # most often the same one
        if known is None:
            continue
        if known.size > size:
            raise ContradictedError
        reached = root_of(peak, size) if known.size == size else stored_root(session, known.size)
        if reached != known.root:
            raise ContradictedError
    return None if last is None else _Signed(last.size, last.note), size, peak


def _release(main: Store, batch: Sequence[Waiting], signed: _Signed) -> None:
    with main.transaction() as session:
        session.execute(
            sa.delete(JournalOutbox).where(col(JournalOutbox.event).in_([row.event for row, _body in batch])),
            execution_options={"synchronize_session": False},
        )
        behind = sa.update(JournalWatermark).where(
            col(JournalWatermark.id) == 1, col(JournalWatermark.size) < signed.size
        )
        moved = session.execute(behind.values(size=signed.size, note=signed.note).returning(col(JournalWatermark.id)))
        if moved.one_or_none() is None and session.get(JournalWatermark, 1) is None:
            session.add(JournalWatermark(id=1, size=signed.size, note=signed.note))
