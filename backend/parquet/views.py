"""How the parquet's filter is shown: a list to clear, and the answers already given."""

from dataclasses import dataclass

from backend.signalements.views.content import ContentView
from policies.vocabulary import ParquetAnswerValue, ParquetGround


@dataclass(frozen=True, slots=True)
class RequestView:
    """A situation that awaits its answer, with what the parquet reads before answering."""

    reference: str
    version: int
    heading: str
    value: ParquetAnswerValue | None
    content: ContentView


@dataclass(frozen=True, slots=True)
class FilterView:
    """The situations to answer, and those that may still be corrected."""

    waiting: tuple[RequestView, ...]
    more: bool
    answered: tuple[RequestView, ...]
    choices: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer of the parquet, as parquet and coordinator read it."""

    answer: ParquetAnswerValue
    ground: ParquetGround | None
    answered_on: str


CHOICES = (
    (ParquetAnswerValue.RETAINED.value, "Retenue", "r"),
    (ParquetAnswerValue.NOT_RETAINED.value, "Non retenue (suivi judiciaire en cours)", "n"),
)
"""The two answers, with the key that gives each."""
