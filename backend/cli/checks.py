"""What `cenacle doctor` looks at outside the rows: keys, databases, mail, ProConnect, address (architecture section 4).

Each check gives one finding; no sentence repeats a URL, which may hold a password.
"""

import smtplib
import ssl
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa

from backend.authorization.roles import read_back
from backend.crypto.keyring.rooted import root_generations as generations_of
from backend.crypto.providers import FIRST_GENERATION, RootKeyError
from backend.crypto.roots import open_root
from backend.kernel.database import Store, Stores
from backend.kernel.migrations import StoreName
from backend.members.provider import ALGORITHM, ProviderError, discover, usable
from backend.oversight.actions.witnessing import is_witness
from backend.settings import Settings
from policies.sign_in import STRONG, ProviderFault
from policies.vocabulary import Word

SMTP_PATIENCE = 5.0
"""Seconds that the mail server may take to answer."""

SHOWN = 5
"""Rights that one sentence names at most."""

OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""Permissions that nobody but the owner of a store may have."""


class Level(Word):
    """How serious a finding is."""

    OK = "ok", "correct"
    WARNING = "warning", "à surveiller"
    ERROR = "error", "à corriger"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: its level, and a French sentence that says what to do."""

    level: Level
    sentence: str


def named(stores: Stores) -> Mapping[StoreName, Store]:
    """Give the three stores by name, in the order in which they are read."""
    return {"main": stores.main, "keys": stores.keys, "journal": stores.journal}


def root_generations(keys: Store) -> Collection[int]:
    """Give the generations of the root key that the stores know: the first one, when they cannot say."""
    try:
        with keys.transaction() as session:
            found = [row.generation for row in generations_of(session)]
    except sa.exc.DBAPIError:
        found = []
    return found or [FIRST_GENERATION]


def root_key(settings: Settings, generations: Collection[int]) -> Finding:
    """Check that the root key answers: a token that is there, or a file of its owner alone, away from the stores."""
    try:
        for generation in generations:
            open_root(settings).at(generation)
    except RootKeyError as error:
        return Finding(Level.ERROR, str(error))
    return Finding(Level.OK, "La clé racine est présente, et réservée au compte du service.")


def clusters(settings: Settings, stores: Stores) -> Finding:
    """Check that the three stores are three databases apart, WAL and base backups included.

    Two stores with one PostgreSQL system identifier share their WAL: a wrap destroyed in one survives in the other's
    backups. In production this is an error.
    """
    try:
        identifiers = [_identifier(store) for store in named(stores).values()]
    except sa.exc.DBAPIError:
        return Finding(Level.ERROR, "L'identité d'un magasin n'a pas pu être lue : vérifiez qu'il répond.")
    if len(set(identifiers)) == len(identifiers):
        return Finding(Level.OK, "Les trois magasins sont distincts.")
    return Finding(
        Level.ERROR if settings.mode == "production" else Level.WARNING,
        "Plusieurs magasins partagent la même instance PostgreSQL ou le même fichier : une clé détruite resterait"
        " dans leurs sauvegardes communes. Installez trois instances séparées.",
    )


def _identifier(store: Store) -> str:
    if store.embedded:
        return str(Path(str(store.engine.url.database)).resolve())
    with store.engine.connect() as connection:
        return str(connection.scalar(sa.text("SELECT system_identifier FROM pg_control_system()")))


def keys_cluster(settings: Settings, store: Store) -> Finding:
    """Check that the WAL of the keys cluster is neither recycled nor archived, or destroyed wraps survive in it."""
    if store.embedded:
        return Finding(Level.OK, "Le magasin des clés est un fichier : il n'a pas de journal d'écriture archivé.")
    wanted = {"wal_recycle": "off", "archive_mode": "off"}
    try:
        with store.engine.connect() as connection:
            found = {name: connection.scalar(sa.text(f"SHOW {name}")) for name in wanted}
    except sa.exc.DBAPIError:
        return Finding(Level.ERROR, "Les réglages du magasin des clés n'ont pas pu être lus : vérifiez qu'il répond.")
    if found == wanted:
        return Finding(Level.OK, "Le magasin des clés ne conserve pas son journal d'écriture.")
    wrong = ", ".join(f"{name} = {found[name]}" for name in wanted if found[name] != wanted[name])
    return Finding(
        Level.ERROR if settings.mode == "production" else Level.WARNING,
        f"Le magasin des clés garde trace des clés détruites ({wrong}) : réglez wal_recycle = off et"
        " archive_mode = off.",
    )


