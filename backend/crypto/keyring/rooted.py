"""What the root wraps: keys of cells and of the service, opened in memory for minutes (architecture.md section 4).

The root is asked once per key and `CACHE_LIFE`, so that a hardware module is not in every request.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from backend.crypto.keystore import HolderKey, HolderKind, RootGeneration, ServiceKey, ServiceKeyRecord
from backend.crypto.providers import RootKeyError, RootProvider
from backend.crypto.signing import new_ed25519, new_es256
from backend.crypto.wrapping import bind, new_key
from backend.kernel.clock import Clock

CACHE_LIFE = timedelta(seconds=300)
"""How long an opened key stays in memory; a retired generation is not destroyed sooner."""

FIRST_GENERATION = 1

CHECK = b"cenacle"
"""What each root generation wraps, so that another key is recognised."""


@dataclass(slots=True, eq=False, repr=False)
class Root:
    """The root's provider, and the keys it opened, kept for `CACHE_LIFE`; a clock that goes back forgets them too."""

    provider: RootProvider
    clock: Clock
    _kept: dict[Hashable, tuple[datetime, bytes]] = field(default_factory=dict)

    def wrap(self, secret: bytes, *use: object) -> bytes:
        """Wrap a secret for a use, under the present generation of the root."""
        return self.provider.wrap(secret, bind(*use, self.provider.generation))

    def unwrap(self, wrapped: bytes, *use: object) -> bytes:
        """Open a secret; the last part of its use is the generation of the root that wrapped it."""
        return self.provider.unwrap(wrapped, bind(*use))

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
        use = ("holder-key", row.kind, row.holder, row.generation, row.root_generation)
        return self.kept((use, row.wrapped), lambda: self.unwrap(row.wrapped, *use))

    def service_key(self, row: ServiceKeyRecord) -> bytes:
        """Open a key of the service. Raise `RootKeyError` when the row was altered."""
        return self.unwrap(row.wrapped, "service-key", row.kind, row.generation, row.root_generation)


def _fresh(since: datetime, now: datetime) -> bool:
    return timedelta(0) <= now - since < CACHE_LIFE


def add_root_generation(session: Session, root: Root) -> None:
    """Write the check value of the root's present generation."""
    check = root.wrap(CHECK, "root-check")
    session.add(RootGeneration(generation=root.provider.generation, check_value=check, created_at=root.clock()))
    session.flush()  # the keys that come next refer to it


def check_root(session: Session, root: Root) -> None:
    """Raise `RootKeyError` when this root is not the one that these stores were made under."""
    row = session.get(RootGeneration, root.provider.generation)
    if row is None:
        raise RootKeyError(
            "Le magasin des clés ne connaît pas cette clé racine. Si le service n'a jamais été installé, lancez "
            "« cenacle init » ; sinon, remettez la clé racine d'origine."
        )
    root.unwrap(row.check_value, "root-check", row.generation)


def add_holder_key(session: Session, root: Root, kind: HolderKind, holder: UUID, generation: int) -> None:
    """Draw a generation of one of a cell's keys, active from now on."""
    session.add(
        HolderKey(
            kind=kind,
            holder=holder,
            generation=generation,
            root_generation=root.provider.generation,
            wrapped=root.wrap(new_key(), "holder-key", kind, holder, generation),
            created_at=root.clock(),
        )
    )


def active_holder_key(session: Session, kind: HolderKind, holder: UUID) -> HolderKey:
    """Give the active generation of one of a cell's keys; raise `LookupError` for a cell that has none."""
    row = session.scalar(
        sa.select(HolderKey).where(
            col(HolderKey.kind) == kind, col(HolderKey.holder) == holder, col(HolderKey.retired_at).is_(None)
        )
    )
    if row is None:
        raise LookupError(f"no active {kind} key")
    return row


def add_service_key(session: Session, root: Root, kind: ServiceKey) -> None:
    """Draw a key of the service."""
    private, public = _draw(kind)
    session.add(
        ServiceKeyRecord(
            kind=kind,
            generation=FIRST_GENERATION,
            root_generation=root.provider.generation,
            wrapped=root.wrap(private, "service-key", kind, FIRST_GENERATION),
            public=public,
            created_at=root.clock(),
        )
    )


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
