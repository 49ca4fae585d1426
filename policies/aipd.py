"""The impact assessment and the record of processing, read from one file (RGPD, articles 30 and 35; R28).

`pia` gives the assessment in the format that the PIA tool of the CNIL imports (LINCnil/pia: `pia`, `answers`,
`measures`, `evaluations`, `comments`). What only the controller knows is said to be completed, never invented.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from html import escape
from typing import Annotated, Self

from pydantic import Field, model_validator

from policies.closed import Closed, Text, read_toml
from policies.vocabulary import Word

QUESTIONS = (111, 112, 113, 121, 122, 123, 211, 212, 213, 214, 215, 221, 222, 223, 224, 225, 226, 227)
"""The questions of the tool that are answered in words: context, then fundamental principles."""

TO_COMPLETE = "À compléter"


class RiskKind(Word):
    """The three feared events of the CNIL's method, in the order of the tool."""

    ACCESS = "access", "accès illégitime à des données"
    CHANGE = "change", "modification non désirée de données"
    LOSS = "loss", "disparition de données"


SECTIONS = {RiskKind.ACCESS: 320, RiskKind.CHANGE: 330, RiskKind.LOSS: 340}
"""Where the six questions of a risk begin in the tool."""

Gauge = Annotated[int, Field(ge=1, le=4, strict=True)]
"""Negligible, limited, important, maximal."""

GAUGES = ("négligeable", "limitée", "importante", "maximale")


class Persons(Closed):
    """Who the data are about, and which they are."""

    who: Text
    data: Text


class Recipients(Closed):
    """Who receives data, and which."""

    who: Text
    what: Text


class Record(Closed):
    """The entry of the record of processing activities (RGPD, article 30.1)."""

    name: Text
    controller: Text
    dpo: Text
    basis: Text
    purposes: tuple[Text, ...]
    never: Text
    persons: tuple[Persons, ...]
    recipients: tuple[Recipients, ...]


class Answer(Closed):
    """The answer to one question of the tool, a paragraph a line."""

    reference: int
    text: Text

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Give the paragraphs."""
        return tuple(line for line in self.text.splitlines() if line)


class Measure(Closed):
    """A measure, and the files that hold it or attack it: they exist, a test says so."""

    title: Text
    content: Text
    enforced: Annotated[tuple[Text, ...], Field(min_length=1)]


class Risk(Closed):
    """A feared event: what it may do, how it may happen, what stands against it, what is left."""

    kind: RiskKind
    impacts: tuple[Text, ...]
    threats: tuple[Text, ...]
    sources: tuple[Text, ...]
    measures: tuple[Text, ...]
    severity: Gauge
    severity_text: Text
    likelihood: Gauge
    likelihood_text: Text
    residual: Text


class Task(Closed):
    """Something that the product cannot do for the controller."""

    text: Text
    owner: Text


class Assessment(Closed):
    """The whole file: every question answered once, each risk weighed once, with measures that it declares."""

    record: Record
    answers: tuple[Answer, ...]
    measures: tuple[Measure, ...]
    risks: tuple[Risk, ...]
    actions: tuple[Task, ...]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if tuple(answer.reference for answer in self.answers) != QUESTIONS:
            raise ValueError("each question is answered once, in its order")
        if tuple(risk.kind for risk in self.risks) != tuple(RiskKind):
            raise ValueError("each risk is weighed once, in its order")
        known = [measure.title for measure in self.measures]
        if len(set(known)) != len(known) or any(set(risk.measures) - set(known) for risk in self.risks):
            raise ValueError("a risk names measures that are declared once")
        return self


@cache
def assessment() -> Assessment:
    """Give the assessment of the file."""
    return Assessment.model_validate(read_toml("aipd.toml"))


def pia(at: datetime) -> dict[str, object]:
    """Give the assessment as the CNIL's PIA tool imports it, dated `at`, which must be aware; raise `ValueError`.

    It is a draft (status 0): nobody evaluated nor validated it, and the tool asks for both.
    """
    if at.tzinfo is None:
        raise ValueError("naive instant")
    found, written = assessment(), at.isoformat()
    return {
        "pia": {
            "id": 1,
            "status": 0,
            "is_example": 0,
            "is_archive": 0,
            "name": found.record.name,
            "category": "",
            "author_name": TO_COMPLETE,
            "evaluator_name": TO_COMPLETE,
            "validator_name": TO_COMPLETE,
            "created_at": written,
            "updated_at": written,
            "structure_id": "",
        },
        "answers": [
            {"id": number, "pia_id": 1, "reference_to": reference, "data": data, "created_at": written}
            for number, (reference, data) in enumerate(_answers(found), start=1)
        ],
        "measures": [
            {
                "id": number,
                "pia_id": 1,
                "title": measure.title,
                "content": _html((measure.content, f"Appliquée par : {', '.join(measure.enforced)}.")),
                "placeholder": "",
                "created_at": written,
                "updated_at": written,
            }
            for number, measure in enumerate(found.measures, start=1)
        ],
        "evaluations": [],
        "comments": [],
    }


def _answers(found: Assessment) -> Iterator[tuple[int, dict[str, object]]]:
    for answer in found.answers:
        yield answer.reference, _data(text=_html(answer.paragraphs))
    for risk in found.risks:
        first = SECTIONS[risk.kind]
        for rank, items in enumerate((risk.impacts, risk.threats, risk.sources, risk.measures), start=1):
            yield first + rank, _data(items=items)
        yield first + 5, _data(text=_html((risk.severity_text,)), gauge=risk.severity)
        yield first + 6, _data(text=_html((risk.likelihood_text, risk.residual)), gauge=risk.likelihood)


def _data(*, text: str | None = None, gauge: int | None = None, items: tuple[str, ...] = ()) -> dict[str, object]:
    return {"text": text, "gauge": gauge, "list": list(items)}


def _html(paragraphs: tuple[str, ...]) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
