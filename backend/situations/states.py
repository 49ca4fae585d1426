"""Lifecycle of a situation, from reception to closing (domain.md section 3)."""

from backend.kernel.lifecycle import Lifecycle, Move
from policies.terms import UNFINISHED
from policies.vocabulary import Stage

ADMIT = "admit"
REFUSE = "refuse"
REDIRECT = "redirect"
RETURN = "return"
MERGE = "merge"
MOVE = "move"
SEND = "send"
RETAIN = "retain"
SET_ASIDE = "set_aside"
BEGIN = "begin"
POSTPONE = "postpone"
RESUME = "resume"
FOLLOW = "follow"
CLOSE = "close"
LAPSE = "lapse"
EXPIRE = "expire"

_RECEIVED = frozenset({Stage.RECEIVED})
_UNANSWERED = frozenset({Stage.RECEIVED, Stage.ADMISSIBLE, Stage.WITH_PARQUET})
_WITH_PARQUET = frozenset({Stage.WITH_PARQUET})
_ANSWERED = frozenset({Stage.RETAINED, Stage.NOT_RETAINED})
_EXAMINED = frozenset({Stage.UNDER_EXAMINATION})

SITUATION = Lifecycle(
    (
        Move(ADMIT, "déclarer recevable", _RECEIVED, Stage.ADMISSIBLE),
        Move(REFUSE, "déclarer non recevable", _RECEIVED, Stage.INADMISSIBLE),
        Move(REDIRECT, "réorienter sans délai", _RECEIVED, Stage.REDIRECTED),
        Move(RETURN, "renvoyer pour complément", _RECEIVED, Stage.RECEIVED),
        Move(MERGE, "rattacher à une autre situation", _RECEIVED, Stage.MERGED),
        Move(MOVE, "transmettre à la cellule compétente", _RECEIVED, Stage.MOVED),
        Move(SEND, "transmettre au parquet", frozenset({Stage.ADMISSIBLE}), Stage.WITH_PARQUET),
        Move(RETAIN, "répondre « retenue »", _WITH_PARQUET | _ANSWERED, Stage.RETAINED),
        Move(SET_ASIDE, "répondre « non retenue »", _WITH_PARQUET | _ANSWERED, Stage.NOT_RETAINED),
        Move(BEGIN, "ouvrir l'examen", frozenset({Stage.RETAINED, Stage.FOLLOWED}), Stage.UNDER_EXAMINATION),
        Move(POSTPONE, "reporter un premier examen", _EXAMINED, Stage.RETAINED),
        Move(RESUME, "reporter un nouvel examen", _EXAMINED, Stage.FOLLOWED),
        Move(FOLLOW, "poursuivre le suivi", _EXAMINED, Stage.FOLLOWED),
        Move(LAPSE, "laisser s'éteindre faute de réponse", _UNANSWERED, Stage.INADMISSIBLE),
        Move(EXPIRE, "clore au terme d'un délai", UNFINISHED, Stage.CLOSED),
        Move(CLOSE, "clore", frozenset({Stage.RETAINED, Stage.FOLLOWED}) | _EXAMINED, Stage.CLOSED),
    )
)
"""The parquet may correct its answer until the examination begins: both answers are recorded.

Only the purge lets a delay end: nobody chooses these two moves (domain.md section 6).
"""
