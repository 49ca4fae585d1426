"""Shapes of the administration of cells: what is typed about a cell, a contact, an act."""

from typing import Annotated

from pydantic import AfterValidator, Field

from backend.cells.models import ContactKind
from backend.cells.states import ActDecision
from backend.web.forms import Day, Line, Shape, refuse
from policies.charter_words import CharterKind
from policies.go_live import RequiredAct
from policies.retention_words import RecordCategory

SHA256_DIGITS = 64
PHONE_DIGITS = 8
"""Digits of a phone number at least, spaces and plus sign apart."""


def _sha256(text: str) -> str:
    text = text.replace(" ", "").lower()
    if len(text) != SHA256_DIGITS or not set(text) <= set("0123456789abcdef"):
        raise refuse("sha256", "Recopiez l'empreinte SHA-256 du fichier : 64 caractères, de 0 à 9 et de a à f.")
    return text


def _phone(text: str) -> str:
    digits = sum(char in "0123456789" for char in text)
    if digits < PHONE_DIGITS or not set(text) <= set("0123456789+ ."):
        raise refuse("phone", "Écrivez un numéro de téléphone, par exemple 01 44 08 13 13.")
    return text


def _email(text: str) -> str:
    name, _, domain = text.partition("@")
    if not name or "." not in domain or "@" in domain or " " in text:
        raise refuse("email", "Écrivez une adresse électronique, par exemple nom@paris.fr.")
    return text


Short = Annotated[Line, Field(min_length=1, max_length=120)]
"""A name, a function, an authority."""

Code = Annotated[Line, Field(min_length=1, max_length=64)]
"""A number or a version."""

Sha256 = Annotated[Line, Field(min_length=1, max_length=100), AfterValidator(_sha256)]
"""The hash of a file, in hexadecimal."""


class OpenForm(Shape):
    """A cell to open."""

    kind: CharterKind = CharterKind.CENOMED
    territory: Annotated[Line, Field(min_length=1, max_length=16)]
    name: Short
    opened_on: Day


class NameForm(Shape):
    """The name under which people know a cell."""

    name: Short


class CloseForm(Shape):
    """The first day on which a cell takes nothing more."""

    closed_on: Day


class CharterForm(Shape):
    """The version of the charter that a cell applies from now on."""

    charter_version: Code


class ContactForm(Shape):
    """Somebody to call, at work."""

    kind: ContactKind
    name: Short
    function: Short
    phone: Annotated[Line, Field(min_length=1, max_length=32), AfterValidator(_phone)]
    email: Annotated[Line, Field(min_length=1, max_length=254), AfterValidator(_email)]


class ActForm(Shape):
    """An act of the go-live gate, with the hash of its signed file."""

    kind: RequiredAct
    number: Code
    issued_on: Day
    authority: Short
    ends_on: Day | None = None
    file_sha256: Sha256


class AgreementForm(Shape):
    """An elimination agreement of the archives authority, with the categories that it covers."""

    categories: Annotated[tuple[RecordCategory, ...], Field(min_length=1, max_length=len(RecordCategory))]
    number: Code
    issued_on: Day
    authority: Short
    ends_on: Day | None = None
    file_sha256: Sha256


class DecisionForm(Shape):
    """The DPO's word on an act."""

    decision: ActDecision
