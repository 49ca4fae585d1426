"""Shapes of what people send about a situation itself."""

from backend.web.forms import Day, Shape
from policies.vocabulary import ExitChannel, ExitKind


class ExitForm(Shape):
    """An exit made outside the product: which one, how, on which day."""

    kind: ExitKind
    channel: ExitChannel
    made_on: Day
