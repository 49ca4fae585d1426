"""The lifecycle of a habilitation (domain.md section 2)."""

from backend.kernel.lifecycle import Lifecycle, Move
from policies.habilitation import HabilitationState as State

GRANT = "grant"
CONFIRM = "confirm"
REVIEW = "review"
SUSPEND = "suspend"
RESTART = "restart"
EXCLUDE = "exclude"
END = "end"

OPEN = frozenset({State.PROPOSED, State.GRANTED, State.CONFIRMED, State.SUSPENDED})
"""States of a habilitation that is, or may come, in force."""

HABILITATION = Lifecycle(
    (
        Move(GRANT, "accorder", frozenset({State.PROPOSED}), State.GRANTED),
        Move(CONFIRM, "confirmer", frozenset({State.GRANTED, State.SUSPENDED}), State.CONFIRMED),
        Move(REVIEW, "faire la revue", frozenset({State.CONFIRMED}), State.CONFIRMED),
        Move(SUSPEND, "suspendre", frozenset({State.CONFIRMED}), State.SUSPENDED),
        Move(RESTART, "reprendre depuis la proposition", frozenset({State.GRANTED, State.SUSPENDED}), State.PROPOSED),
        Move(EXCLUDE, "retirer pour manquement", OPEN, State.EXCLUDED),
        Move(END, "mettre fin", OPEN, State.ENDED),
    )
)
