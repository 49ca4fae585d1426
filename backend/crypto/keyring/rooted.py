"""What the root wraps: keys of cells and of the service, opened in memory for minutes (architecture.md section 4).

The root is asked once per key and `CACHE_LIFE`, so that a hardware module is not in every request.
"""

import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session, col

from backend.crypto.keystore import HolderKey, HolderKind, RootGeneration, ServiceKey, ServiceKeyRecord
from backend.crypto.providers import FIRST_GENERATION, RootKeyError, RootProvider, Roots, not_this_root
from backend.crypto.signing import new_ed25519, new_es256
from backend.crypto.wrapping import WrapBroken, bind, new_key, unwrap
from backend.kernel.clock import Clock
from backend.kernel.errors import Unavailable

LOG = logging.getLogger("cenacle")

CACHE_LIFE = timedelta(seconds=300)
"""How long an opened key stays in memory; a retired generation is not destroyed sooner."""

CHECK = b"cenacle"
"""What each root generation wraps, so that another key is recognised."""


@dataclass(slots=True, eq=False, repr=False)
class Root:
    """The generations of the root, and the keys they opened, kept for `CACHE_LIFE`; a clock that goes back forgets."""

    roots: Roots
    clock: Clock
    _opened: dict[int, RootProvider] = field(default_factory=dict)
    _checked: set[int] = field(default_factory=set)
    _kept: dict[Hashable, tuple[datetime, bytes]] = field(default_factory=dict)

    def at(self, generation: int) -> RootProvider:
        """Give a generation, opened once; raise `RootKeyError` when its key is missing or ill kept."""
        if generation not in self._opened:
            self._opened = {**self._opened, generation: self.roots.at(generation)}
        return self._opened[generation]

    def wrap(self, generation: int, secret: bytes, *use: object) -> bytes:
        """Wrap a secret for a use, under a generation of the root; raise `Unavailable` when that one is not there."""
        return self._ready(generation).wrap(secret, bind(*use, generation))

    def unwrap(self, generation: int, wrapped: bytes, *use: object) -> bytes:
        """Open a secret that a generation of the root wrapped for a use.

        Raise `RootKeyError` when it was altered, `Unavailable` when that generation is not there.
        """
        return self._ready(generation).unwrap(wrapped, bind(*use, generation))

    def check(self, row: RootGeneration) -> None:
        """Raise `RootKeyError` when a generation is not the one of these stores, before anything is wrapped under it.

        Raise `Unavailable` when it is not there.
        """
        if row.generation not in self._checked:
            self.unwrap(row.generation, row.check_value, "root-check")
            self._checked.add(row.generation)

    def _ready(self, generation: int) -> RootProvider:
        try:
            return self.at(generation)
        except RootKeyError:
            # A rotation went on while this process was serving, and the new key is not within its reach.
            LOG.exception("generation %d of the root key is out of reach: see docs/runbooks", generation)
            raise Unavailable from None

    def kept(self, name: Hashable, open_key: Callable[[], bytes]) -> bytes:
        """Give a key by its name, opened again when it is not in memory or has been there for too long."""
        now = self.clock()
        known = self._kept.get(name)
        if known is not None and _fresh(known[0], now):
            return known[1]
        secret = open_key()
        # A new dictionary each time: other threads go on reading theirs, and old keys leave the memory.
        others = {key: entry for key, entry in self._kept.items() if _fresh(entry[0], now)}
        self._kept = {**others, name: (now, secret)}
        return secret

    def holder_key(self, row: HolderKey) -> bytes:
        """Open a generation of one of a cell's keys; 32 bytes. Raise `RootKeyError` when the row was altered."""
        use = holder_use(row)
        return self.kept((use, row.wrapped), lambda: self.unwrap(row.root_generation, row.wrapped, *use))

    def service_key(self, row: ServiceKeyRecord) -> bytes:
        """Open a key of the service. Raise `RootKeyError` when the row was altered."""
        return self.unwrap(row.root_generation, row.wrapped, *service_use(row))


def holder_use(row: HolderKey) -> tuple[object, ...]:
    """Say what a generation of one of a cell's keys is wrapped for."""
    return "holder-key", row.kind, row.holder, row.generation


def service_use(row: ServiceKeyRecord) -> tuple[object, ...]:
    """Say what a key of the service is wrapped for."""
    return "service-key", row.kind, row.generation


