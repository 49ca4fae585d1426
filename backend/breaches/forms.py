"""Shapes of the register of breaches: one sentence, screened so that nobody stands in it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from backend.web.forms import Day, Line, Shape, refuse
from backend.web.texts import Hour, Sentence
from policies.breaches import (
    BreachCause,
    BreachData,
    BreachEffect,
    BreachMeasure,
    BreachNature,
    BreachRisk,
    BreachScale,
    Exemption,
    LateGround,
)


class DeclarationForm(Shape):
    """What somebody saw: when it was known, what happened in one sentence."""

    known_on: Day
    known_hour: Hour
    cause: BreachCause
    summary: Sentence


class QualificationForm(Shape):
    """What the DPO makes of it (RGPD, article 33.3)."""

    natures: Annotated[tuple[BreachNature, ...], Field(min_length=1, max_length=len(BreachNature))]
    concerned: Annotated[tuple[BreachData, ...], Field(min_length=1, max_length=len(BreachData))]
    scale: BreachScale
    effects: Annotated[tuple[BreachEffect, ...], Field(min_length=1, max_length=len(BreachEffect))]
    measures: Annotated[tuple[BreachMeasure, ...], Field(max_length=len(BreachMeasure))] = ()
    risk: BreachRisk


class NotificationForm(Shape):
    """When the CNIL was notified, under which number, and why it was late if it was."""

    notified_on: Day
    notified_hour: Hour
    number: Annotated[Line, Field(min_length=1, max_length=64)]
    late_ground: LateGround | None = None


class CommunicationForm(Shape):
    """When the persons were told, or on what ground they need not be."""

    communicated_on: Day | None = None
    exemption: Exemption | None = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.communicated_on is None) is (self.exemption is None):
            raise refuse("communicated_on", "Indiquez le jour de la communication, ou le motif de dispense.")
        return self
