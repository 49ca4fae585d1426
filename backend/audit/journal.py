"""The journal as the rest of the house sees it: record, seal, verify (architecture.md section 5).

An event is written in the transaction of what it tells. Numbers given to a transaction that was rolled back are
declared void by this writer's next event, so that a number that is missing without a word betrays a deletion.
"""

import logging
import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session, func, select

from backend.audit.bodies import MAC_SIZE, authenticate, body_of
from backend.audit.checkpoints import public_half
from backend.audit.events import Event
from backend.audit.expiry import expire
from backend.audit.models import JournalOutbox
from backend.audit.proving import last_note
from backend.audit.reading import UnreadableError
from backend.audit.sealing import ContradictedError, SecondSealerError, seal
from backend.audit.verification import Verification, verify
from backend.kernel.clock import Clock
from backend.kernel.database import Stores
from backend.kernel.errors import Unavailable
from backend.kernel.identifiers import new_id

_LOG = logging.getLogger(__name__)
_NUMBERS = "journal numbers"


@dataclass(frozen=True, slots=True)
class _Number:
    """A number given to a transaction that may still be rolled back, with those it declares void."""

    sequence: int
    void: tuple[int, ...]
    transaction: SessionTransaction | None

    def falls_with(self, transaction: SessionTransaction) -> bool:
        """Tell whether rolling a transaction back takes this number with it: its own, or one around it."""
        own = self.transaction
        while own is not None and own is not transaction:
            own = own.parent
        return own is not None


@dataclass(slots=True)
class Journal:
    """One writer of the journal, for the life of a process; safe to share between threads.

    `mac_key` has 32 bytes at least; `log_key`, the 32 bytes of an Ed25519 key, is given to the sealer only.
    """

    stores: Stores
    mac_key: bytes = field(repr=False)
    log_key: bytes | None = field(repr=False)
    clock: Clock
    writer: UUID = field(default_factory=new_id, init=False)
    _sequence: int = field(default=0, init=False)
    _void: list[int] = field(default_factory=list, init=False)
    _numbering: threading.Lock = field(default_factory=threading.Lock, init=False)
    _sealing: threading.Lock = field(default_factory=threading.Lock, init=False)
    _wanted: threading.Event = field(default_factory=threading.Event, init=False)

    def __post_init__(self) -> None:
        """Raise `ValueError` for a short key."""
        if len(self.mac_key) < MAC_SIZE:
            raise ValueError("the journal's authentication key is too short")
        self._wanted.set()  # what a process that was killed left in the outbox

    def record(self, session: Session, event: Event, *, account: UUID | None, at: datetime) -> None:
        """Write an event in the outbox, in the caller's transaction on `main`."""
        body = body_of(event, event_id=new_id(), writer=self.writer, account=account, at=at)
        with self._numbering:
            self._sequence += 1
            body = replace(body, sequence=self._sequence, void=tuple(sorted(self._void)))
            self._void.clear()
        text = body.text()
        session.add(
            JournalOutbox(
                event=body.event,
                writer=body.writer,
                sequence=body.sequence,
                recorded_at=body.at,
                body=text,
                mac=authenticate(self.mac_key, text),
            )
        )
        transaction = session.get_nested_transaction() or session.get_transaction()
        self._numbers(session).append(_Number(body.sequence, body.void, transaction))

    def record_refusal(self, event: Event, account: UUID | None) -> None:
        """Write a refusal in a transaction of its own, once the refused one is over: it must survive the rollback."""
        with self.stores.main.transaction() as session:
            self.record(session, event, account=account, at=self.clock())
        self.seal_after_commit()

    def forget(self, session: Session) -> None:
        """Void every number of the caller's transaction, which is about to be rolled back."""
        numbers = self._numbers(session)
        self._declare_void(numbers)
        numbers.clear()

    def seal_outbox(self) -> int:
        """Seal every event that waits and give their number; raise what `sealing.seal` raises."""
        return seal(self.stores, self.mac_key, self._log_key())

    def seal_after_commit(self) -> None:
        """Seal what was just committed, in the embedded mode only; one thread seals for those that commit meanwhile.

        Nothing is read when no event was committed since the last time. A journal that cannot be sealed must not fail
        what is already committed: it is logged, tried again after the next commit, and the lag tells.
        """
        if not self.stores.main.embedded:
            return
        while self._wanted.is_set() and self._sealing.acquire(blocking=False):
            try:
                self._wanted.clear()
                self.seal_outbox()
            except (ContradictedError, SecondSealerError, UnreadableError, Unavailable, SQLAlchemyError) as error:
                _LOG.warning("the journal was not sealed: %s", type(error).__name__)
                self._wanted.set()
                return
            finally:
                self._sealing.release()

    def lag(self) -> timedelta:
        """Give the age of the oldest event that waits; nothing waits, no lag."""
        with self.stores.main.transaction() as session:
            oldest = session.scalar(select(func.min(JournalOutbox.recorded_at)))
        return timedelta(0) if oldest is None else max(timedelta(0), self.clock() - oldest)

    def verify(self, public_key: bytes | None = None) -> Verification:
        """Verify the whole journal; the public key is the log key's own unless it is given."""
        return verify(self.stores, self.mac_key, public_key or public_half(self._log_key()), self.clock())

    def expire(self, before: datetime, public_key: bytes) -> int:
        """Expire what was recorded before an instant and give its number; raise what `expiry.expire` raises."""
        return expire(self.stores.journal, self.mac_key, public_key, before=before, now=self.clock())

    def checkpoint(self) -> str | None:
        """Give the last signed note; None while nothing is sealed."""
        with self.stores.journal.transaction() as session:
            return last_note(session)

    def _log_key(self) -> bytes:
        if self.log_key is None:
            raise ValueError("this process does not hold the journal's signing key")
        return self.log_key

    def _numbers(self, session: Session) -> list[_Number]:
        if _NUMBERS not in session.info:
            session.info[_NUMBERS] = []
            sa.event.listen(session, "after_soft_rollback", self._rolled_back)
            sa.event.listen(session, "after_commit", self._committed)
        numbers: list[_Number] = session.info[_NUMBERS]
        return numbers

    def _rolled_back(self, session: Session, transaction: SessionTransaction) -> None:
        numbers = self._numbers(session)
        fallen = [number for number in numbers if number.falls_with(transaction)]
        self._declare_void(fallen)
        numbers[:] = [number for number in numbers if number not in fallen]

    def _committed(self, session: Session) -> None:
        if not session.in_nested_transaction():
            if self._numbers(session):
                self._wanted.set()
            self._numbers(session).clear()

    def _declare_void(self, numbers: list[_Number]) -> None:
        with self._numbering:
            for number in numbers:
                self._void += [number.sequence, *number.void]
