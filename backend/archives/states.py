"""The lifecycle of the opening of an archive, between who asks and the DPO (domain.md section 6; R3)."""

from backend.kernel.lifecycle import Lifecycle, Move
from policies.archive_words import OpeningDecision, OpeningState

END = "end"

LIVE = frozenset({OpeningState.ASKED, OpeningState.OPENED})
"""States that end by hand; an opening also ends by itself, at its hour."""

OPENING = Lifecycle(
    (
        Move(OpeningDecision.SIGN, OpeningDecision.SIGN.label, frozenset({OpeningState.ASKED}), OpeningState.OPENED),
        Move(
            OpeningDecision.REFUSE,
            OpeningDecision.REFUSE.label,
            frozenset({OpeningState.ASKED}),
            OpeningState.REFUSED,
        ),
        Move(END, "mettre fin à l'ouverture", LIVE, OpeningState.ENDED),
    )
)
"""An opening is decided once; a second reading after its end is another request."""
