"""What the rights of persons ask of the cell: deadlines, grounds, what is masked, what may be told (domain 9; R22).

Pure rules. A request is answered within a month, two more with a reason; each cell says in seven days whether it knows
the person; an objection or a contested accuracy puts the situation under limitation until it is decided.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from policies.months import add_months
from policies.rights_words import (
    AuthorityCheck,
    Decision,
    Disclosable,
    Maskable,
    RecipientDuty,
    RefusalGround,
    Requester,
    Right,
)
from policies.vocabulary import Stage

ANSWER_MONTHS = 1
"""Calendar months within which a request is answered (RGPD, article 12.3)."""

EXTENSION_MONTHS = 2
"""Calendar months more, with a reason that the person is told within the first month (RGPD, article 12.3)."""

SEARCH_DAYS = 7
"""Days in which a cell says whether it knows the person (domain.md section 9; hypothèse)."""

REQUEST_REMINDER_DAYS = (7, 2, 0)
"""Days before the last one on which the DPO is told that a request still has no answer (hypothèse)."""

SEARCH_REMINDER_DAYS = (2, 0)
"""Days before the last one on which coordinators are told that a search still awaits them (hypothèse)."""

LIMITING = frozenset({Right.RECTIFICATION, Right.LIMITATION, Right.OBJECTION})
"""Rights whose exercise freezes the situation as soon as it is recognised (RGPD, article 18.1 a, c and d)."""

ERASING = frozenset({Right.ERASURE, Right.OBJECTION})
"""Rights that, once granted, destroy the situation (RGPD, articles 17.1 and 21.1)."""

GRANTING = frozenset({Decision.GRANTED, Decision.PARTIAL})
"""Decisions that give something."""

REFUSING = frozenset({Decision.REFUSED, Decision.PARTIAL})
"""Decisions that refuse something, and so owe a ground and the remedies (RGPD, article 12.4)."""

ALL_OR_NOTHING = frozenset({Right.LIMITATION, *ERASING})
"""Rights that cannot be granted in part: a situation is destroyed or it is not."""

_EVERY = frozenset(Right)

GROUNDS: Mapping[RefusalGround, tuple[str, frozenset[Right]]] = {
    RefusalGround.EXCESSIVE: ("RGPD, article 12, paragraphe 5", _EVERY),
    RefusalGround.IDENTITY: ("RGPD, article 12, paragraphes 2 et 6", _EVERY),
    RefusalGround.THIRD_PERSONS: (
        "RGPD, article 15, paragraphe 4 ; code des relations entre le public et l'administration, article L.311-6",
        frozenset({Right.ACCESS}),
    ),
    RefusalGround.CHILD: (
        "RGPD, article 23, paragraphe 1, point i (hypothèse, à confirmer par le délégué)",
        frozenset({Right.ACCESS}),
    ),
    RefusalGround.JUDICIAL: (
        "CADA, conseil 20194331 : pièce élaborée pour saisir le juge",
        frozenset({Right.ACCESS, Right.RECTIFICATION}),
    ),
    RefusalGround.ACCURATE: ("RGPD, article 16", frozenset({Right.RECTIFICATION})),
    RefusalGround.PUBLIC_TASK: ("RGPD, article 17, paragraphe 3, point b", frozenset({Right.ERASURE})),
    RefusalGround.COMPELLING: ("RGPD, article 21, paragraphe 1", frozenset({Right.OBJECTION})),
    RefusalGround.NOT_LIMITABLE: ("RGPD, article 18, paragraphe 1", frozenset({Right.LIMITATION})),
}
"""The article of each ground, and the rights to which it answers."""

CNIL = (
    "Vous pouvez adresser une réclamation à la CNIL (www.cnil.fr, ou 3 place de Fontenoy, TSA 80715, "
    "75334 Paris Cedex 07), ou former un recours devant le tribunal administratif."
)
"""The remedy that every refusal names (RGPD, articles 12.4, 77 and 79)."""

CADA = (
    "Vous pouvez aussi saisir la Commission d'accès aux documents administratifs (CADA, www.cada.fr) dans les deux "
    "mois du refus."
)
"""The remedy against a refused communication (code des relations entre le public et l'administration, L.342-1)."""

DUTIES: Mapping[Right, RecipientDuty] = {
    Right.RECTIFICATION: RecipientDuty.RECTIFY,
    Right.ERASURE: RecipientDuty.ERASE,
    Right.OBJECTION: RecipientDuty.ERASE,
    Right.LIMITATION: RecipientDuty.LIMIT,
}
"""What the recipients of a situation are told once a right is granted (RGPD, article 19); access changes nothing."""

PURPOSE = (
    ("Finalité", "l'examen, par la cellule, de la situation d'un mineur, pour lui proposer un accompagnement"),
    ("Fondement", "mission d'intérêt public (RGPD, article 6.1 e ; code de la sécurité intérieure, article L.132-5)"),
    ("Destinataires", "le coordonnateur, le parquet, les membres de la cellule, puis le service saisi s'il y en a un"),
    ("Conservation", "trois mois au plus après la fin du suivi, et jamais après les 25 ans de la personne"),
    ("Source", "un partenaire de la cellule ; son identité n'est pas communiquée (RGPD, article 15, paragraphe 4)"),
    ("Décision automatisée", "aucune"),
    ("Vos droits", "rectification, effacement, limitation, opposition, auprès du délégué à la protection des données"),
    ("Réclamation", "auprès de la CNIL (www.cnil.fr)"),
)
"""What the answer to a request of access says beside the data (RGPD, article 15.1 a to h)."""

_MASKED_FROM: Mapping[Requester, tuple[Maskable, ...]] = {
    Requester.HOLDER: (Maskable.ADDRESS, Maskable.SCHOOL, Maskable.PROTECTION),
    Requester.MINOR: (),
    Requester.ADULT: (),
}

_DISCLOSABLE: Mapping[Stage, Disclosable] = {
    Stage.RECEIVED: Disclosable.RECEIVED,
    Stage.UNDER_EXAMINATION: Disclosable.STUDIED,
    Stage.FOLLOWED: Disclosable.FOLLOWED,
    Stage.CLOSED: Disclosable.ENDED,
    Stage.INADMISSIBLE: Disclosable.ENDED,
    Stage.REDIRECTED: Disclosable.ENDED,
    Stage.MOVED: Disclosable.ENDED,
    Stage.MERGED: Disclosable.ENDED,
}


def due_on(received: date, *, extended: bool = False) -> date:
    """Give the last day on which a request received on a day is answered (RGPD, article 12.3)."""
    return add_months(received, ANSWER_MONTHS + (EXTENSION_MONTHS if extended else 0))


def search_due_on(asked: date) -> date:
    """Give the last day on which a cell that was asked on a day says whether it knows the person."""
    return asked + timedelta(days=SEARCH_DAYS)


def lacks_authority(requester: Requester, check: AuthorityCheck | None) -> bool:
    """Tell whether parental authority was left unchecked, or checked of somebody who does not claim it."""
    return (requester is Requester.HOLDER) is (check is None)


def grounds_for(right: Right) -> tuple[RefusalGround, ...]:
    """Give the grounds on which a right may be refused."""
    return tuple(ground for ground in RefusalGround if right in GROUNDS[ground][1])


def decisions_for(right: Right, *, known: bool, apart: bool) -> tuple[Decision, ...]:
    """Give the decisions open on a request: whether a cell knows the person, or holds apart somebody who resembles.

    Nobody is told that nothing is held while something may be, archived or locked. What the archive shows is handed
    over by hand; nothing of it changes before the cell recognised it.
    """
    if apart and not known:
        return (Decision.GRANTED, Decision.PARTIAL, Decision.REFUSED) if right is Right.ACCESS else (Decision.REFUSED,)
    if not known:
        return (Decision.NOTHING_HELD, Decision.REFUSED)
    partly = () if right in ALL_OR_NOTHING else (Decision.PARTIAL,)
    return (Decision.GRANTED, *partly, Decision.REFUSED)


def remedies(right: Right) -> tuple[str, ...]:
    """Give the remedies against a refusal of a right."""
    return (CNIL, CADA) if right is Right.ACCESS else (CNIL,)


def masked_from(requester: Requester) -> tuple[Maskable, ...]:
    """Give what is proposed to be masked: a parent may be the one from whom a child or the other parent is protected.

    Source: RGPD, article 15.4; the coordinator unticks it for a parent whom nothing speaks against (hypothèse).
    """
    return _MASKED_FROM[requester]


def disclosable(stage: Stage) -> Disclosable:
    """Give where a situation stands in words that never tell the parquet's answer (domain.md section 2).

    Admissible, before the parquet, retained and not retained read alike.
    """
    return _DISCLOSABLE.get(stage, Disclosable.STUDIED)
