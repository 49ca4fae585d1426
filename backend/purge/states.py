"""The lifecycle of a duration decided by the Ville, between the administrator and the DPO (domain.md section 6)."""

from backend.kernel.lifecycle import Lifecycle, Move
from policies.retention_words import DecisionState, Opinion

DECISION = Lifecycle(
    (
        Move(
            Opinion.FAVOURABLE,
            Opinion.FAVOURABLE.label,
            frozenset({DecisionState.ENTERED}),
            DecisionState.FAVOURABLE,
        ),
        Move(
            Opinion.UNFAVOURABLE,
            Opinion.UNFAVOURABLE.label,
            frozenset({DecisionState.ENTERED}),
            DecisionState.UNFAVOURABLE,
        ),
    )
)
"""An opinion is given once; another duration is another decision."""
