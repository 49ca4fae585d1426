"""Closed words of the custody of stores and keys (domain.md section 6)."""

from policies.vocabulary import Word


class StoreKind(Word):
    """One of the three stores; the order is the one in which they are saved (architecture.md section 4)."""

    MAIN = "main", "données"
    KEYS = "keys", "clés"
    JOURNAL = "journal", "journal"


class KeyUse(Word):
    """What each key of the service is for, as people read it (`docs/keys.md`)."""

    CREDENTIALS = "credentials", "moyens d'authentification des personnes"
    JOURNAL_MAC = "journal-mac", "authenticité des événements du journal"
    TOKEN = "token", "jetons de l'interface programmable"
    LOG = "log", "signature du journal"
    ATTESTATION = "attestation", "signature des attestations de destruction"
