"""What each column of the product may hold (architecture.md section 4); every column names its class, and is tested."""

from policies.vocabulary import Word


class Classification(Word):
    """Class of a column: where it may stand, whether it is sealed, what the purge and the exports do with it."""

    REFERENCE = "reference", "référence opaque"
    ORGANISATIONAL = "organisational", "donnée d'organisation"
    PROFESSIONAL = "professional", "donnée professionnelle d'un agent"
    OPERATIONAL = "operational", "donnée de fonctionnement, sans identité"
    NOMINATIVE = "nominative", "donnée nominative, scellée"
    SENSITIVE = "sensitive", "donnée sensible, scellée"
    SECRET = "secret", "secret technique, jamais montré"


SEALED = frozenset({Classification.NOMINATIVE, Classification.SENSITIVE})
"""Classes that exist only sealed."""

WITHOUT_PERSONS = frozenset({Classification.REFERENCE, Classification.ORGANISATIONAL})
"""Classes that `count_*` and `indicator_*` tables may hold."""

NETWORK = WITHOUT_PERSONS | {Classification.PROFESSIONAL}
"""Classes that `rav_*` tables may hold."""
