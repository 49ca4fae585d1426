"""What each role reads of a situation, stage by stage: what is not listed is not shown (domain.md section 2)."""

from collections.abc import Collection

from policies.vocabulary import Role, Stage, Word


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
    CIRCUMSTANCES = "circumstances", "dates et lieux"
    STEPS = "steps", "démarches engagées"
    FACTS = "facts", "faits relus"
    FACTS_TO_REVIEW = "facts_to_review", "faits à relire"
    ORIGIN = "origin", "catégorie d'origine"
    REPORTER = "reporter", "auteur du signalement"
    DECISION = "decision", "décision du coordonnateur"
    PARQUET_ANSWER = "parquet_answer", "réponse du parquet"


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

_DISCLOSED: dict[Role, dict[Stage, frozenset[Field]]] = {
    Role.COORDINATOR: {stage: frozenset(Field) for stage in Stage if stage not in {Stage.MOVED, Stage.MERGED}},
    Role.PARQUET: {
        Stage.WITH_PARQUET: frozenset(
            {Field.IDENTITY, Field.ADDRESS, Field.REPRESENTATIVES, Field.MOTIVES, Field.CIRCUMSTANCES}
        ),
        Stage.RETAINED: _SEAT | {Field.PARQUET_ANSWER},
        Stage.NOT_RETAINED: frozenset({Field.IDENTITY, Field.PARQUET_ANSWER}),
    },
}


def disclosed(roles: Collection[Role], stage: Stage) -> frozenset[Field]:
    """Give the classes of fields that a person holding these roles in the cell reads at a stage."""
    shown: frozenset[Field] = frozenset()
    for role in roles:
        shown |= _DISCLOSED.get(role, {}).get(stage, frozenset())
    return shown
