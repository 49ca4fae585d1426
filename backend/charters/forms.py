"""Shapes of the registry: a signature to record, a signature to end."""

from typing import Annotated

from pydantic import Field

from backend.web.forms import Day, Line, Shape


class SignatureForm(Shape):
    """What an institution signed, when, and in which function its signatory did."""

    institution: Annotated[Line, Field(min_length=1, max_length=16)]
    charter_version: Annotated[Line, Field(min_length=1, max_length=64)]
    rules_version: Annotated[Line, Field(min_length=1, max_length=64)]
    signed_on: Day
    signatory_function: Annotated[Line, Field(min_length=1, max_length=120)]


class EndForm(Shape):
    """The day from which a signature no longer binds."""

    ended_on: Day
