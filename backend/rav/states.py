"""The lifecycles of what a network plans and makes."""

from backend.kernel.lifecycle import Lifecycle, Move
from policies.rav_words import ImprovementState, MeetingState, ToolState

HOLD, CANCEL = "hold", "cancel"
PUT_IN_USE, RETIRE = "put_in_use", "retire"
ADDRESS = "address"

MEETING = Lifecycle(
    (
        Move(HOLD, "enregistrer les présences", frozenset({MeetingState.PLANNED}), MeetingState.HELD),
        Move(CANCEL, "annuler la réunion", frozenset({MeetingState.PLANNED}), MeetingState.CANCELLED),
    )
)

TOOL = Lifecycle(
    (
        Move(PUT_IN_USE, "mettre en service", frozenset({ToolState.PROJECT}), ToolState.IN_USE),
        Move(RETIRE, "retirer", frozenset({ToolState.PROJECT, ToolState.IN_USE}), ToolState.RETIRED),
    )
)

IMPROVEMENT = Lifecycle(
    (Move(ADDRESS, "déclarer traité", frozenset({ImprovementState.NOTED}), ImprovementState.ADDRESSED),)
)
