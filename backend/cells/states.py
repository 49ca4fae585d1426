"""The lifecycle of an act of the go-live gate (domain.md section 10)."""

from backend.kernel.lifecycle import Lifecycle, Move
from policies.vocabulary import Word


class ActState(Word):
    """Where an act stands between the administrator who entered it and the DPO."""

    ENTERED = "entered", "à confirmer"
    CONFIRMED = "confirmed", "confirmé"
    REFUSED = "refused", "refusé"
    WITHDRAWN = "withdrawn", "retiré"


class ActDecision(Word):
    """What the DPO may say of an act: confirm or refuse it once entered, withdraw it once annulled."""

    CONFIRM = "confirm", "confirmer"
    REFUSE = "refuse", "refuser"
    WITHDRAW = "withdraw", "retirer"


ACT = Lifecycle(
    (
        Move(
            ActDecision.CONFIRM,
            ActDecision.CONFIRM.label,
            frozenset({ActState.ENTERED}),
            ActState.CONFIRMED,
        ),
        Move(ActDecision.REFUSE, ActDecision.REFUSE.label, frozenset({ActState.ENTERED}), ActState.REFUSED),
        Move(
            ActDecision.WITHDRAW,
            ActDecision.WITHDRAW.label,
            frozenset({ActState.CONFIRMED}),
            ActState.WITHDRAWN,
        ),
    )
)
