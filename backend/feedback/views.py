"""How feedback is shown: to who gives it, and to the cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from backend.feedback.models import Feedback
from backend.orientations.views import TransmissionView
from backend.signalements.views.intake import Options
from policies.charter_words import FeedbackValue


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """An answer; listed, it stands on an agenda and no longer changes."""

    value: FeedbackValue
    answered_on: date
    listed: bool


@dataclass(frozen=True, slots=True)
class FeedbackPageView:
    """A transmission to answer, and the answer already given, to correct."""

    transmission: TransmissionView
    given: FeedbackView | None
    typed: Mapping[str, object]
    today: date
    values: Options


def feedback_view(row: Feedback) -> FeedbackView:
    """Show an answer."""
    return FeedbackView(row.value, row.answered_on, row.listed_at is not None)
