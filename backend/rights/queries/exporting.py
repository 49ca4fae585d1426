"""What an export says of one person in one situation: everything but the others, and never the parquet by itself.

The author of the signalement, its category and the representatives are not opened at all, but to check that no free
text still names them (R22; RGPD, article 15.4).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import normalize

import sqlalchemy as sa
from sqlmodel import col

from backend.authorization.vault import Purpose, open_rows
from backend.authorization.work import UnitOfWork
from backend.cells.queries import cell_of
from backend.crypto.names import words
from backend.institutions.queries import institution_of
from backend.kernel.clock import paris_day
from backend.kernel.errors import InvalidInput, NotFound, WrongMoment
from backend.orientations.queries.rows import exceptions_of, information_of, orientations_of, transmissions_of
from backend.parquet.queries import answers_of
from backend.rights.forms import ExportForm
from backend.rights.views import ExportSection, ExportView
from backend.signalements.models import Signalement
from backend.signalements.queries.rows import open_signalements, signalements_of
from backend.signalements.states import FactsState
from backend.signalements.views.content import SignalementView, signalement_view
from backend.situations.models import Situation, SituationPerson
from backend.situations.queries import exits_of, person_columns
from backend.situations.views import MinorView, minor_view
from backend.web.pages import french_day
from policies.charter_words import RecipientCategory
from policies.disclosure import Field
from policies.orientation_words import Destination, InformationResult, OrientationState, TransmissionState
from policies.rights import PURPOSE, disclosable
from policies.rights_words import Maskable, ParquetConsent

MASK = "[masqué]"
"""What stands in place of a masked passage; its length says nothing of what was there."""

KEPT_BACK = "non communiqué"

LONG_ENOUGH = 3
"""Letters of a word from which it may name somebody."""

_LETTERS = re.compile(r"[^\W\d_]+")
"""Letters in a row."""

_JOINED = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
"""Letters that elisions and hyphens join; a parenthesis or a quotation mark is no part of a word."""

_PERSON = frozenset({Field.IDENTITY, Field.ADDRESS, Field.SCHOOL})
_CONTENT = frozenset({Field.QUALIFICATION, Field.MOTIVES, Field.CIRCUMSTANCES, Field.STEPS, Field.FACTS})


@dataclass(frozen=True, slots=True)
class Held:
    """What the cell holds of the person in a situation, opened for one request."""

    situation: Situation
    minor: MinorView
    has_representative: bool
    signalements: tuple[SignalementView, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The free texts, as they are before anything is masked."""
        return tuple(row.facts for row in self.signalements if row.facts)


def held_of(uow: UnitOfWork, situation: Situation) -> Held:
    """Open what is held of the person of a situation already fetched; raise `WrongMoment` before texts are reviewed."""
    person = person_of(uow, situation)
    rows = signalements_of(uow, [situation])
    if any(row.facts_state is FactsState.TO_REVIEW for row in rows):
        raise WrongMoment("Relisez d'abord le texte libre de cette situation : rien ne sort sans relecture.")
    columns = sorted(person_columns(_PERSON))
    values = open_rows(uow, [person], columns, Purpose.RIGHTS, [situation.reference])[person.id]
    opened = open_signalements(uow, rows, _CONTENT, Purpose.RIGHTS, ())
    return Held(
        situation,
        minor_view(values, uow.today()),
        person.representative_name is not None or person.representative_contact is not None,
        tuple(signalement_view(row, opened[row.id], fields=_CONTENT, invitation=None) for row in rows),
    )


def person_of(uow: UnitOfWork, situation: Situation) -> SituationPerson:
    """Give the sealed person of a situation already fetched; raise `NotFound` when it is gone."""
    person = uow.session.scalar(sa.select(SituationPerson).where(col(SituationPerson.situation_id) == situation.id))
    if person is None:
        raise NotFound
    return person


def export_of(uow: UnitOfWork, held: Held, form: ExportForm) -> ExportView:
    """Build the export, redacted; raise `InvalidInput` for a passage that is in no text, or a text that still names."""
    parts = form.parts()
    if any(not any(part in text for text in held.texts) for part in parts):
        sentence = "Un passage à masquer n'est dans aucun texte : recopiez-le exactement, un par ligne."
        raise InvalidInput({"passages": sentence})
    masked = frozenset(form.masked)
    if Maskable.FACTS not in masked:
        _refuse_names(uow, held, parts)
    return ExportView(
        cell=cell_of(uow, held.situation.cell_id).name,
        prepared_on=uow.today(),
        sections=tuple(_sections(uow, held, masked, parts, form.parquet)),
    )


def redacted(text: str, parts: Sequence[str]) -> str:
    """Put a mask in place of each passage of a text."""
    for part in parts:
        text = text.replace(part, MASK)
    return text


def capitalised(text: str) -> frozenset[str]:
    """Give the words of a text that begin with a capital, as names are compared: whatever leads or joins them."""
    found: set[str] = set()
    for joined in _JOINED.findall(normalize("NFC", text)):
        capitals = [part for part in _LETTERS.findall(joined) if part[:1].isupper()]
        # Together too: « N'Diaye » is one word of a name, « d'Untel » two.
        found.update(word for part in (joined, *capitals) if capitals for word in words(part))
    return frozenset(found)


