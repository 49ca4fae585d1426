"""Put back what protected somebody since the backup: limitations, erasures, locks; and stop the purge.

The rows that came back forgot it; the journal did not. What freed somebody meanwhile is never applied: it is listed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.audit.events import Event, Reference
from backend.authorization.work import House, UnitOfWork
from backend.custody.actions.reapplying import AT_ONCE, EMPTIED, cells
from backend.custody.actions.retelling import Told, told
from backend.orientations.actions.transmitting import limit_transmissions
from backend.purge.actions.announcing import lock_again, take_out
from backend.purge.actions.switching import stop_restored
from backend.purge.events import CustodyChanged
from backend.rights.events import ErasureDecided, SituationFreed, SituationFrozen
from backend.signalements.events import SituationMerged, SituationMoved
from backend.situations.models import Situation
from policies.retention_words import Custody, Verdict

_PROTECTING: tuple[type[Event], ...] = (
    SituationFrozen,
    SituationFreed,
    ErasureDecided,
    CustodyChanged,
    SituationMerged,
    SituationMoved,
)
"""What is heard; what freed a situation only says that nothing is to be put back."""

_OUT: Mapping[str, Custody] = {Verdict.LOCKED.value: Custody.LOCKED, Verdict.ARCHIVED.value: Custody.ARCHIVED}
"""Where a verdict puts a situation that it takes out of the active base."""


@dataclass(slots=True)
class _Protected:
    """What the journal says protects each situation, by reference: since when, and out of which lists."""

    frozen: dict[str, datetime] = field(default_factory=dict)
    erased: dict[str, datetime] = field(default_factory=dict)
    out: dict[str, Custody] = field(default_factory=dict)
    successors: dict[str, str] = field(default_factory=dict)

    def hear(self, event: Told) -> None:
        """Take one event in, in the order of the journal."""
        values = event.values
        if event.name == SituationMerged.name:
            self.successors[values["absorbed"]] = values["situation"]
        elif event.name == SituationMoved.name:
            self.successors[values["situation"]] = values["successor"]
        elif event.name == SituationFrozen.name:
            self.frozen.setdefault(values["situation"], event.at)
        elif event.name == SituationFreed.name:
            self.frozen.pop(values["situation"], None)
        elif event.name == ErasureDecided.name:
            self.erased[values["situation"]] = event.at
        elif values["verdict"] in _OUT:
            self.out[values["situation"]] = _OUT[values["verdict"]]
        else:
            self.out.pop(values["situation"], None)

    def names(self) -> set[str]:
        """Give every situation that something protects, what it absorbed or follows included."""
        return {*self.frozen, *self.erased, *self.out, *self.successors}

    def last(self, situation: str) -> str:
        """Give the situation that holds today what another one held: what protects the one protects the other."""
        while situation in self.successors:
            situation = self.successors[situation]
        return situation


def protect_again(house: House, since: datetime | None) -> int:
    """Apply to the restored rows what protected somebody after an instant; give how many situations it changed.

    Limitation and erasure keep their first day (RGPD, articles 17 and 18). The purge is stopped until the DPO puts it
    back: an agreement withdrawn or a switch pressed since the backup is forgotten. Nothing without an instant.
    """
    if since is None:
        return 0
    with house.transaction() as uow:
        stop_restored(uow)
    protected = _Protected()
    for event in told(house, _PROTECTING, since):
        protected.hear(event)
    changed = 0
    for cell in cells(house):
        with house.transaction() as uow:
            uow.hand_over(cell)
            changed += sum(_protect(uow, row, protected) for row in _rows(uow, cell, protected))
        with house.transaction() as uow:
            uow.hand_over(cell)
            # The keys in any case: the rows may say already what a kill left undone.
            lock_again(uow, cell)
    return changed


def _rows(uow: UnitOfWork, cell: UUID, protected: _Protected) -> Sequence[Situation]:
    named = sorted(protected.names())
    found: list[Situation] = []
    for start in range(0, len(named), AT_ONCE):
        statement = sa.select(Situation).where(
            col(Situation.cell_id) == cell,
            col(Situation.reference).in_(named[start : start + AT_ONCE]),
            col(Situation.stage).not_in(EMPTIED),
        )
        found += uow.session.scalars(statement.with_for_update())
    return found


def _protect(uow: UnitOfWork, row: Situation, protected: _Protected) -> bool:
    last = protected.last(row.reference)
    frozen, erased = protected.frozen.get(last), protected.erased.get(last)
    out = Custody.LOCKED if erased else protected.out.get(last)
    freezing, erasing = frozen is not None and row.limited_at is None, erased is not None and row.erased_at is None
    leaving = out is not None and row.custody is Custody.ACTIVE
    if freezing:
        row.limited_at = frozen
        limit_transmissions(uow, row.id, frozen)
        uow.record(SituationFrozen(Reference(row.reference)))
    if erasing:
        row.erased_at = erased
        uow.record(ErasureDecided(Reference(row.reference)))
    if leaving and out is not None:
        take_out(uow, row, out)
    if freezing or erasing:
        row.version += 1
    return freezing or erasing or leaving
