"""Lifecycles of an orientation and of what is sent for it (domain.md section 3, step 5)."""

from backend.kernel.lifecycle import Lifecycle, Move
from policies.orientation_words import OrientationState, TransmissionState

WITHDRAW = "withdraw"

OPEN = "open"
ANSWER = "answer"
CORRECT = "correct"
REMIND = "remind"
RECALL = "recall"

ORIENTATION = Lifecycle(
    (Move(WITHDRAW, "retirer", frozenset({OrientationState.DECIDED}), OrientationState.WITHDRAWN),),
)
"""An orientation is withdrawn in séance: as a mistake at once, or later, when the situation comes back."""

_OPENED = frozenset({TransmissionState.OPENED})
_ANSWERED = frozenset({TransmissionState.ANSWERED})
_AWAITED = frozenset({TransmissionState.SENT}) | _OPENED

TRANSMISSION = Lifecycle(
    (
        Move(OPEN, "ouvrir", _AWAITED, TransmissionState.OPENED),
        Move(OPEN, "ouvrir", _ANSWERED, TransmissionState.ANSWERED),
        Move(ANSWER, "donner le retour", _OPENED, TransmissionState.ANSWERED),
        Move(CORRECT, "corriger le retour", _ANSWERED, TransmissionState.ANSWERED),
        Move(REMIND, "rappeler que le retour est attendu", frozenset({TransmissionState.SENT}), TransmissionState.SENT),
        Move(REMIND, "rappeler que le retour est attendu", _OPENED, TransmissionState.OPENED),
        Move(RECALL, "retirer", _AWAITED | _ANSWERED, TransmissionState.RECALLED),
    )
)
"""Nobody answers what was not opened; several people of one service may open it, each after an undertaking."""
