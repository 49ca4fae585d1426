"""Shape of a feedback: no field can hold a sentence."""

from backend.web.forms import Day, Shape
from policies.charter_words import FeedbackValue


class FeedbackForm(Shape):
    """What a service answers, and since when."""

    value: FeedbackValue
    answered_on: Day
