"""`cenacle doctor`: whether this installation may receive names (domain.md section 10, architecture.md section 4).

It reads and changes nothing, creates no store, and goes as far as what it finds allows.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer
from sqlmodel import col

from backend.audit.guards import missing_guards
from backend.audit.journal import Journal
from backend.audit.models import JournalEntry
from backend.authorization.orphans import reap_orphans
from backend.authorization.timekeeping import clock_is_refused
from backend.authorization.work import House, UnitOfWork
from backend.cells.models import Cell
from backend.cells.queries import intake_refusal
from backend.cli import checks
from backend.cli.checks import Finding, Level, named
from backend.cli.opening import opened
from backend.crypto.keyring import Keyring, ServiceKey
from backend.crypto.keystore import IdentityError, MainIdentity, check_files, check_identity, check_restoration
from backend.crypto.providers import FIRST_GENERATION, RootKeyError
from backend.crypto.roots import open_root
from backend.custody.actions.saving import interrupted
from backend.kernel.clock import Clock, system_clock
from backend.kernel.database import Stores, open_store
from backend.kernel.migrations import current
from backend.members.queries.standing import holders
from backend.settings import Settings
from policies.custody_words import StoreKind
from policies.habilitation import MINIMUM_ADMINISTRATORS
from policies.retention_words import Guard
from policies.vocabulary import Role

LONGEST_LAG = timedelta(seconds=60)
"""Age of an event that waits to be sealed, beyond which the journal is late (architecture.md section 5)."""


LONGEST_WAIT = timedelta(hours=26)
"""Age of the last backup of a store, beyond which one was missed: they are daily, and may take two hours."""


def doctor(
    *,
    reap: Annotated[
        bool,
        typer.Option("--reap", help="Détruire, après confirmation, les clés restées sans lignes après une panne."),
    ] = False,
) -> None:
    """Vérifier l'installation : clés, bases, messagerie, ProConnect, actes, administrateurs, journal, horloge."""
    if reap:
        _reap(opened(Settings()))
        return
    findings = tuple(examine(Settings(), system_clock))
    for finding in findings:
        typer.echo(f"{finding.level.label} : {finding.sentence}")
    if any(finding.level is Level.ERROR for finding in findings):
        raise typer.Exit(1)


def _reap(house: House) -> None:
    """Destroy orphan keys on an operator's word alone: after a restore they may be somebody's."""
    typer.confirm(
        "Ces données sont-elles bien les plus récentes ? Après une restauration, répondez non",
        abort=True,
        default=False,
    )
    typer.echo(f"Clés détruites : {reap_orphans(house.stores, house.keyring)}.")


