"""The closed schema of a charter's rules: each says what it is, where it was read and under which article.

Source: domain.md section 3, architecture.md section 1 (policy is data). A charter file holds each field of
`Rules` and nothing else: an unknown field or a rule without its source is refused when the file is read.
"""

import re
from typing import Annotated, Self

from pydantic import Field, model_validator

from policies.charter_words import (
    Activity,
    Attendance,
    Document,
    EventLink,
    FeedbackValue,
    Gravity,
    InformationWaiver,
    RecipientCategory,
)
from policies.closed import Closed, Count, Text
from policies.vocabulary import Diversion, Origin, ParquetGround, Role

SEED_ID = re.compile(r"(CEN|AMB)-\d{2}")


class CharterRule(Closed):
    """One rule: a French statement that a refusal can show as its reason, and where the rule comes from.

    `source` is a CEN- or AMB- id of the requirements, or the reference of a text of law. `article` stays
    empty until a signed charter is recorded. `place` says where in a document; a law or a hypothesis has none.
    """

    statement: Text
    source: Text
    document: Document
    place: str
    article: str

    @property
    def origin(self) -> str:
        """Where the rule comes from, as people read it."""
        return origin(self)

    @model_validator(mode="after")
    def _says_where_it_was_read(self) -> Self:
        in_a_document = self.document not in {Document.LAW, Document.HYPOTHESIS}
        if in_a_document != bool(self.place):
            raise ValueError("a place is given for a document, and only for a document")
        if (self.document is Document.LAW) == bool(SEED_ID.fullmatch(self.source)):
            raise ValueError("the source is a CEN- or AMB- id, or the reference of a text of law")
        if self.source.startswith("AMB-") and self.document is not Document.HYPOTHESIS:
            raise ValueError("what was decided on an ambiguity is a hypothesis")
        return self


def origin(rule: CharterRule) -> str:
    """Say where a rule comes from: the signed article once recorded, else document, law or « hypothèse »."""
    if rule.article:
        return f"charte signée, article {rule.article}"
    if rule.document is Document.HYPOTHESIS:
        return rule.document.label
    if rule.document is Document.LAW:
        return rule.source
    return f"{rule.document.label}, {rule.place}"


class MonthsRule(CharterRule):
    """A delay in calendar months."""

    months: Count


class YearsRule(CharterRule):
    """An age in years."""

    years: Count


class MaximumRule(CharterRule):
    """A highest number."""

    maximum: Count


class RolesRule(CharterRule):
    """The roles that a rule names."""

    roles: Annotated[tuple[Role, ...], Field(min_length=1)]


class Seat(Closed):
    """A place at the table: its role, the label of who holds it, and for how long it is held."""

    role: Role
    label: Text
    attends: Attendance


class CompositionRule(CharterRule):
    """The seats of the cell, in the order in which they are shown."""

    seats: Annotated[tuple[Seat, ...], Field(min_length=1)]


class SubmissionRule(CharterRule):
    """Who submits a signalement: the roles, and the categories of institution of reporters."""

    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    reporter_origins: tuple[Origin, ...]


class DiversionRule(CharterRule):
    """The questions that must be answered before anything is written."""

    questions: tuple[Diversion, ...]


class FormRule(CharterRule):
    """The bounds of the form: characters of objective facts, and the fewest motives."""

    facts_characters: Count
    motives_minimum: Count


class ReminderRule(CharterRule):
    """Days after reception at which the coordinator is reminded, and months after which reception lapses."""

    reminder_days: tuple[Count, ...]
    months: Count


class FilterRule(CharterRule):
    """The parquet's filter: one ground, never a list."""

    ground: ParquetGround


class EmergencyRule(CharterRule):
    """Emergency meetings: events that trigger one, links that admit a situation, delay in calendar months."""

    events: Annotated[tuple[Gravity, ...], Field(min_length=1)]
    links: Annotated[tuple[EventLink, ...], Field(min_length=1)]
    months: Count


class ExclusionRule(CharterRule):
    """What some roles never do; `origins`, when given, narrows it to institutions of these categories."""

    roles: tuple[Role, ...]
    origins: tuple[Origin, ...]
    activities: Annotated[tuple[Activity, ...], Field(min_length=1)]

    def closes(self, role: Role, category: Origin | None, activity: Activity) -> bool:
        """Say whether this activity is closed to this role, in an institution of this category."""
        concerned = (not self.roles or role in self.roles) and (not self.origins or category in self.origins)
        return concerned and activity in self.activities


class RecipientsRule(CharterRule):
    """The categories of lawful recipients, a closed list."""

    categories: Annotated[tuple[RecipientCategory, ...], Field(min_length=1)]


class ChannelRule(CharterRule):
    """A category of recipients that is reached through one role only."""

    category: RecipientCategory
    role: Role


class FamilyInformationRule(CharterRule):
    """Who informs the family before a transmission to these categories, and the grounds for waiving it."""

    role: Role
    categories: Annotated[tuple[RecipientCategory, ...], Field(min_length=1)]
    waivers: tuple[InformationWaiver, ...]


class FeedbackRule(CharterRule):
    """The answers of step 6."""

    values: Annotated[tuple[FeedbackValue, ...], Field(min_length=1)]


class CalendarRule(CharterRule):
    """Ordinary meetings of a year, and of each quarter."""

    ordinary_a_year: Count
    ordinary_a_quarter: Count


class Rules(Closed):
    """Every rule of a charter, by key, in the order of the procedure."""

    transition: MonthsRule
    signature: RolesRule
    undertaking: RolesRule
    composition: CompositionRule
    submission: SubmissionRule
    diversion: DiversionRule
    form: FormRule
    majority: YearsRule
    estimated_age: CharterRule
    residence: CharterRule
    completion: MaximumRule
    unqualified: ReminderRule
    suggestions: MaximumRule
    danger: CharterRule
    review: CharterRule
    receipt: MonthsRule
    filter: FilterRule
    presentation: CharterRule
    research: RolesRule
    reception_delay: MonthsRule
    convening_delay: MonthsRule
    emergency: EmergencyRule | None = None
    emergency_agreement: RolesRule | None = None
    oral_examination: CharterRule
    attendance_check: RolesRule
    quorum: CharterRule
    landlord_meeting_exclusion: ExclusionRule
    landlord_reading_exclusion: ExclusionRule
    social_coordinator_exclusion: ExclusionRule
    reporter_exclusion: ExclusionRule
    recipient_exclusion: ExclusionRule
    city_role_exclusion: ExclusionRule
    recipients: RecipientsRule
    social_channel: ChannelRule
    family_information: FamilyInformationRule
    family_information_elsewhere: FamilyInformationRule
    family_information_crip: FamilyInformationRule
    feedback: FeedbackRule
    calendar: CalendarRule
