"""How drafts, receipts and the form are shown: frozen, in French."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.kernel.clock import paris_day
from backend.signalements.forms import FACTS_LENGTH, SignalementForm, necessity_field, warnings
from backend.signalements.models import Draft, Receipt
from policies.retention import Kind, due
from policies.territories import arrondissements, quartiers
from policies.vocabulary import (
    OFFENCE_MOTIVES,
    Insufficiency,
    Motive,
    Necessity,
    Period,
    PlaceKind,
    Qualification,
    ReceiptStatus,
    Residence,
    ReturnReason,
    SchoolLevel,
    Sex,
    StepTaken,
    Word,
)

Options = tuple[tuple[str, str], ...]
"""The answers of a closed list: stored value and label."""


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A receipt, as its author reads it whatever became of the situation."""

    reference: str
    submitted_on: date
    status: ReceiptStatus
    return_reason: ReturnReason | None
    draft: str | None


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft in a list: nothing of the minor, so that a list over a shoulder tells nothing."""

    reference: str
    cell: str
    saved_at: datetime
    destroyed_on: date
    completes: bool


@dataclass(frozen=True, slots=True)
class MineView:
    """A person's drafts and receipts."""

    drafts: tuple[DraftView, ...]
    receipts: tuple[ReceiptView, ...]


@dataclass(frozen=True, slots=True)
class StartView:
    """The first questions, and what was answered."""

    typed: Mapping[str, object]
    arrondissements: Options
    residences: Options


@dataclass(frozen=True, slots=True)
class MotiveField:
    """A motive of the form, and the field that codes its necessity when it touches on an offence."""

    value: str
    label: str
    necessity: str | None


@dataclass(frozen=True, slots=True)
class FormView:
    """The form with what was typed; `action` is where it is posted, `draft` whether it can be saved."""

    action: str
    cell: str
    place: str
    typed: Mapping[str, object]
    options: Mapping[str, Options]
    motives: tuple[MotiveField, ...]
    facts_length: int
    warnings: tuple[str, ...]
    draft: bool


def start_view(typed: Mapping[str, object]) -> StartView:
    """Show the first questions with what was answered."""
    numbers = tuple((str(number), ordinal(number)) for number in arrondissements())
    return StartView(typed, numbers, choices(Residence))


def form_view(action: str, cell: str, typed: Mapping[str, object], *, draft: bool) -> FormView:
    """Show the form with what was typed, right or wrong."""
    arrondissement = int(str(typed["arrondissement"]))
    residence = Residence.of(str(typed["residence"]))
    options = {
        "quartier": tuple((str(place.number), place.name) for place in quartiers(arrondissement)),
        "sex": choices(Sex),
        "school_level": choices(SchoolLevel),
        "qualification": choices(Qualification),
        "motives": choices(Motive),
        "necessity": choices(Necessity),
        "periods": choices(Period),
        "place_kinds": choices(PlaceKind),
        "steps": choices(StepTaken),
        "insufficiencies": choices(Insufficiency),
    }
    motives = tuple(
        MotiveField(motive.value, motive.label, necessity_field(motive) if motive in OFFENCE_MOTIVES else None)
        for motive in Motive
    )
    place = (
        ordinal(arrondissement)
        if residence is Residence.KNOWN
        else f"{residence.label}, faits : {ordinal(arrondissement)}"
    )
    known = dict.fromkeys(SignalementForm.model_fields, "") | dict(typed)
    text = str(typed.get("facts") or "")
    return FormView(action, cell, place, known, options, motives, FACTS_LENGTH, warnings(text), draft)


def choices(words: type[Word]) -> Options:
    """Give the answers of a closed vocabulary."""
    return tuple((word.value, word.label) for word in words)


def ordinal(number: int) -> str:
    """Name an arrondissement."""
    return f"{number}{'er' if number == 1 else 'e'} arrondissement"


def receipt_view(receipt: Receipt, drafts: Sequence[Draft]) -> ReceiptView:
    """Show a receipt, with the draft to complete when it came back."""
    draft = next((draft.reference for draft in drafts if draft.receipt_id == receipt.id), None)
    return ReceiptView(receipt.reference, paris_day(receipt.submitted_at), receipt.status, receipt.return_reason, draft)


def draft_view(draft: Draft, cells: Mapping[UUID, str]) -> DraftView:
    """Show a draft in a list."""
    return DraftView(
        reference=draft.reference,
        cell=cells[draft.cell_id],
        saved_at=draft.saved_at,
        destroyed_on=due(Kind.DRAFT, paris_day(draft.created_at)).day,
        completes=draft.receipt_id is not None,
    )
