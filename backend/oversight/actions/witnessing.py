"""What the witness cosigned, compared with the journal as it stands: who rewrote it contradicts the witness."""

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.checkpoints import BadCheckpointError, open_note
from backend.audit.cosignatures import BadWitnessError, Witness
from backend.audit.tree import size_of, stored_root
from backend.authorization.work import House
from backend.crypto.keyring import ServiceKey
from backend.oversight.models import CosignedCheckpoint
from backend.oversight.views import WitnessedView


def witnessed(house: House) -> WitnessedView:
    """Check every cosigned checkpoint that was kept: both signatures, and the root of the journal at its size.

    Raises `BadWitnessError` when the setting names no witness; without one, cosignatures themselves are not checked.
    """
    setting = house.settings.checkpoint_witness
    witness = None if setting is None else Witness.of(setting)
    with house.stores.main.transaction() as session:
        rows = session.scalars(sa.select(CosignedCheckpoint).order_by(col(CosignedCheckpoint.size))).all()
    wrong = tuple(row.size for row in rows if not _agrees(house, row, witness))
    return WitnessedView(len(rows), rows[-1].size if rows else 0, rows[-1].signed_at if rows else None, wrong)


def latest_cosigned(house: House) -> str | None:
    """Give the largest checkpoint that a witness cosigned, its line included; None when none was kept."""
    latest = sa.select(col(CosignedCheckpoint.note)).order_by(col(CosignedCheckpoint.size).desc()).limit(1)
    with house.stores.main.transaction() as session:
        return session.scalar(latest)


def is_witness(setting: str) -> bool:
    """Tell whether a setting is the verifier key of a witness."""
    try:
        Witness.of(setting)
    except BadWitnessError:
        return False
    return True


def _agrees(house: House, row: CosignedCheckpoint, witness: Witness | None) -> bool:
    try:
        checkpoint = open_note(row.note, house.keyring.public_key(ServiceKey.LOG))
    except BadCheckpointError:
        return False
    if witness is not None:
        found = witness.find(row.note, row.note)
        if found is None or found.at != row.signed_at:
            return False
    with house.stores.journal.transaction() as session:
        reached = checkpoint.size == row.size <= size_of(session)
        return reached and stored_root(session, row.size) == checkpoint.root
