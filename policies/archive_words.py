"""Closed words and durations of the intermediate archive, opened one situation at a time (domain.md section 6; R3)."""

from datetime import timedelta

from policies.vocabulary import Word

OPEN_FOR = timedelta(hours=24)
"""How long an opening lasts once the DPO has signed it; source: hypothèse."""

REASON_LENGTH = 200
"""Characters of the written reason at most: it says why, never who; source: hypothèse."""


class OpeningGround(Word):
    """Why an archived situation may be opened: what keeps an intermediate archive (AU-038, article 5)."""

    RIGHTS = "rights", "répondre à une personne qui exerce ses droits"
    JUSTICE = "justice", "répondre à une autorité judiciaire"
    LITIGATION = "litigation", "défendre la Ville ou un membre dans un contentieux"
    INSPECTION = "inspection", "répondre au contrôle d'une autorité"


class OpeningState(Word):
    """Where an opening stands: asked by the coordinator, opened by the DPO's signature for a time, or over."""

    ASKED = "asked", "signature attendue"
    OPENED = "opened", "ouverte"
    REFUSED = "refused", "refusée"
    ENDED = "ended", "terminée"


class OpeningDecision(Word):
    """What the DPO answers to a request."""

    SIGN = "sign", "signer l'ouverture"
    REFUSE = "refuse", "refuser l'ouverture"