def _refuse_names(uow: UnitOfWork, held: Held, parts: Sequence[str]) -> None:
    """Refuse a text that still has a capitalised word of the author's name, or of a representative's."""
    rows = signalements_of(uow, [held.situation])
    person = person_of(uow, held.situation)
    authors = open_rows(uow, rows, ["author"], Purpose.RIGHTS, ())
    names = [_author(authors[row.id]["author"]) for row in rows]
    names.append(
        str(
            open_rows(uow, [person], ["representative_name"], Purpose.RIGHTS, ())[person.id]["representative_name"]
            or ""
        )
    )
    own = {*words(held.minor.last_name or ""), *words(held.minor.first_name or "")}
    forbidden = {word for name in names for word in words(name) if len(word) >= LONG_ENOUGH} - own
    for text in held.texts:
        if forbidden & capitalised(redacted(text, parts)):
            sentence = "Un texte nomme encore l'auteur du signalement ou un représentant légal : masquez ce passage."
            raise InvalidInput({"passages": sentence})


def _author(value: object) -> str:
    return str(value["name"]) if isinstance(value, dict) else ""


def _sections(
    uow: UnitOfWork, held: Held, masked: frozenset[Maskable], parts: Sequence[str], parquet: ParquetConsent
) -> Iterator[ExportSection]:
    yield ExportSection("Ce qui est enregistré de la personne", tuple(_identity(held, masked)))
    for number, (row, shown) in enumerate(
        zip(signalements_of(uow, [held.situation]), held.signalements, strict=True), start=1
    ):
        yield ExportSection(f"Signalement {number}", tuple(_signalement(row, shown, masked, parts)))
    yield ExportSection("Ce qui en a été fait", tuple(_course(uow, held.situation, masked, parquet)))
    yield ExportSection("Le traitement et vos droits", PURPOSE)


def _identity(held: Held, masked: frozenset[Maskable]) -> Iterator[tuple[str, str]]:
    minor = held.minor
    yield "Nom", minor.last_name or ""
    yield "Prénom", minor.first_name or ""
    yield "Naissance", minor.birth or ""
    yield "Sexe", minor.sex.label if minor.sex else ""
    place = " ; ".join(part for part in (minor.residence, minor.address) if part)
    yield "Résidence", KEPT_BACK if Maskable.ADDRESS in masked else place
    if minor.school:
        yield "Établissement", KEPT_BACK if Maskable.SCHOOL in masked else minor.school
    yield "Niveau scolaire", minor.school_level.label if minor.school_level else ""
    yield "Représentant légal", "un contact est enregistré, masqué ici" if held.has_representative else "aucun"


def _signalement(
    row: Signalement, shown: SignalementView, masked: frozenset[Maskable], parts: Sequence[str]
) -> Iterator[tuple[str, str]]:
    yield "Reçu le", french_day(row.submitted_at)
    if shown.qualification and Maskable.PROTECTION not in masked:
        yield "Qualification", shown.qualification.label
    motives = (
        f"{item.motive.label} ({item.necessity.label})" if item.necessity else item.motive.label
        for item in shown.motives
    )
    yield "Motifs", " ; ".join(motives)
    if shown.when or shown.where:
        places = " ; ".join(part for part in (shown.when, shown.where) if part)
        yield "Dates et lieux", KEPT_BACK if Maskable.PLACES in masked else places
    yield "Démarches déjà engagées", " ; ".join(step.label for step in shown.steps)
    yield "Pourquoi elles ne suffisent pas", " ; ".join(item.label for item in shown.insufficiencies)
    if shown.facts:
        yield "Faits", KEPT_BACK if Maskable.FACTS in masked else redacted(shown.facts, parts)


def _course(
    uow: UnitOfWork, situation: Situation, masked: frozenset[Maskable], parquet: ParquetConsent
) -> Iterator[tuple[str, str]]:
    yield "Reçue le", french_day(situation.received_at)
    yield "Où elle en est", disclosable(situation.stage).label
    if parquet is ParquetConsent.AGREED:
        for answer in answers_of(uow, situation)[-1:]:
            yield "Réponse du parquet", f"{answer.answer.label}, le {french_day(answer.answered_at)}"
    if Maskable.PROTECTION not in masked:
        for exit_made in exits_of(uow, situation):
            yield "Démarche de protection", f"{exit_made.kind.label}, le {french_day(exit_made.made_on)}"
    yield from _family(uow, situation, masked)
    for orientation in orientations_of(uow, situation.id):
        hidden = Maskable.PROTECTION in masked and orientation.destination is Destination.CRIP
        if orientation.state is OrientationState.DECIDED and not hidden:
            yield "Accompagnement proposé", f"{orientation.destination.label}, le {french_day(orientation.decided_at)}"
    for sent in transmissions_of(uow, situation.id):
        hidden = Maskable.PROTECTION in masked and sent.category is RecipientCategory.CRIP
        if sent.state is not TransmissionState.RECALLED and not hidden:
            name = KEPT_BACK if Maskable.RECIPIENTS in masked else institution_of(uow, sent.institution_id).name
            yield "Transmise à", f"{name}, le {french_day(paris_day(sent.sent_at))}"


def _family(uow: UnitOfWork, situation: Situation, masked: frozenset[Maskable]) -> Iterator[tuple[str, str]]:
    for information in information_of(uow, situation.id):
        informed = InformationResult.INFORMED in (
            information.first_holder,
            information.second_holder,
            information.minor,
        )
        result = "faite" if informed else "tentée"
        yield "Information de la famille", f"{result} le {french_day(information.made_on)}, {information.mode.label}"
    for excepted in () if Maskable.PROTECTION in masked else exceptions_of(uow, situation.id):
        yield "Famille non informée", f"{excepted.ground.label}, le {french_day(excepted.decided_at)}"
