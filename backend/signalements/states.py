"""Lifecycle of the free text of a signalement: nobody but the coordinator reads it before it is reviewed (R9)."""

from backend.kernel.lifecycle import Lifecycle, Move
from policies.vocabulary import Word


class FactsState(Word):
    """What became of the optional objective facts."""

    NONE = "none", "aucun texte"
    TO_REVIEW = "to_review", "à relire"
    KEPT = "kept", "relu, conservé"
    MASKED = "masked", "relu, masqué en partie"
    DROPPED = "dropped", "relu, écarté"


KEEP = "keep"
MASK = "mask"
DROP = "drop"

_TO_REVIEW = frozenset({FactsState.TO_REVIEW})

FACTS = Lifecycle(
    (
        Move(KEEP, "conserver le texte", _TO_REVIEW, FactsState.KEPT),
        Move(MASK, "masquer une partie du texte", _TO_REVIEW, FactsState.MASKED),
        Move(DROP, "écarter le texte", _TO_REVIEW, FactsState.DROPPED),
    )
)
