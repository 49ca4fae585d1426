"""Closed words of the custody of stores and keys (domain.md section 6)."""

from policies.vocabulary import Word


class StoreKind(Word):
    """One of the three stores; the order is the one in which they are saved (architecture.md section 4)."""

    MAIN = "main", "données"
    KEYS = "keys", "clés"
    JOURNAL = "journal", "journal"
