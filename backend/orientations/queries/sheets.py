"""Step 5 as people read it: what was decided, what leaves, what a recipient finds; only what is disclosed is opened."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import col

from backend.agenda.models import AgendaItem
from backend.authorization import gate
from backend.authorization.gate import Cursor
from backend.authorization.vault import Purpose, open_rows
from backend.authorization.work import UnitOfWork
from backend.cells.queries import cell_of, cells_of
from backend.charters.queries import charter_of
from backend.institutions.queries import institution_of
from backend.kernel.clock import paris_day
from backend.kernel.errors import CharterRefusal, NotFound
from backend.orientations.models import Orientation, Transmission
from backend.orientations.queries.rows import (
    TO_INFORM,
    examinations_begun,
    exceptions_of,
    has_undertaken,
    information_of,
    orientations_of,
    recipients,
    records_of,
    transmissions_of,
)
from backend.orientations.states import ANSWER, CORRECT, REMIND, TRANSMISSION
from backend.orientations.views import (
    FamilyView,
    LetterView,
    OrientationView,
    PanelView,
    PreviewView,
    ReadingView,
    TransmissionsView,
    TransmissionView,
    TransmittedView,
    choice_view,
    exception_line,
    information_line,
    orientation_view,
    transmission_view,
    transmitted_view,
)
from backend.signalements.queries.rows import open_signalements, signalements_of
from backend.signalements.views.content import signalement_view
from backend.situations.models import Situation, SituationPerson
from backend.situations.queries import person_columns
from backend.situations.views import MinorView, minor_view
from policies.access import Action
from policies.charter_words import RecipientCategory
from policies.disclosure import LEAVING, Field
from policies.family import exception_stands, is_informed, is_out_of_reach
from policies.months import add_months
from policies.orientation_words import TransmissionState
from policies.orientations import open_on, rule_of
from policies.vocabulary import Role

PAGE = 50

NOTICE_MONTHS = 1
"""Calendar months after reception by which the family is informed (R21, domain.md section 9)."""

WITHOUT_MEETING = "information préoccupante"
"""The support asked of the CRIP when no meeting decided it."""


def leaving(
    uow: UnitOfWork, situation: Situation, category: RecipientCategory, support: str, purpose: Purpose
) -> TransmittedView:
    """Give what leaves of a situation already fetched: the classes of fields of this recipient, and reviewed facts."""
    fields = LEAVING[category]
    minor = _minor(uow, situation, fields, purpose)
    rows = signalements_of(uow, [situation])
    opened = open_signalements(uow, rows, fields, purpose, [situation.reference])
    views = tuple(signalement_view(row, opened[row.id], fields=fields, invitation=None) for row in rows)
    return transmitted_view(support, minor, views)


def panel_view(uow: UnitOfWork, point: str) -> PanelView:
    """Show the orientations of the situation of a point to who records them, with the ages that help to choose."""
    item = gate.fetch(uow, AgendaItem, point, to=Action.AGENDA_ITEM_READ)
    gate.require(uow, item, Action.AGENDA_ITEM_ORIENT)
    situation = uow.session.get_one(Situation, item.situation_id)
    years = _minor(uow, situation, frozenset({Field.IDENTITY}), Purpose.READ).years
    choices = tuple(choice_view(rule, years) for rule in open_on(uow.today()))
    return PanelView(item.reference, item.version, orientation_views(uow, situation, years), choices)


def orientation_views(uow: UnitOfWork, situation: Situation, years: int | None = None) -> tuple[OrientationView, ...]:
    """Show the orientations of a situation already fetched, with what was sent for each."""
    sent = {row.orientation_id: row for row in transmissions_of(uow, situation.id)}
    views = _transmission_views(uow, list(sent.values()))
    return tuple(
        orientation_view(row, views.get(sent[row.id].reference) if row.id in sent else None, years)
        for row in orientations_of(uow, situation.id)
    )


def direct_views(uow: UnitOfWork, situation: Situation) -> tuple[TransmissionView, ...]:
    """Show what was sent to the CRIP of a situation already fetched without any meeting."""
    rows = [row for row in transmissions_of(uow, situation.id) if row.orientation_id is None]
    return tuple(_transmission_views(uow, rows).values())


def family_view(uow: UnitOfWork, situation: Situation) -> FamilyView:
    """Show how the family of a situation already fetched was informed."""
    records, begun = records_of(uow, situation.id), examinations_begun(uow, situation.id)
    return FamilyView(
        reference=situation.reference,
        version=situation.version,
        informed=is_informed(records),
        out_of_reach=is_out_of_reach(records),
        owed=situation.stage in TO_INFORM,
        due_on=add_months(paris_day(situation.received_at), NOTICE_MONTHS),
        lines=tuple(information_line(row) for row in information_of(uow, situation.id)),
        exceptions=tuple(
            exception_line(row, stands=exception_stands(row.decided_at, begun))
            for row in exceptions_of(uow, situation.id)
        ),
    )


def preview_of_orientation(uow: UnitOfWork, reference: str, typed: Mapping[str, object]) -> PreviewView:
    """Show what would leave for an orientation; raises `CharterRefusal` when it has no lawful recipient."""
    orientation = gate.fetch(uow, Orientation, reference, to=Action.ORIENTATION_READ)
    gate.require(uow, orientation, Action.ORIENTATION_TRANSMIT)
    situation = uow.session.get_one(Situation, orientation.situation_id)
    category = lawful(situation, rule_of(orientation.destination).recipient)
    return _preview(uow, situation, reference, category, orientation.destination.label, typed)


def preview_to_crip(uow: UnitOfWork, reference: str, typed: Mapping[str, object]) -> PreviewView:
    """Show what would leave to the CRIP without waiting for a meeting."""
    situation = gate.fetch(uow, Situation, reference, to=Action.SITUATION_READ)
    gate.require(uow, situation, Action.SITUATION_TRANSMIT)
    return _preview(uow, situation, reference, RecipientCategory.CRIP, WITHOUT_MEETING, typed)


def lawful(situation: Situation, category: RecipientCategory | None) -> RecipientCategory:
    """Give a kind of recipient that the situation's charter allows; raise `CharterRefusal` for any other, or none."""
    rule = charter_of(situation.charter_version).rules.recipients
    if category is None or category not in rule.categories:
        raise CharterRefusal(f"Cette orientation n'a pas de transmission nominative. {rule.statement}", rule.origin)
    return category


