"""Closed words of the calendar and of the agenda (domain.md sections 3, step 4, and 5)."""

from datetime import date
from typing import Self

from policies.vocabulary import Word


class MeetingKind(Word):
    """Why a cell meets: as its yearly calendar says, or after an event that the charter names."""

    ORDINARY = "ordinary", "réunion ordinaire"
    EMERGENCY = "emergency", "réunion d'urgence"


class MeetingStage(Word):
    """Where a meeting stands; its agenda is in preparation until it opens."""

    PLANNED = "planned", "prévue"
    CONVENED = "convened", "convoquée"
    OPEN = "open", "en cours"
    CLOSED = "closed", "close"
    CANCELLED = "cancelled", "annulée"


IN_PREPARATION = frozenset({MeetingStage.PLANNED, MeetingStage.CONVENED})
"""Stages in which an agenda may still change."""


class AgendaPart(Word):
    """The three parts of an agenda, in the order of the meeting (domain.md section 3, step 4)."""

    NOT_RETAINED = "not_retained", "situations non retenues, présentées par le parquet"
    RETAINED = "retained", "situations retenues, à examiner"
    FEEDBACK = "feedback", "retours sur des situations déjà orientées"


class ItemState(Word):
    """What became of a situation listed on an agenda."""

    LISTED = "listed", "inscrite"
    EXAMINING = "examining", "en cours d'examen"
    PRESENTED = "presented", "présentée"
    EXAMINED = "examined", "examinée"
    CARRIED = "carried", "reportée"


PENDING = frozenset({ItemState.LISTED, ItemState.EXAMINING})
"""States that keep a situation from any other agenda."""


class CarryReason(Word):
    """Why a situation leaves an agenda unexamined: the gap of domain.md section 3 is explained by these alone."""

    AGENDA_FULL = "agenda_full", "ordre du jour trop chargé"
    MEMBER_UNAVAILABLE = "member_unavailable", "membre concerné indisponible"
    GUEST_UNAVAILABLE = "guest_unavailable", "chef d'établissement invité indisponible"
    RESEARCH_UNFINISHED = "research_unfinished", "recherche préalable inachevée"
    NOT_REACHED = "not_reached", "réunion close avant son examen"
    EMERGENCY = "emergency", "inscrite à une réunion d'urgence"
    ANSWER_CHANGED = "answer_changed", "réponse du parquet corrigée"
    MEETING_MOVED = "meeting_moved", "réunion avancée, délai d'un mois non atteint"
    MEETING_CANCELLED = "meeting_cancelled", "réunion annulée"


CHOSEN = frozenset(
    {
        CarryReason.AGENDA_FULL,
        CarryReason.MEMBER_UNAVAILABLE,
        CarryReason.GUEST_UNAVAILABLE,
        CarryReason.RESEARCH_UNFINISHED,
    }
)
"""Reasons that the coordinator chooses among; the others are what happened, and the verb knows it."""


class AvailabilityAnswer(Word):
    """What a member answers to a proposed date."""

    YES = "yes", "oui"
    IF_NEEDED = "if_needed", "si besoin"
    NO = "no", "non"


class Quarter(Word):
    """The quarters of a calendar year: each has its ordinary meeting (CEN-49)."""

    FIRST = "first", "1er trimestre"
    SECOND = "second", "2e trimestre"
    THIRD = "third", "3e trimestre"
    FOURTH = "fourth", "4e trimestre"

    @classmethod
    def holding(cls, day: date) -> Self:
        """Give the quarter in which a day falls."""
        return list(cls)[(day.month - 1) // 3]
