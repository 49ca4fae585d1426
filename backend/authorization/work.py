"""The unit of work: one request or command, one transaction on `main`, one actor (architecture.md principle 7).

Only the boundary opens and so commits one; verbs receive it. What must follow a commit (destroying a replaced key,
sealing the journal) is handed to `after_commit` and runs once the transaction is durable.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from backend.audit.events import Event
from backend.audit.journal import Journal
from backend.authorization.actor import ANONYMOUS, Actor
from backend.authorization.row_security import enter_rows, hand_over, reaching
from backend.counts.deltas import add_delta
from backend.crypto.keyring import Keyring
from backend.kernel.clock import Clock, paris_day
from backend.kernel.database import MainRow, Stores
from backend.kernel.errors import SignInRequired, Unavailable
from backend.settings import Settings
from policies.algebra import Circumstances
from policies.indicator_words import Indicator
from policies.months import month_of
from policies.retention import Kind
from policies.vocabulary import Word

LOG = logging.getLogger("cenacle")

Handlers = Mapping[type[Event], tuple[Callable[["UnitOfWork", Any], None], ...]]
"""What follows from an event in a feature that the one which records it may not import; composed by `app`."""


Sweeps = tuple[tuple[Kind, Callable[["UnitOfWork"], int]], ...]
"""What goes by its age alone in the features that the purge may not import: its kind, and what destroys it and gives
how many; composed by `app`."""


@dataclass(slots=True)
class UnitOfWork:
    """What a verb works with: the session on `main`, the actor, the clock, the journal, the keyring."""

    session: Session
    stores: Stores
    clock: Clock
    journal: Journal
    keyring: Keyring
    settings: Settings
    actor: Actor = ANONYMOUS
    handlers: Handlers = field(default_factory=dict)
    archive: UUID | None = None
    _after_commit: list[Callable[[], object]] = field(default_factory=list)

    def enter(self, actor: Actor) -> None:
        """Act as somebody from here on; PostgreSQL's row-level security is told too."""
        self.actor = actor
        enter_rows(self.session, actor)

    def hand_over(self, cell: UUID) -> None:
        """Let this transaction give rows to a cell that the actor does not read; the gate opens nothing of it."""
        hand_over(self.session, cell)

    def reaching(self, account: UUID) -> AbstractContextManager[None]:
        """Let this transaction reach what is one account's alone, for what goes with its person; the actor stays."""
        return reaching(self.session, account)

    def account(self) -> UUID:
        """Give the account of the person who acts; raise `SignInRequired` when nobody is signed in."""
        if self.actor.account is None:
            raise SignInRequired
        return self.actor.account

    def now(self) -> datetime:
        """Give the present instant, in UTC."""
        return self.clock()

    def today(self) -> date:
        """Give the present day in Paris."""
        return paris_day(self.clock())

    def circumstances(self) -> Circumstances:
        """Give what the rules are read against."""
        return Circumstances(self.actor, self.now(), self._related)

    def _related(self, table: str, key: object) -> object | None:
        columns = MainRow.metadata.tables[table]
        return self.session.execute(sa.select(columns).where(columns.c.id == key)).one_or_none()

    def record(self, event: Event) -> None:
        """Write an event in the journal's outbox, then let its handlers follow, in this very transaction.

        An error of a handler is the verb's: it rolls everything back.
        """
        self.journal.record(self.session, event, account=self.actor.account, at=self.now())
        for handle in self.handlers.get(type(event), ()):
            handle(self, event)

    def count(
        self, indicator: Indicator, cell: UUID, value: Word | None = None, by: int = 1, *, on: date | None = None
    ) -> None:
        """Add an anonymous delta to an indicator of a cell, for the month of a day: the present one unless told."""
        add_delta(self.session, indicator, cell, month=month_of(on or self.today()), value=value, by=by)

    def count_delay(self, indicator: Indicator, cell: UUID, since: datetime) -> None:
        """Add one to the histogram of a delay of a cell: the days of Paris from an instant to today."""
        days = (self.today() - paris_day(since)).days
        add_delta(self.session, indicator, cell, month=month_of(self.today()), value=str(days), by=1)

    def after_commit(self, act: Callable[[], object]) -> None:
        """Run an act once the transaction is durable; it must be safe to lose, a job would redo it."""
        self._after_commit.append(act)


@dataclass(frozen=True, slots=True)
class House:
    """What a process holds for its whole life, built once from the settings."""

    settings: Settings
    stores: Stores
    clock: Clock
    journal: Journal
    keyring: Keyring
    handlers: Handlers = field(default_factory=dict)
    sweeps: Sweeps = ()

    @contextmanager
    def transaction(self, actor: Actor = ANONYMOUS) -> Iterator[UnitOfWork]:
        """Open a unit of work: committed at the end, rolled back on any exception."""
        with self._committed(actor) as uow:
            yield uow
        for act in uow._after_commit:  # noqa: SLF001  the house runs what its own unit of work collected
            try:
                act()
            except (SQLAlchemyError, Unavailable) as fault:
                # The change is durable: an error here would tell the person that it is not.
                LOG.warning("an act after commit is left to the next start: %s", type(fault).__name__)
        self.journal.seal_after_commit()

    @contextmanager
    def _committed(self, actor: Actor) -> Iterator[UnitOfWork]:
        uow: UnitOfWork | None = None
        try:
            with self.stores.main.transaction() as session:
                uow = UnitOfWork(
                    session,
                    self.stores,
                    self.clock,
                    self.journal,
                    self.keyring,
                    self.settings,
                    handlers=self.handlers,
                )
                uow.enter(actor)
                yield uow
        except BaseException:
            if uow is not None:
                self.journal.forget(uow.session)
            raise