def transmissions_view(uow: UnitOfWork, after: str | None) -> TransmissionsView:
    """Give the transmissions that the person may know of, the latest first: no name, whoever looks.

    Raises `NotFound` for who receives none and coordinates nothing.
    """
    if not uow.actor.holds_anywhere({Role.COORDINATOR, Role.RECIPIENT, Role.SOCIAL_COORDINATOR}):
        raise NotFound
    cells = [cell.id for cell in cells_of(uow)]
    page = gate.page(uow, Transmission, cells=cells, instant="sent_at", after=Cursor.of(after), size=PAGE)
    following = None if page.following is None else page.following.text()
    lines = tuple(_transmission_views(uow, page.rows).values())
    return TransmissionsView(lines, uow.actor.holds_anywhere({Role.COORDINATOR}), following)


def reading_view(uow: UnitOfWork, reference: str) -> ReadingView:
    """Show a transmission: to the coordinator as it was sent, to its recipient once the undertaking is accepted."""
    row = gate.fetch(uow, Transmission, reference, to=Action.TRANSMISSION_READ)
    addressed = gate.permits(uow, row, Action.TRANSMISSION_OPEN)
    undertaken = not addressed or has_undertaken(uow, row)
    content = None
    if undertaken:
        opened = open_rows(uow, [row], ["content"], Purpose.READ, [row.reference])[row.id]
        content = TransmittedView.of(opened["content"])
    answerable = TRANSMISSION.allows(row.state, ANSWER) or TRANSMISSION.allows(row.state, CORRECT)
    may_answer = undertaken and answerable and gate.permits(uow, row, Action.TRANSMISSION_ANSWER)
    may_remind = TRANSMISSION.allows(row.state, REMIND) and gate.permits(uow, row, Action.TRANSMISSION_REMIND)
    return ReadingView(_transmission_views(uow, [row])[reference], undertaken, content, may_answer, may_remind)


def transmissions_to(uow: UnitOfWork, state: TransmissionState) -> int:
    """Count the transmissions in a state that the person may open."""
    return gate.count(uow, Transmission, col(Transmission.state) == state, to=Action.TRANSMISSION_OPEN)


def letter_view(uow: UnitOfWork, situation: Situation) -> LetterView:
    """Give what the letter to the family of a situation already fetched says."""
    fields = frozenset({Field.IDENTITY, Field.REPRESENTATIVES})
    minor = _minor(uow, situation, fields, Purpose.EXPORT)
    return LetterView(cell_of(uow, situation.cell_id).name, minor.representative_name, minor.name, uow.today())


def _preview(
    uow: UnitOfWork,
    situation: Situation,
    reference: str,
    category: RecipientCategory,
    support: str,
    typed: Mapping[str, object],
) -> PreviewView:
    records = records_of(uow, situation.id)
    rule = charter_of(situation.charter_version).family_information(category)
    found = recipients(uow, situation, category)
    return PreviewView(
        reference=reference,
        version=situation.version,
        situation=situation.reference,
        category=category,
        content=leaving(uow, situation, category, support, Purpose.TRANSMIT),
        institutions=tuple((institution.reference, institution.name) for institution in found),
        informed=is_informed(records),
        out_of_reach=is_out_of_reach(records),
        waivers=tuple((waiver.value, waiver.label) for waiver in rule.waivers),
        statement=rule.statement,
        origin=rule.origin,
        typed=typed,
    )


def _minor(uow: UnitOfWork, situation: Situation, fields: frozenset[Field], purpose: Purpose) -> MinorView:
    person = uow.session.scalars(
        sa.select(SituationPerson).where(col(SituationPerson.situation_id) == situation.id)
    ).one()
    values = open_rows(uow, [person], sorted(person_columns(fields)), purpose, [situation.reference])[person.id]
    return minor_view(values, uow.today())


def _transmission_views(uow: UnitOfWork, rows: Sequence[Transmission]) -> dict[str, TransmissionView]:
    return {
        row.reference: transmission_view(
            row, cell_of(uow, row.cell_id).name, institution_of(uow, row.institution_id).name
        )
        for row in rows
    }
