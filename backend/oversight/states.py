"""The lifecycle of an unusual access: looked at once, with an outcome (R14)."""

from backend.kernel.lifecycle import Lifecycle, Move
from policies.oversight_words import AccessState

SETTLE = "settle"

ACCESS = Lifecycle((Move(SETTLE, "dire ce qu'il en est", frozenset({AccessState.WAITING}), AccessState.SETTLED),))
"""An outcome is given once."""