def _fresh(since: datetime, now: datetime) -> bool:
    return timedelta(0) <= now - since < CACHE_LIFE


def add_root_generation(session: Session, root: Root, generation: int) -> None:
    """Write the check value of a generation of the root, active from now on; the one before it wraps nothing more."""
    others = sa.update(RootGeneration).where(col(RootGeneration.retired_at).is_(None))
    session.execute(others.values(retired_at=root.clock()))
    check = root.wrap(generation, CHECK, "root-check")
    session.add(RootGeneration(generation=generation, check_value=check, created_at=root.clock()))
    session.flush()  # the keys that come next refer to it


def root_generations(session: Session) -> list[RootGeneration]:
    """Give the generations of the root, the oldest first; one of them is active."""
    return list(session.scalars(sa.select(RootGeneration).order_by(col(RootGeneration.generation))))


def active_root(session: Session, root: Root) -> int:
    """Give the generation that wraps, which stays active until the end of this transaction.

    Raise `RootKeyError` when the key that this process has for it is another one.
    """
    active = sa.select(RootGeneration).where(col(RootGeneration.retired_at).is_(None))
    row = session.scalars(active.with_for_update(read=True)).one()
    root.check(row)
    return row.generation


def check_root(session: Session, root: Root) -> None:
    """Raise `RootKeyError` when a generation of the root is not the one that these stores were made under."""
    rows = root_generations(session)
    if not rows:
        raise RootKeyError(
            "Le magasin des clés ne connaît pas cette clé racine. Si le service n'a jamais été installé, lancez "
            "« cenacle init » ; sinon, remettez la clé racine d'origine."
        )
    for row in rows:
        root.at(row.generation).unwrap(row.check_value, bind("root-check", row.generation))


def generation_of_key(session: Session, key: bytes) -> int:
    """Give the generation that a root key is, rebuilt from its shares; raise `RootKeyError` when it is none of these.

    `key` has 32 bytes.
    """
    for row in root_generations(session):
        try:
            unwrap(AESGCM(key), row.check_value, bind("root-check", row.generation))
        except WrapBroken:
            continue
        return row.generation
    raise not_this_root()


def add_holder_key(session: Session, root: Root, kind: HolderKind, holder: UUID, generation: int) -> None:
    """Draw a generation of one of a cell's keys, active from now on."""
    row = HolderKey(
        kind=kind,
        holder=holder,
        generation=generation,
        root_generation=active_root(session, root),
        wrapped=b"",
        created_at=root.clock(),
    )
    row.wrapped = root.wrap(row.root_generation, new_key(), *holder_use(row))
    session.add(row)


def active_holder_key(session: Session, kind: HolderKind, holder: UUID, *, lock: bool = False) -> HolderKey:
    """Give the active generation of one of a cell's keys; raise `LookupError` for a cell that has none.

    `lock` keeps it active until the end of this transaction; whoever wraps under it meanwhile does not wait.
    """
    query = sa.select(HolderKey).where(
        col(HolderKey.kind) == kind, col(HolderKey.holder) == holder, col(HolderKey.retired_at).is_(None)
    )
    row = session.scalar(query.with_for_update(key_share=True) if lock else query)
    if row is None:
        raise LookupError(f"no active {kind} key")
    return row


def add_service_key(session: Session, root: Root, kind: ServiceKey) -> None:
    """Draw a key of the service."""
    private, public = _draw(kind)
    row = ServiceKeyRecord(
        kind=kind,
        generation=FIRST_GENERATION,
        root_generation=active_root(session, root),
        wrapped=b"",
        public=public,
        created_at=root.clock(),
    )
    row.wrapped = root.wrap(row.root_generation, private, *service_use(row))
    session.add(row)


def latest_service_key(session: Session, kind: ServiceKey) -> ServiceKeyRecord:
    """Give the latest generation of a key of the service."""
    query = sa.select(ServiceKeyRecord).where(col(ServiceKeyRecord.kind) == kind)
    return session.scalars(query.order_by(col(ServiceKeyRecord.generation).desc()).limit(1)).one()


def _draw(kind: ServiceKey) -> tuple[bytes, bytes | None]:
    if kind is ServiceKey.TOKEN:
        return new_es256()
    if kind in {ServiceKey.LOG, ServiceKey.ATTESTATION}:
        return new_ed25519()
    return new_key(), None