def examine(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Give every finding, what the machine shows first, then what the stores hold."""
    yield checks.address(settings)
    yield checks.mail(settings)
    yield from checks.provider(settings)
    yield from checks.witness(settings)
    stores = Stores(
        main=open_store(settings.store_url("main"), 1),
        keys=open_store(settings.store_url("keys"), 1),
        journal=open_store(settings.store_url("journal"), 1),
    )
    try:
        yield from _examine_stores(settings, stores, clock)
    finally:
        stores.dispose()


def _examine_stores(settings: Settings, stores: Stores, clock: Clock) -> Iterator[Finding]:
    try:
        check_files(stores)
    except IdentityError as error:
        yield checks.root_key(settings, [FIRST_GENERATION])
        yield Finding(Level.ERROR, str(error))
        return
    yield checks.root_key(settings, checks.root_generations(stores.keys))
    yield checks.clusters(settings, stores)
    yield checks.keys_cluster(settings, stores.keys)
    try:
        yield from (checks.sqlite_file(name, store) for name, store in named(stores).items() if store.embedded)
        late = migrations(stores)
        yield late
        if late.level is Level.OK:
            yield from (checks.rights(name, store) for name, store in named(stores).items() if not store.embedded)
            yield from _examine_rows(settings, stores, clock)
    except sa.exc.OperationalError:
        yield Finding(Level.ERROR, "Un magasin ne répond pas : vérifiez les bases et leurs adresses.")
    except sa.exc.DatabaseError:
        yield Finding(Level.ERROR, "Le fichier d'un magasin est abîmé : arrêtez le service et reprenez une sauvegarde.")


def migrations(stores: Stores) -> Finding:
    """Check that the three stores are at the head of their histories."""
    late = [name for name in ("keys", "main", "journal") if not current(named(stores)[name], name)]
    if late:
        return Finding(Level.ERROR, f"Des migrations attendent ({', '.join(late)}) : lancez « cenacle migrate ».")
    return Finding(Level.OK, "Les migrations sont à jour.")


def _examine_rows(settings: Settings, stores: Stores, clock: Clock) -> Iterator[Finding]:
    try:
        check_identity(stores, settings.mode)
        check_restoration(stores.keys)
        keyring = Keyring.open(stores.keys, open_root(settings), clock)
    except (IdentityError, RootKeyError) as error:
        yield Finding(Level.ERROR, str(error))
        return
    yield Finding(Level.OK, "Les trois magasins et la clé racine vont ensemble.")
    log = Journal(stores, mac_key=keyring.service_key(ServiceKey.JOURNAL_MAC), log_key=None, clock=clock)
    yield lag(log)
    yield guards(stores)
    yield backups(keyring, clock())
    yield from unfinished(settings.backup_path())
    yield hands(stores, clock())
    with stores.main.transaction() as session:  # not the house's own, which would seal the journal
        uow = UnitOfWork(session, stores, clock, log, keyring, settings)
        yield administrators(uow)
        yield from acts(uow)


def lag(log: Journal) -> Finding:
    """Check that events do not wait long before they are sealed."""
    waiting = log.lag()
    if waiting > LONGEST_LAG:
        return Finding(
            Level.ERROR,
            f"Le journal a {int(waiting.total_seconds())} secondes de retard : vérifiez que le scelleur tourne.",
        )
    return Finding(Level.OK, "Le journal est à jour.")


def guards(stores: Stores) -> Finding:
    """Check that the databases still refuse to rewrite the journal: an owner may have dropped a trigger."""
    missing = missing_guards(stores)
    if missing:
        return Finding(
            Level.ERROR,
            f"La base ne protège plus le journal ({', '.join(missing)}) : lancez « cenacle audit verify », puis"
            " prévenez le délégué à la protection des données.",
        )
    return Finding(Level.OK, "La base refuse de récrire le journal.")


def backups(keyring: Keyring, now: datetime) -> Finding:
    """Check that each store was saved not long ago: keys that were replaced wait for it, and so would a disaster."""
    late = [kind.label for kind in StoreKind if (at := keyring.last_backup(kind)) is None or now - at > LONGEST_WAIT]
    if late:
        return Finding(
            Level.WARNING,
            f"Pas de sauvegarde relue depuis plus de {LONGEST_WAIT.total_seconds() / 3600:.0f} heures "
            f"({', '.join(late)}) : lancez « cenacle backup ».",
        )
    return Finding(Level.OK, "Les trois magasins ont une sauvegarde récente, relue et entière.")


def unfinished(folder: Path) -> Iterator[Finding]:
    """Say how many copies a kill left unfinished: they hold sealed rows or keys, and no duration ends them."""
    if left := len(interrupted(folder)):
        yield Finding(
            Level.WARNING,
            f"Sauvegardes interrompues, à détruire : {left}. La prochaine « cenacle backup » les détruit.",
        )


def hands(stores: Stores, now: datetime) -> Finding:
    """Check that the clock is neither behind what was already written, nor far from it: no time limit would hold."""
    with stores.main.transaction() as session:
        created = session.scalar(sa.select(col(MainIdentity.created_at)))
    with stores.journal.transaction() as session:
        last = session.scalar(sa.select(sa.func.max(col(JournalEntry.recorded_at))))
    written = [instant for instant in (created, last) if instant is not None]
    if any(instant > now for instant in written):
        return Finding(Level.ERROR, "L'horloge retarde sur ce que le journal a déjà daté : mettez-la à l'heure.")
    if clock_is_refused(stores, now):
        return Finding(
            Level.ERROR,
            f"Rien n'est détruit ni publié : {Guard.CLOCK.label}. Mettez-la à l'heure ; si elle l'est, le délégué à la "
            "protection des données confirme le passage du jour, page « Purge ».",
        )
    return Finding(Level.OK, "L'horloge suit ce que le journal a daté.")


def administrators(uow: UnitOfWork) -> Finding:
    """Check that two administrators are active: four eyes need two."""
    active = len(holders(uow, Role.ADMINISTRATOR))
    if active < MINIMUM_ADMINISTRATORS:
        return Finding(
            Level.ERROR, f"Administrateurs actifs : {active}. Il en faut deux : faites inscrire ou habilitez l'autre."
        )
    return Finding(Level.OK, f"Administrateurs actifs : {active}.")


def acts(uow: UnitOfWork) -> Iterator[Finding]:
    """Check, cell by cell, that the acts without which production takes no name are there."""
    for cell in uow.session.scalars(sa.select(Cell).where(col(Cell.closed_on).is_(None)).order_by(col(Cell.name))):
        refusal = intake_refusal(uow, cell)
        if refusal is not None:
            yield Finding(Level.WARNING, refusal.sentence)
        else:
            yield Finding(Level.OK, f"La cellule « {cell.name} » peut recevoir des signalements.")
