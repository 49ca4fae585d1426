"""When keys are renewed, on which ground, and how long what they replaced is kept (R19; `docs/keys.md`).

The periods are those of NIST SP 800-57, part 1, revision 5, section 5.3.6, table 1: a symmetric key that wraps keys, or
that encrypts data, is used for two years at most. The grounds of a suspicion are a hypothesis of ours.
"""

from datetime import datetime, timedelta

from policies.retention import Kind, rule
from policies.vocabulary import Word


class RotationKind(Word):
    """Which keys a rotation renews."""

    ROOT = "root", "clé racine"
    CELL = "cell", "clés d'une cellule"


class RootPlace(Word):
    """Where a generation of the root key is."""

    FILE = "file", "fichier"
    MODULE = "module", "module de sécurité"


class RotationGround(Word):
    """Why keys are renewed."""

    PERIOD = "period", "échéance"
    DEPARTURE = "departure", "départ d'une personne"
    EXCLUSION = "exclusion", "exclusion pour manquement"
    MOVE = "move", "changement de support"
    LOST_COPY = "lost_copy", "copie des clés perdue ou volée"
    INTRUSION = "intrusion", "intrusion sur la machine, constatée ou probable"
    DISCLOSURE = "disclosure", "divulgation de ce que la cellule est seule à lire"
    UNEXPLAINED = "unexplained", "accès inexpliqué relevé dans le journal"


SUSPICIONS = frozenset(
    {RotationGround.LOST_COPY, RotationGround.INTRUSION, RotationGround.DISCLOSURE, RotationGround.UNEXPLAINED}
)
"""Grounds on which somebody may say that they suspect the keys of a cell (hypothesis)."""

PERIOD = timedelta(days=730)
"""How long a generation of the root, or of a cell's keys, wraps anything new."""


def due_at(created: datetime, marked: datetime | None) -> datetime:
    """Give when a generation is to be renewed: at the end of its period, or since it was marked."""
    end = created + PERIOD
    return end if marked is None else min(end, marked)


def replaced_key_life() -> timedelta:
    """Give how long a replaced key of a situation stays: as long as a backup of `main` may hold what it sealed.

    It opens nothing that was destroyed meanwhile, for it dies with its situation.
    """
    return timedelta(days=rule(Kind.MAIN_BACKUP).days or 0)


def old_root_life() -> timedelta:
    """Give how long the custodians keep a root that was replaced: as long as a backup of `keys` may need it."""
    return timedelta(days=rule(Kind.KEYS_BACKUP).days or 0)
