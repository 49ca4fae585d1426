"""What each role reads of a situation, stage by stage: what is not listed is not shown (domain.md section 2)."""

from collections.abc import Collection

from policies.charter_words import RecipientCategory
from policies.vocabulary import SEATS, Role, Sharing, Stage, Word


class Field(Word):
    """A class of fields of a situation, disclosed together."""

    IDENTITY = "identity", "identité"
    ADDRESS = "address", "adresse"
    REPRESENTATIVES = "representatives", "représentants légaux"
    REPRESENTATIVES_CONTACT = "representatives_contact", "coordonnées des représentants légaux"
    QUARTIER = "quartier", "quartier"
    SCHOOL = "school", "scolarité"
    QUALIFICATION = "qualification", "qualification"
    MOTIVES = "motives", "motifs"
    SCHOOL_MOTIVES = "school_motives", "motifs scolaires (absentéisme, décrochage, déscolarisation)"
    CIRCUMSTANCES = "circumstances", "dates et lieux"
    STEPS = "steps", "démarches engagées"
    FACTS = "facts", "faits relus"
    FACTS_TO_REVIEW = "facts_to_review", "faits à relire"
    ORIGIN = "origin", "catégorie d'origine"
    REPORTER = "reporter", "auteur du signalement"
    DECISION = "decision", "décision du coordonnateur"
    PARQUET_ANSWER = "parquet_answer", "réponse du parquet"
    EXITS = "exits", "sorties enregistrées"


LISTED_PER_HOUR = 3000
"""Rows that one account may open in lists in an hour: far above a day's work, far under a copy of the file."""

_SEAT = frozenset(
    {
        Field.IDENTITY,
        Field.QUARTIER,
        Field.SCHOOL,
        Field.QUALIFICATION,
        Field.MOTIVES,
        Field.CIRCUMSTANCES,
        Field.STEPS,
        Field.FACTS,
        Field.ORIGIN,
    }
)

_TABLE_STAGES = (Stage.RETAINED, Stage.UNDER_EXAMINATION, Stage.FOLLOWED)

_AT_THE_TABLE: dict[Role, frozenset[Field]] = {
    **dict.fromkeys(SEATS | {Role.PARQUET}, _SEAT),
    Role.GUEST: frozenset({Field.IDENTITY, Field.SCHOOL_MOTIVES}),
}
"""What is read while the situation is open to the seats; the gate says whether it is."""

_DISCLOSED: dict[Role, dict[Stage, frozenset[Field]]] = {
    Role.COORDINATOR: {stage: frozenset(Field) for stage in Stage if stage not in {Stage.MOVED, Stage.MERGED}},
    Role.PARQUET: {
        Stage.WITH_PARQUET: frozenset(
            {Field.IDENTITY, Field.ADDRESS, Field.REPRESENTATIVES, Field.MOTIVES, Field.CIRCUMSTANCES, Field.EXITS}
        ),
        Stage.RETAINED: _SEAT | {Field.PARQUET_ANSWER, Field.EXITS},
        Stage.NOT_RETAINED: frozenset({Field.IDENTITY, Field.PARQUET_ANSWER, Field.EXITS}),
    },
}


def disclosed(roles: Collection[Role], stage: Stage, sharing: Sharing) -> frozenset[Field]:
    """Give the classes of fields that a person holding these roles in the cell reads at a stage.

    A guest is disclosed nothing of the situations to which the gate does not let them.
    """
    shown: frozenset[Field] = frozenset()
    for role in roles:
        shown |= _DISCLOSED.get(role, {}).get(stage, frozenset())
        if sharing is Sharing.SEATS and stage in _TABLE_STAGES:
            shown |= _AT_THE_TABLE.get(role, frozenset())
    return shown


_FOR_PROTECTION = frozenset(
    {
        Field.IDENTITY,
        Field.ADDRESS,
        Field.REPRESENTATIVES,
        Field.REPRESENTATIVES_CONTACT,
        Field.MOTIVES,
        Field.FACTS,
    }
)
_FOR_SUPPORT = frozenset({Field.IDENTITY, Field.REPRESENTATIVES_CONTACT})

LEAVING: dict[RecipientCategory, frozenset[Field]] = {
    RecipientCategory.CRIP: _FOR_PROTECTION,
    RecipientCategory.SOCIAL_SERVICES: _FOR_PROTECTION,
    RecipientCategory.ASSOCIATION: _FOR_SUPPORT,
    RecipientCategory.SCHOOL: _FOR_SUPPORT,
    RecipientCategory.EDUCATIONAL_SUCCESS: _FOR_SUPPORT,
}
"""What leaves in a transmission, with the support asked; facts are reviewed ones only.

Associations, schools and réussite éducative read no fact, no qualification and no motive at all: those that touch on
an offence await decision D4 of the client, and the others are not listed (domain.md section 2).
"""
