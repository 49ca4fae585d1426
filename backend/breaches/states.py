"""The lifecycle of a breach: the CNIL may be notified before everything is known (RGPD, article 33.4)."""

from backend.kernel.lifecycle import Lifecycle, Move
from policies.breaches import BreachState

QUALIFY, NOTIFY, COMMUNICATE, CLOSE = "qualify", "notify", "communicate", "close"

_DECLARED, _QUALIFIED = frozenset({BreachState.DECLARED}), frozenset({BreachState.QUALIFIED})
_OPEN = _DECLARED | _QUALIFIED

BREACH = Lifecycle(
    (
        Move(QUALIFY, "qualifier la violation", _OPEN, BreachState.QUALIFIED),
        Move(NOTIFY, "enregistrer la notification à la CNIL", _DECLARED, BreachState.DECLARED),
        Move(NOTIFY, "enregistrer la notification à la CNIL", _QUALIFIED, BreachState.QUALIFIED),
        Move(COMMUNICATE, "enregistrer la communication aux personnes", _QUALIFIED, BreachState.QUALIFIED),
        Move(CLOSE, "clore l'inscription", _QUALIFIED, BreachState.CLOSED),
    )
)
