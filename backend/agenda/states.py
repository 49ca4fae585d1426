"""Lifecycles of a meeting and of what its agenda lists (domain.md section 3, step 4)."""

from backend.kernel.lifecycle import Lifecycle, Move
from policies.meeting_words import ItemState, MeetingStage

PROPOSE = "propose"
SET_DATE = "set_date"
AGREE = "agree"
PREPARE = "prepare"
CONVENE = "convene"
MOVE = "move"
CANCEL = "cancel"
OPEN = "open"
CLOSE = "close"

BEGIN = "begin"
PRESENT = "present"
EXAMINE = "examine"
CARRY = "carry"

_PLANNED = frozenset({MeetingStage.PLANNED})
_CONVENED = frozenset({MeetingStage.CONVENED})

MEETING = Lifecycle(
    (
        Move(PROPOSE, "proposer des dates", _PLANNED, MeetingStage.PLANNED),
        Move(SET_DATE, "fixer la date", _PLANNED, MeetingStage.PLANNED),
        Move(AGREE, "donner l'accord de la mairie", _PLANNED, MeetingStage.PLANNED),
        Move(PREPARE, "préparer l'ordre du jour", _PLANNED, MeetingStage.PLANNED),
        Move(PREPARE, "préparer l'ordre du jour", _CONVENED, MeetingStage.CONVENED),
        Move(CONVENE, "convoquer", _PLANNED, MeetingStage.CONVENED),
        Move(MOVE, "déplacer", _PLANNED, MeetingStage.PLANNED),
        Move(MOVE, "déplacer", _CONVENED, MeetingStage.CONVENED),
        Move(CANCEL, "annuler", _PLANNED | _CONVENED, MeetingStage.CANCELLED),
        Move(OPEN, "ouvrir", _CONVENED, MeetingStage.OPEN),
        Move(CLOSE, "clore", frozenset({MeetingStage.OPEN}), MeetingStage.CLOSED),
    )
)
"""An agenda changes while its meeting is planned or convened, never once it is open."""

ITEM = Lifecycle(
    (
        Move(PRESENT, "présenter", frozenset({ItemState.LISTED}), ItemState.PRESENTED),
        Move(BEGIN, "commencer l'examen", frozenset({ItemState.LISTED}), ItemState.EXAMINING),
        Move(EXAMINE, "examiner", frozenset({ItemState.EXAMINING}), ItemState.EXAMINED),
        Move(CARRY, "reporter", frozenset({ItemState.LISTED, ItemState.EXAMINING}), ItemState.CARRIED),
    )
)
"""What is neither presented nor examined when a meeting closes is carried to the next one."""
