"""What may be asked of the keyring: each call is one short transaction in `keys`, which never waits on `main`.

A subject's key is drawn at random, wrapped under its cell's active key, and lost for good with its wraps: only the
vault and the purge may ask for that (architecture.md sections 2 and 4).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.crypto.blind_index import digests
from backend.crypto.keyring.orphans import Known, find_orphans, reap
from backend.crypto.keyring.rooted import (
    Root,
    active_holder_key,
    add_holder_key,
    add_root_generation,
    add_service_key,
    check_root,
    latest_service_key,
)
from backend.crypto.keyring.superseded import Superseded, keep, kept, outdated, predecessors, reinstate
from backend.crypto.keyring.wraps import add_wrap, move_wraps, new_wrap, open_wraps, renew_key
from backend.crypto.keystore import (
    ERASE_TRACES,
    BackupRecord,
    HolderKind,
    KeysIdentity,
    SearchToken,
    ServiceKey,
    ServiceKeyRecord,
    SubjectRecord,
    SubjectWrap,
    TombstoneRecord,
)
from backend.crypto.names import ANCHORS, Token, TokenField
from backend.crypto.providers import FIRST_GENERATION, RootKeyError, Roots
from backend.crypto.sealed import GENERATION_BYTES, SubjectKey
from backend.crypto.wrapping import WrapBroken, bind, new_key, unwrap, wrap
from backend.kernel.clock import Clock
from backend.kernel.database import Store
from backend.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What was destroyed: a reference that people know, the subject that owned the key, a coded ground, an instant."""

    reference: str
    subject: UUID
    ground: str
    at: datetime


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Keyring:
    """The keys of one store set, under one root."""

    store: Store
    root: Root

    @classmethod
    def open(cls, store: Store, roots: Roots, clock: Clock) -> "Keyring":
        """Open the keyring of initialised stores; raise `RootKeyError` when the root is not theirs."""
        root = Root(roots, clock)
        with store.transaction() as session:
            check_root(session, root)
        return cls(store, root)

    @classmethod
    def initialise(cls, store: Store, roots: Roots, clock: Clock, mode: str, store_set: UUID) -> "Keyring":
        """Draw the service's keys in an empty store, for `init` and `demo` only; raise `RootKeyError` otherwise."""
        root = Root(roots, clock)
        with store.transaction() as session:
            if session.scalar(sa.select(sa.exists().select_from(KeysIdentity))):
                raise RootKeyError("Le magasin des clés contient déjà des clés : il n'a pas été touché.")
            session.add(KeysIdentity(mode=mode, store_set=store_set, created_at=clock()))
            add_root_generation(session, root, FIRST_GENERATION)
            for kind in ServiceKey:
                add_service_key(session, root, kind)
        return cls(store, root)

    def create_cell(self, cell: UUID) -> None:
        """Draw the keys of a new cell, one of each kind."""
        with self.store.transaction() as session:
            for kind in HolderKind:
                add_holder_key(session, self.root, kind, cell, FIRST_GENERATION)

    def create_subject(self, subject: UUID, cell: UUID, tokens: Collection[Token] = ()) -> SubjectKey:
        """Draw a subject's key, held by a cell, with its search tokens; raise `LookupError` for a cell without keys."""
        key = new_key()
        with self.store.transaction() as session:
            session.execute(sa.insert(SubjectRecord).values(subject=subject, created_at=self.root.clock()))
            add_wrap(session, self.root, new_wrap(subject, FIRST_GENERATION, HolderKind.CELL, cell), key)
            self._add_tokens(session, subject, cell, tokens)
        return SubjectKey(subject, FIRST_GENERATION, AESGCM(key))

    def open_subjects(self, wanted: Collection[tuple[UUID, UUID]]) -> dict[UUID, SubjectKey]:
        """Open the keys of (subject, cell) pairs; those destroyed, held, or of another cell are absent.

        Raise `WrapBroken` when a wrap was moved or altered.
        """
        with self.store.transaction() as session:
            return open_wraps(session, self.root, dict(wanted))

    def open_archived(self, wanted: Collection[tuple[UUID, UUID]]) -> dict[UUID, SubjectKey]:
        """Open the keys of archived (subject, cell) pairs by the archive's key; their wraps stay under it.

        Those still active, destroyed, held, or of another cell are absent. Raise `WrapBroken` as `open_subjects`.
        """
        with self.store.transaction() as session:
            return open_wraps(session, self.root, dict(wanted), HolderKind.ARCHIVE)

    def renew_subject(self, subject: UUID, cell: UUID) -> SubjectKey | None:
        """Draw a new generation of a key that is due, or take up a renewal that had begun; the older ones still open.

        None when its cell holds it no more.
        """
        with self.store.transaction() as session:
            return renew_key(session, self.root, subject, cell)

    def end_renewal(self, key: SubjectKey) -> None:
        """Note that nothing is sealed any more under the generations before this one; they stay for older backups."""
        older = sa.and_(
            col(SubjectWrap.subject) == key.subject,
            col(SubjectWrap.subject_generation) < key.generation,
            col(SubjectWrap.replaced_at).is_(None),
        )
        with self.store.transaction() as session:
            session.execute(sa.update(SubjectWrap).where(older).values(replaced_at=self.root.clock()))

    def replace_tokens(self, subject: UUID, cell: UUID, tokens: Collection[Token]) -> None:
        """Replace a subject's search tokens; raise `NotFound` when the cell no longer holds its key."""
        with self.store.erasing() as session:
            held = sa.select(SubjectWrap).where(
                col(SubjectWrap.subject) == subject,
                col(SubjectWrap.holder_kind) == HolderKind.CELL,
                col(SubjectWrap.holder) == cell,
            )
            if not session.scalars(held.with_for_update()).all():
                raise NotFound
            session.execute(sa.delete(SearchToken).where(col(SearchToken.subject) == subject))
            self._add_tokens(session, subject, cell, tokens)

    def search(self, cell: UUID, tokens: Collection[Token]) -> dict[UUID, tuple[TokenField, ...]]:
        """Give the subjects of a cell that share an anchor with these tokens, with the field of every equal token.

        A field comes once per equal token. Archived and held subjects are not found. Raise `LookupError` for a cell
        without keys.
        """
        return self._search(cell, tokens, (HolderKind.CELL,))

    def search_apart(self, cell: UUID, tokens: Collection[Token]) -> dict[UUID, tuple[TokenField, ...]]:
        """Give, as `search`, what it does not find: the archived and held subjects of a cell."""
        return self._search(cell, tokens, (HolderKind.ARCHIVE, HolderKind.HOLD))

    def _search(
        self, cell: UUID, tokens: Collection[Token], under: Collection[HolderKind]
    ) -> dict[UUID, tuple[TokenField, ...]]:
        digest, subject = col(SearchToken.digest), col(SearchToken.subject)
        with self.store.transaction() as session:
            fields = self._digests(session, cell, tokens)
            anchors = [value for value, token_field in fields.items() if token_field in ANCHORS]
            held = sa.select(col(SubjectWrap.subject)).where(
                col(SubjectWrap.subject) == subject,
                col(SubjectWrap.holder_kind).in_(sorted(under)),
                col(SubjectWrap.holder) == cell,
            )
            near = sa.select(subject).where(digest.in_(anchors))
            query = sa.select(subject, digest).where(digest.in_(fields), subject.in_(near), sa.exists(held))
            rows = session.execute(query).all()
        found: dict[UUID, tuple[TokenField, ...]] = {}
        for match, value in rows:
            found[match] = (*found.get(match, ()), fields[value])
        return found

    def destroy_subjects(self, subjects: Collection[UUID]) -> None:
        """Destroy subjects: their wraps and search tokens hang from them and go at once. Safe to repeat.

        The keys that they replaced go with them, or a copy of `main` made before would still open.
        """
        with self.store.erasing() as session:
            gone = {*subjects, *(entry.subject for entry in predecessors(session, subjects))}
            session.execute(sa.delete(SubjectRecord).where(col(SubjectRecord.subject).in_(gone)))

    def write_tombstones(self, entries: Collection[Tombstone]) -> None:
        """Write that subjects are to be destroyed, before anything is; a subject that has a tombstone keeps it.

        So are the keys that they replaced, each under its own reference and ground.
        """
        insert = sqlite.insert if self.store.embedded else postgresql.insert
        with self.store.transaction() as session:
            before = [
                Tombstone(old.reference, old.subject, old.ground, self.root.clock())
                for old in predecessors(session, [entry.subject for entry in entries])
            ]
            rows = [
                {"subject": entry.subject, "reference": entry.reference, "ground": entry.ground, "at": entry.at}
                for entry in (*entries, *before)
            ]
            if rows:
                session.execute(insert(TombstoneRecord).on_conflict_do_nothing(), rows)

    def supersede(self, entries: Collection[Superseded]) -> None:
        """Keep keys whose content was sealed again until a newer backup of `main`; nobody reads with them meanwhile."""
        with self.store.erasing() as session:
            keep(session, self.root, entries)

    def record_backup(self, store: str, taken_at: datetime, digest: str) -> None:
        """Remember a backup that was found whole; one of `main` makes the keys replaced before it was begun useless.

        They are destroyed at once on embedded stores; on PostgreSQL who saves destroys nothing, and the purge does it.
        """
        with self.store.transaction() as session:
            session.add(BackupRecord(id=uuid4(), store=store, taken_at=taken_at, digest=digest))
        if self.store.embedded:
            self.drop_superseded()

    def last_backup(self, store: str) -> datetime | None:
        """Give when the latest backup of a store was begun; None when none was ever recorded."""
        latest = sa.select(sa.func.max(col(BackupRecord.taken_at))).where(col(BackupRecord.store) == store)
        with self.store.transaction() as session:
            return session.scalar(latest)

    def drop_superseded(self) -> int:
        """Destroy the replaced keys that a newer backup of `main` makes useless; give how many."""
        with self.store.transaction() as session:
            found = outdated(session)
        if found:
            now = self.root.clock()
            self.write_tombstones([Tombstone(old.reference, old.subject, old.ground, now) for old in found])
            self.destroy_subjects([old.subject for old in found])
        return len({old.subject for old in found})

    def reinstate(self, subjects: Collection[UUID]) -> int:
        """Give replaced keys back to their cell, for a restored `main` that holds their rows; give how many."""
        with self.store.erasing() as session:
            return reinstate(session, self.root, subjects)

    def tombstoned(self, subjects: Collection[UUID]) -> frozenset[UUID]:
        """Give those of some subjects that have a tombstone."""
        subject = col(TombstoneRecord.subject)
        with self.store.transaction() as session:
            return frozenset(session.scalars(sa.select(subject).where(subject.in_(subjects))))

    def tombstones(self, after: UUID, limit: int) -> list[Tombstone]:
        """Give some tombstones in the order of their subjects, after one of them; `UUID(int=0)` gives the first."""
        subject = col(TombstoneRecord.subject)
        query = sa.select(TombstoneRecord).where(subject > after).order_by(subject).limit(limit)
        with self.store.transaction() as session:
            return [Tombstone(row.reference, row.subject, row.ground, row.at) for row in session.scalars(query)]

    def forget_tombstones(self, before: datetime) -> int:
        """Delete the tombstones written before an instant, whose subjects no backup holds any more; give how many."""
        with self.store.erasing() as session:
            gone = sa.delete(TombstoneRecord).where(col(TombstoneRecord.at) < before)
            return len(session.scalars(gone.returning(col(TombstoneRecord.subject))).all())

    def finish_tombstones(self) -> int:
        """Destroy every subject that has a tombstone and still owns a key, as a kill leaves it; give how many."""
        buried = sa.select(col(TombstoneRecord.subject))
        with self.store.transaction() as session:
            left = session.scalars(
                sa.select(col(SubjectRecord.subject)).where(col(SubjectRecord.subject).in_(buried))
            ).all()
        if left:
            self.destroy_subjects(left)
        return len(left)

    def leave_no_trace(self) -> bool:
        """Rewrite the tables of keys, so that no file holds what was deleted; tell whether it was possible.

        On PostgreSQL a deleted row stays in its page, VACUUM or not: only a table written anew and a checkpoint take it
        away, which the purger may ask (decision 0019). SQLite overwrote it already.
        """
        return self.store.embedded or self.store.rewrite(ERASE_TRACES)

    def hold(self, subjects: Collection[UUID]) -> None:
        """Lock subjects that may be neither read nor destroyed: their cell's key no longer opens them (domain.md 6)."""
        with self.store.erasing() as session:
            for kind in (HolderKind.CELL, HolderKind.ARCHIVE):
                move_wraps(session, self.root, subjects, kind, HolderKind.HOLD)

    def archive(self, subjects: Collection[UUID]) -> None:
        """Take subjects out of the active base: only the archive's key opens them from here on (domain.md 6)."""
        with self.store.erasing() as session:
            move_wraps(session, self.root, subjects, HolderKind.CELL, HolderKind.ARCHIVE)

    def release(self, subjects: Collection[UUID]) -> None:
        """Give held subjects back to their cell, but for those that were replaced: their rows are elsewhere."""
        with self.store.transaction() as session:
            held = set(subjects) - kept(session, subjects)
            move_wraps(session, self.root, held, HolderKind.HOLD, HolderKind.CELL)

    def find_orphans(self, known: Known) -> frozenset[UUID]:
        """Give keys without rows, older than an hour, twenty at most; `known` gives the subjects that `main` knows."""
        return find_orphans(self.store, known, self.root.clock())

    def reap_orphans(self, known: Known, suspects: Collection[UUID]) -> frozenset[UUID]:
        """Destroy what `find_orphans` gave, asking `known` again: from within a write transaction of `main`.

        Give those destroyed. Raise `ValueError` for more than twenty.
        """
        rows = known(suspects)
        with self.store.erasing() as session:
            return reap(session, suspects, rows, self.root.clock())

    def service_key(self, kind: ServiceKey) -> bytes:
        """Give a key of the service: 32 bytes, or a PEM for the tokens' key; at most `CACHE_LIFE` old.

        Raise `ValueError` for the credentials' key, which leaves the keyring for nobody.
        """
        if kind is ServiceKey.CREDENTIALS:
            raise ValueError("the credentials key stays in the keyring")
        return self.root.kept(kind, lambda: self.root.service_key(self._service_record(kind)))

    def public_key(self, kind: ServiceKey) -> bytes:
        """Give the public half of a signing key: 32 raw bytes (Ed25519) or a PEM (ES256).

        At most `CACHE_LIFE` old, as the key itself. Raise `ValueError` for a key that has none.
        """
        return self.root.kept(("public", kind), lambda: self._public(kind))

    def wrap_credential(self, account: UUID, secret: bytes) -> bytes:
        """Wrap a secret of an account's sign-in (TOTP, token of the provider), or of a row, to be stored with it."""
        generation, key = self._credentials()
        wrapped = wrap(key, secret, bind("credential", account, generation))
        return generation.to_bytes(GENERATION_BYTES, "big") + wrapped

    def unwrap_credential(self, account: UUID, wrapped: bytes) -> bytes:
        """Open a secret of an account's sign-in; raise `WrapBroken` when it is another account's, or altered."""
        generation, key = self._credentials()
        if wrapped[:GENERATION_BYTES] != generation.to_bytes(GENERATION_BYTES, "big"):
            raise WrapBroken("a credential of another generation")
        return unwrap(key, wrapped[GENERATION_BYTES:], bind("credential", account, generation))

    def _credentials(self) -> tuple[int, AESGCM]:
        """Give the credentials' key and its generation, kept together: one read opens both."""
        kept = self.root.kept(ServiceKey.CREDENTIALS, self._generation_and_key)
        return int.from_bytes(kept[:GENERATION_BYTES], "big"), AESGCM(kept[GENERATION_BYTES:])

    def _generation_and_key(self) -> bytes:
        record = self._service_record(ServiceKey.CREDENTIALS)
        return record.generation.to_bytes(GENERATION_BYTES, "big") + self.root.service_key(record)

    def _public(self, kind: ServiceKey) -> bytes:
        public = self._service_record(kind).public
        if public is None:
            raise ValueError("this key has no public half")
        return public

    def _service_record(self, kind: ServiceKey) -> ServiceKeyRecord:
        with self.store.transaction() as session:
            return latest_service_key(session, kind)

    def _digests(self, session: Session, cell: UUID, tokens: Collection[Token]) -> dict[bytes, TokenField]:
        return digests(self.root.holder_key(active_holder_key(session, HolderKind.INDEX, cell)), tokens)

    def _add_tokens(self, session: Session, subject: UUID, cell: UUID, tokens: Collection[Token]) -> None:
        if tokens:
            rows = [{"digest": value, "subject": subject} for value in self._digests(session, cell, tokens)]
            session.execute(sa.insert(SearchToken), rows)
