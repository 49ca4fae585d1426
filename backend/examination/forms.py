"""Shapes of a meeting in progress: closed values only, nothing that was said can be written (CEN-39)."""

from typing import Self

from pydantic import model_validator

from backend.web.forms import Shape, refuse
from policies.examination_words import UNEXAMINED, AttendanceCheck, Decision, FollowingReason, PostponementReason
from policies.vocabulary import UNDECIDED, ClosingReason, Role


class DecisionForm(Shape):
    """What the cell decides, its reason, and the seats that were held."""

    decision: Decision
    following: FollowingReason | None = None
    closing: ClosingReason | None = None
    postponement: PostponementReason | None = None
    present: tuple[Role, ...] = ()

    @model_validator(mode="after")
    def _one_reason(self) -> Self:
        """Keep the reason that the decision calls for, and demand it."""
        reasons = {
            Decision.FOLLOW: self.following,
            Decision.CLOSE: self.closing,
            Decision.POSTPONE: self.postponement,
        }
        if reasons[self.decision] is None:
            raise refuse("reason", "Choisissez le motif de cette décision, dans la liste qui porte son nom.")
        if self.closing in UNDECIDED:
            raise refuse("closing", "Ce motif vient d'un délai qui s'achève : choisissez-en un autre.")
        return self


class AttendanceForm(Shape):
    """What the education seat says of school attendance."""

    attendance: AttendanceCheck


class ClosingForm(Shape):
    """Why a retained situation is closed without having been examined."""

    reason: ClosingReason

    @model_validator(mode="after")
    def _possible_unexamined(self) -> Self:
        if self.reason not in UNEXAMINED:
            raise refuse("reason", "Ce motif suppose un examen : choisissez-en un autre.")
        return self