def rights(name: StoreName, store: Store) -> Finding:
    """Check that each role of a PostgreSQL store may do what is declared and no more (decision 0019)."""
    found = read_back(store, name)
    if found.wider:
        return Finding(
            Level.ERROR,
            f"Le magasin « {name} » accorde des droits de trop ({', '.join(found.wider[:SHOWN])}"
            f"{', …' if len(found.wider) > SHOWN else ''}) : lancez « cenacle roles --check », puis --apply.",
        )
    if found.missing or found.absent:
        return Finding(
            Level.WARNING,
            f"Le magasin « {name} » n'a pas tous ses rôles ou tous leurs droits : lancez « cenacle roles --check ».",
        )
    return Finding(Level.OK, f"Dans le magasin « {name} », chaque rôle peut ce qui est déclaré, et rien d'autre.")


def sqlite_file(name: str, store: Store) -> Finding:
    """Check that a SQLite store overwrites what it deletes and that its file is the owner's alone."""
    with store.transaction() as session:
        overwrites = session.scalar(sa.text("PRAGMA secure_delete")) == 1
        linked = session.scalar(sa.text("PRAGMA foreign_keys")) == 1
    if not (overwrites and linked):
        return Finding(
            Level.ERROR, f"Le magasin « {name} » ne réécrit pas ce qu'il efface, ou n'en vérifie pas les liens."
        )
    if Path(str(store.engine.url.database)).stat().st_mode & OTHERS:
        return Finding(
            Level.WARNING,
            f"Le fichier du magasin « {name} » est lisible par d'autres comptes de la machine (0600 attendu).",
        )
    return Finding(Level.OK, f"Le magasin « {name} » efface réellement ce qui est supprimé.")


def mail(settings: Settings) -> Finding:
    """Check that the mail server answers, and takes the credentials when there are some."""
    if settings.smtp_url is None:
        return Finding(Level.WARNING, "Aucun serveur de messagerie n'est réglé : les courriels attendent.")
    url = urlsplit(settings.smtp_url.get_secret_value())
    try:
        server = _smtp(url.scheme, url.hostname or "", url.port)
        with server:
            server.ehlo()
            if url.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if url.username and url.password:
                server.login(unquote(url.username), unquote(url.password))
    except (OSError, smtplib.SMTPException, ValueError):
        return Finding(Level.ERROR, "Le serveur de messagerie ne répond pas ou refuse le compte du service.")
    return Finding(Level.OK, "Le serveur de messagerie répond.")


def witness(settings: Settings) -> Iterator[Finding]:
    """Check that the key of the witness is one; nothing is said of it when none is set."""
    if settings.checkpoint_witness is not None and not is_witness(settings.checkpoint_witness):
        yield Finding(
            Level.ERROR, "CENACLE_CHECKPOINT_WITNESS n'est pas la clé de vérification d'un témoin : recopiez-la."
        )


def provider(settings: Settings) -> Iterator[Finding]:
    """Check ProConnect's settings against its discovery document; nothing is said of it when none is set."""
    given = (settings.proconnect_issuer, settings.proconnect_client_id, settings.proconnect_client_secret)
    if not any(given):
        return
    registered = settings.provider
    if registered is None:
        yield Finding(Level.ERROR, "ProConnect est réglé à moitié : donnez l'émetteur, l'identifiant et le secret.")
        return
    if not usable(registered.issuer):
        yield Finding(Level.ERROR, "L'émetteur de ProConnect n'est pas une adresse https : corrigez-la.")
        return
    try:
        found = discover(registered)
    except ProviderError as error:
        yield Finding(
            Level.ERROR,
            "ProConnect ne répond pas : vérifiez l'émetteur et l'ouverture du réseau."
            if error.fault is ProviderFault.UNREACHABLE
            else "Le document de découverte n'est pas celui de cet émetteur : recopiez l'émetteur tel qu'il s'écrit.",
        )
        return
    if ALGORITHM not in found.algorithms:
        yield Finding(Level.ERROR, f"ProConnect ne signe pas en {ALGORITHM} : c'est le seul algorithme accepté.")
    elif not STRONG & found.levels:
        yield Finding(Level.ERROR, "ProConnect n'annonce aucun niveau de garantie suffisant : eidas2 ou eidas3.")
    else:
        yield Finding(Level.OK, "ProConnect répond, signe comme il faut et connaît les niveaux de garantie demandés.")


def _smtp(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port or smtplib.SMTP_SSL_PORT, timeout=SMTP_PATIENCE, context=context)
    return smtplib.SMTP(host, port or smtplib.SMTP_PORT, timeout=SMTP_PATIENCE)


def address(settings: Settings) -> Finding:
    """Check that people reach the service through TLS in production."""
    if settings.mode == "production" and urlsplit(settings.public_url).scheme != "https":
        return Finding(Level.ERROR, "L'adresse publique n'est pas en https : réglez CENACLE_PUBLIC_URL.")
    return Finding(Level.OK, "L'adresse publique convient au mode du service.")
