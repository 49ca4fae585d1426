"""Proofs from the stored tree: one event under the last checkpoint, one checkpoint under another (`docs/journal.md`).

The proof of an event is a C2SP tlog-proof: its extra data are those of the leaf, so that the file is enough.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from backend.audit.bodies import MAC_SIZE, SALT_SIZE, Body, leaf_data, read_body
from backend.audit.checkpoints import BadCheckpointError, Checkpoint, open_note
from backend.audit.merkle import hash_leaf, root
from backend.audit.models import JournalCheckpoint, JournalEntry
from backend.audit.proofs import Range, consistency, covering, inclusion, is_consistent, is_included
from backend.audit.tree import size_of, stored_hashes
from backend.kernel.database import Store

HEADER = "c2sp.org/tlog-proof@v1"
"""First line of a proof (c2sp.org/tlog-proof)."""


class NothingToProveError(Exception):
    """No checkpoint covers such an event, or what it said expired."""


class BadProofError(Exception):
    """A file is not the proof of an event under a checkpoint signed by the key at hand."""


@dataclass(frozen=True, slots=True)
class Proved:
    """What a proof shows: the event's number and body, and the checkpoint that commits to it."""

    number: int
    body: Body
    checkpoint: Checkpoint


def last_note(session: Session) -> str | None:
    """Give the last signed note; None while nothing is sealed."""
    return session.exec(
        select(JournalCheckpoint.note).order_by(col(JournalCheckpoint.size).desc()).limit(1)
    ).one_or_none()


def prove_event(journal: Store, number: int, public_key: bytes) -> str:
    """Give the proof of an event under the last checkpoint; raise `NothingToProveError` when there is none.

    The extra data are salt, authentication code and body: they say what the event says.
    """
    with journal.transaction() as session:
        note = last_note(session)
        entry = session.get(JournalEntry, number)
        if note is None or entry is None:
            raise NothingToProveError
        try:
            checkpoint = open_note(note, public_key)
            steps = _hashes(session, inclusion(number, checkpoint.size))
        except (BadCheckpointError, ValueError, KeyError):
            raise NothingToProveError from None
        extra = leaf_data(entry.salt, entry.mac, entry.body)
    lines = [HEADER, f"extra {_encoded(extra)}", f"index {number}", *map(_encoded, steps)]
    return "\n".join([*lines, "", note])


def check_event(proof: str, public_key: bytes) -> Proved:
    """Read a proof back, offline; raise `BadProofError` unless the signed checkpoint commits to the event it holds."""
    head, _, note = proof.partition("\n\n")
    lines = head.split("\n")
    try:
        header, extra, index, *steps = lines
        data = base64.b64decode(extra.removeprefix("extra "), validate=True)
        number = int(index.removeprefix("index "))
        checkpoint = open_note(note, public_key)
        path = [base64.b64decode(step, validate=True) for step in steps]
        body = read_body(data[SALT_SIZE + MAC_SIZE :].decode())
    except (ValueError, BadCheckpointError):
        raise BadProofError from None
    if header != HEADER or not is_included(number, hash_leaf(data), checkpoint.size, checkpoint.root, path):
        raise BadProofError
    return Proved(number, body, checkpoint)


def prove_consistency(journal: Store, first: Checkpoint, second: Checkpoint) -> tuple[bytes, ...] | None:
    """Give the proof that nothing changed between two checkpoints, the smaller first; None when the tree has none.

    Then one of them does not commit to this journal: it was rewritten, truncated or replaced.
    """
    with journal.transaction() as session:
        if not first.size <= second.size <= size_of(session):
            return None
        try:
            steps = _hashes(session, consistency(first.size, second.size))
        except KeyError:
            return None
    return steps if is_consistent(first.size, first.root, second.size, second.root, steps) else None


def _hashes(session: Session, ranges: Sequence[Range]) -> tuple[bytes, ...]:
    """Give the hashes of a proof; raise `KeyError` for a subtree that is missing."""
    places = [covering(found) for found in ranges]
    known = stored_hashes(session, [place for some in places for place in some])
    return tuple(root([known[place] for place in some]) for some in places)


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
