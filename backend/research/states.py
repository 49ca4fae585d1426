"""Lifecycle of the sharing of a situation with the seats (domain.md section 2; step 3)."""

from backend.kernel.lifecycle import Lifecycle, Move
from policies.vocabulary import Sharing

OPEN = "open"
CLOSE = "close"

SHARING = Lifecycle(
    (
        Move(OPEN, "ouvrir la recherche préalable", frozenset({Sharing.WITHHELD}), Sharing.SEATS),
        Move(CLOSE, "clore la recherche préalable", frozenset({Sharing.SEATS}), Sharing.WITHHELD),
    )
)
"""Closed by the end of the meeting, or at once by the parquet's « non retenue »."""
