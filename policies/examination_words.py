"""Closed words of the examination: what the cell decides, why it goes on or waits (domain.md section 3, step 4)."""

from policies.vocabulary import ClosingReason, Word


class Decision(Word):
    """The collegial decision on one situation at one meeting."""

    FOLLOW = "follow", "poursuivre le suivi"
    CLOSE = "close", "clore"
    POSTPONE = "postpone", "reporter l'examen"


EXAMINED = frozenset({Decision.FOLLOW, Decision.CLOSE})
"""Decisions that an examination comes to; postponed, a situation was not examined (domain.md section 3, step 4)."""


class FollowingReason(Word):
    """Why the cell goes on following a situation; each carry-over is a fresh decision with its reason."""

    SUPPORT_TO_BUILD = "support_to_build", "accompagnement à construire"
    SUPPORT_TO_STRENGTHEN = "support_to_strengthen", "accompagnement en cours, à renforcer"
    FEEDBACK_AWAITED = "feedback_awaited", "retour d'un service attendu"
    STILL_WORRYING = "still_worrying", "situation toujours préoccupante"


class PostponementReason(Word):
    """Why a situation that was retained is not examined at this meeting (the gap of domain.md section 3)."""

    OUT_OF_TIME = "out_of_time", "temps de réunion insuffisant"
    MEMBER_ABSENT = "member_absent", "membre concerné absent"
    GUEST_ABSENT = "guest_absent", "chef d'établissement invité absent"
    RESEARCH_UNFINISHED = "research_unfinished", "recherche préalable inachevée"


class AttendanceCheck(Word):
    """Whether the minor attends school, as the education seat says at the examination (CEN-09)."""

    YES = "yes", "assidu"
    NO = "no", "non assidu"
    NOT_APPLICABLE = "not_applicable", "sans objet"


UNEXAMINED = frozenset(
    {
        ClosingReason.MOVED_AWAY,
        ClosingReason.OF_AGE,
        ClosingReason.JUDICIAL_SINCE,
        ClosingReason.WITHDRAWN,
        ClosingReason.DUPLICATE,
        ClosingReason.NOT_EXAMINED_IN_TIME,
    }
)
"""Reasons for which a retained situation may be closed without having been examined."""
