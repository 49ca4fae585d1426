"""Lifecycles of a request, of a cell's search, of the export of a recognised situation (domain.md section 9)."""

from backend.kernel.lifecycle import Lifecycle, Move
from policies.rights_words import FindingState, RequestState, SearchState

DECIDE, ANSWER, EXTEND = "decide", "answer", "extend"
RECOGNISE, DENY = "recognise", "deny"
PREPARE, SIGN, GIVE_BACK, SET_ASIDE = "prepare", "sign", "give_back", "set_aside"

_OPEN = frozenset({RequestState.OPEN})

REQUEST = Lifecycle(
    (
        Move(EXTEND, "prolonger le délai", _OPEN, RequestState.OPEN),
        Move(DECIDE, "décider", _OPEN, RequestState.DECIDED),
        Move(ANSWER, "enregistrer l'envoi de la réponse", frozenset({RequestState.DECIDED}), RequestState.ANSWERED),
    )
)

SEARCH = Lifecycle(
    (
        Move(RECOGNISE, "reconnaître la personne", frozenset(SearchState), SearchState.KNOWN),
        Move(DENY, "répondre « inconnue »", frozenset({SearchState.ASKED, SearchState.UNKNOWN}), SearchState.UNKNOWN),
    )
)
"""A cell may still recognise the person after having answered that it did not, until the request is decided.

It may also answer it again, once it looked at what it holds out of the active base.
"""

FINDING = Lifecycle(
    (
        Move(
            PREPARE,
            "préparer l'export",
            frozenset({FindingState.FOUND, FindingState.PREPARED, FindingState.RETURNED}),
            FindingState.PREPARED,
        ),
        Move(SIGN, "valider l'export", frozenset({FindingState.PREPARED}), FindingState.SIGNED),
        Move(
            GIVE_BACK,
            "renvoyer l'export",
            frozenset({FindingState.PREPARED, FindingState.SIGNED}),
            FindingState.RETURNED,
        ),
        Move(
            SET_ASIDE,
            "constater que la situation a quitté la base active",
            frozenset(FindingState) - {FindingState.MOOT},
            FindingState.MOOT,
        ),
    )
)
