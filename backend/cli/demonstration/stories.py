"""What is signalled in the demonstration, and how far each went: twenty invented minors, in two cells.

No name, school or place exists; quartiers are real. Days count back from the present.
"""

from dataclasses import dataclass

from policies.vocabulary import (
    Inadmissibility,
    Insufficiency,
    Motive,
    Necessity,
    ParquetAnswerValue,
    Period,
    PlaceKind,
    Qualification,
    ReturnReason,
    SchoolLevel,
    Sex,
    StepTaken,
)

_DANGER, _BOTH = Qualification.DANGER, Qualification.BOTH
_INFRA = Qualification.INFRA_DELINQUENCY
_MIDDLE, _HIGH, _VOCATIONAL = SchoolLevel.MIDDLE, SchoolLevel.HIGH, SchoolLevel.VOCATIONAL


@dataclass(frozen=True, slots=True)
class Minor:
    """Somebody invented: a quartier by its number in Paris, an age in years and the days since the last birthday."""

    last_name: str
    first_name: str
    sex: Sex
    age: int
    since_birthday: int
    arrondissement: int
    quartier: int
    school: str | None
    level: SchoolLevel
    representative: str | None = None


@dataclass(frozen=True, slots=True)
class Concern:
    """Why the minor is signalled; `necessity` codes every motive that touches on an offence."""

    qualification: Qualification
    motives: tuple[Motive, ...]
    periods: tuple[Period, ...]
    place_kinds: tuple[PlaceKind, ...]
    steps: tuple[StepTaken, ...]
    insufficiencies: tuple[Insufficiency, ...]
    necessity: Necessity | None = None
    facts: str | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """How many days before the present each step was made; None for what has not been."""

    received: int
    qualified: int | None = None
    sent: int | None = None
    answered: int | None = None
    outcome: Inadmissibility | ReturnReason | ParquetAnswerValue | None = None
    urgent: bool = False
    """Whether the emergency meeting examined it."""


@dataclass(frozen=True, slots=True)
class Story:
    """One signalement: its author, by the first part of a persona's address, its minor, its reason, its course."""

    author: str
    minor: Minor
    concern: Concern
    course: Course

    @property
    def territory(self) -> str:
        """The sector whose cell receives it."""
        return str(self.minor.arrondissement)


def _minor(
    last_name: str,
    first_name: str,
    sex: Sex,
    birth: tuple[int, int],
    quartier: int,
    school: str | None,
    *,
    level: SchoolLevel = _MIDDLE,
    representative: str | None = None,
) -> Minor:
    return Minor(last_name, first_name, sex, *birth, (quartier + 3) // 4, quartier, school, level, representative)


_F, _M = Sex.FEMALE, Sex.MALE
_COLLEGE = "Collège des Peupliers Bleus"
_LYCEE = "Lycée du Grand Cèdre"

_NIGHT_HALL = Concern(
    _INFRA,
    (Motive.MOT_01, Motive.MOT_06),
    (Period.EVENING, Period.NIGHT),
    (PlaceKind.BUILDING,),
    (StepTaken.TALKED_FAMILY, StepTaken.MEDIATION),
    (Insufficiency.NO_SUPPORT,),
    Necessity.REPEATED,
)
_ABSENT = Concern(
    _DANGER,
    (Motive.MOT_02, Motive.MOT_03),
    (Period.SCHOOL_HOURS,),
    (PlaceKind.SCHOOL_SURROUNDINGS, PlaceKind.SHOPS),
    (StepTaken.SCHOOL_MEETING, StepTaken.TALKED_FAMILY),
    (Insufficiency.INTERRUPTED,),
)
_BRAWL = Concern(
    _INFRA,
    (Motive.MOT_05, Motive.MOT_12),
    (Period.AFTER_SCHOOL,),
    (PlaceKind.SCHOOL_SURROUNDINGS, PlaceKind.PARK),
    (StepTaken.TALKED_MINOR, StepTaken.STREET_WORKERS),
    (Insufficiency.WORSENING,),
    Necessity.PREVENT_ESCALATION,
)
_WANDERING = Concern(
    _DANGER,
    (Motive.MOT_04, Motive.MOT_11),
    (Period.EVENING, Period.WEEKEND),
    (PlaceKind.STREET, PlaceKind.TRANSPORT),
    (StepTaken.TALKED_MINOR,),
    (Insufficiency.UNKNOWN,),
)
_PETTY = Concern(
    _BOTH,
    (Motive.MOT_07, Motive.MOT_08),
    (Period.AFTER_SCHOOL, Period.WEEKEND),
    (PlaceKind.SHOPS, PlaceKind.STREET),
    (StepTaken.TALKED_FAMILY,),
    (Insufficiency.REFUSED,),
    Necessity.PROTECT_MINOR,
)


def _with(concern: Concern, facts: str) -> Concern:
    return Concern(
        concern.qualification,
        concern.motives,
        concern.periods,
        concern.place_kinds,
        concern.steps,
        concern.insufficiencies,
        concern.necessity,
        facts,
    )


_RETAINED, _NOT_RETAINED = ParquetAnswerValue.RETAINED, ParquetAnswerValue.NOT_RETAINED

STORIES = (
    # Cell 13: the parquet has answered.
    Story(
        "commissariat-13",
        _minor("Vasquelin", "Ilyan", _M, (15, 40), 50, _COLLEGE, representative="Mme Vasquelin"),
        _with(
            _BRAWL,
            "Deux bagarres constatées à la sortie du collège, les lundis, entre groupes d'élèves. "
            "Le mineur revient sur les lieux malgré les rappels.",
        ),
        Course(34, 32, 29, 22, _RETAINED),
    ),
    Story(
        "education-13",
        _minor("Okambélé", "Thaïs", _F, (14, 200), 51, _COLLEGE, representative="M. Okambélé"),
        _ABSENT,
        Course(33, 31, 29, 22, _RETAINED),
    ),
    Story(
        "agent-dpmp",
        _minor("Brindavoine", "Enzo", _M, (16, 95), 49, _LYCEE, level=_HIGH),
        _PETTY,
        Course(32, 30, 29, 21, _NOT_RETAINED),
    ),
    # Cell 13: examined at an emergency meeting, followed.
    Story(
        "commissariat-13",
        _minor("Rochambelle", "Noam", _M, (14, 90), 50, _COLLEGE, representative="Mme Rochambelle"),
        _BRAWL,
        Course(34, 33, 31, 29, _RETAINED, urgent=True),
    ),
    Story(
        "education-13",
        _minor("Dufrénois-Ba", "Inaya", _F, (15, 130), 50, _COLLEGE, representative="M. Dufrénois"),
        _ABSENT,
        Course(33, 32, 31, 29, _RETAINED, urgent=True),
    ),
    # Cell 13: with the parquet.
    Story(
        "bailleur",
        _minor("Moranzé", "Aïssata", _F, (13, 150), 50, _COLLEGE, representative="Mme Moranzé"),
        _with(
            _NIGHT_HALL,
            "Présence répétée dans le hall de l'immeuble après 23 h, avec quatre autres jeunes. "
            "Trois passages du gardien en deux semaines.",
        ),
        Course(27, 25, 19),
    ),
    Story(
        "mairie-13",
        _minor("Leng-Avrillon", "Chanthy", _M, (15, 12), 51, _COLLEGE),
        _WANDERING,
        Course(26, 24, 19),
    ),
    Story(
        "commissariat-13",
        _minor("Tarquini-Sol", "Mélina", _F, (16, 180), 52, _LYCEE, level=_HIGH, representative="M. Tarquini-Sol"),
        _PETTY,
        Course(24, 23, 19),
    ),
    Story("education-13", _minor("Benzaklour", "Rayane", _M, (12, 77), 49, _COLLEGE), _ABSENT, Course(20, 18, 13)),
    Story(
        "agent-dpmp",
        _minor("Ostrevent", "Kylian", _M, (17, 30), 50, None, level=_VOCATIONAL),
        _BRAWL,
        Course(19, 17, 13),
    ),
    # Cell 13: admissible, to send.
    Story(
        "bailleur",
        _minor("Delacombe-Yao", "Grâce", _F, (14, 9), 51, _COLLEGE, representative="Mme Yao"),
        _NIGHT_HALL,
        Course(13, 11),
    ),
    Story("mairie-13", _minor("Farandol", "Noé", _M, (13, 320), 52, _COLLEGE), _WANDERING, Course(12, 9)),
    Story(
        "commissariat-13",
        _minor("Nguyen-Brézol", "Linh", _F, (15, 260), 49, _LYCEE, level=_HIGH),
        _PETTY,
        Course(10, 8),
    ),
    # Cell 13: not for the cell, or to complete.
    Story(
        "education-13",
        _minor("Quintavel", "Baptiste", _M, (14, 33), 51, _COLLEGE),
        _BRAWL,
        Course(16, 14, outcome=Inadmissibility.DIVERTED_RIMS),
    ),
    Story(
        "bailleur",
        _minor("Sorlingue", "Kenza", _F, (16, 21), 50, None, level=SchoolLevel.UNKNOWN),
        _NIGHT_HALL,
        Course(8, 6, outcome=ReturnReason.RESIDENCE_UNKNOWN),
    ),
    # Cell 13: to qualify. The third is the girl whom the landlord signalled before: other spelling, names swapped.
    Story(
        "mairie-13",
        _minor("Castrévin", "Jade", _F, (12, 140), 52, _COLLEGE, representative="Mme Castrévin"),
        Concern(
            _DANGER,
            (Motive.MOT_09, Motive.MOT_11),
            (Period.NIGHT, Period.WEEKEND),
            (PlaceKind.STREET,),
            (StepTaken.TALKED_FAMILY, StepTaken.SOCIAL_WORKER),
            (Insufficiency.WORSENING,),
        ),
        Course(5),
    ),
    Story(
        "commissariat-13",
        _minor("Halvorsen-Diop", "Ismaël", _M, (15, 66), 49, _LYCEE, level=_HIGH),
        _with(
            _BRAWL,
            "Altercation le samedi après-midi devant le gymnase, avec un lycéen du secteur. "
            "Il était accompagné de Dylan Morvanec. Aucune blessure constatée.",
        ),
        Course(4),
    ),
    Story("agent-dpmp", _minor("Aissata", "Moranze", _F, (13, 150), 50, _COLLEGE), _WANDERING, Course(3)),
    Story("education-13", _minor("Pelletan-Roca", "Diego", _M, (14, 111), 50, _COLLEGE), _ABSENT, Course(2)),
    # Over: the first one is destroyed by now, the second is announced; in the cell 18 the third is locked.
    Story(
        "mairie-13",
        _minor("Verdolin-Kéita", "Mathéo", _M, (13, 200), 50, _COLLEGE),
        _BRAWL,
        Course(45, 43, outcome=Inadmissibility.DIVERTED_RIMS),
    ),
    Story(
        "education-13",
        _minor("Brasquemont", "Lilou", _F, (15, 140), 51, _COLLEGE),
        _ABSENT,
        Course(25, 24, outcome=Inadmissibility.DIVERTED_RIMS),
    ),
    Story(
        "agent-dpmp",
        _minor("Solvignan", "Enzo", _M, (14, 90), 70, None),
        _WANDERING,
        Course(44, 42, outcome=Inadmissibility.DIVERTED_RIMS),
    ),
    # Cell 18.
    Story("bailleur", _minor("Zimorane", "Youssra", _F, (15, 55), 70, _COLLEGE), _NIGHT_HALL, Course(15, 12)),
    Story("agent-dpmp", _minor("Clairvaison", "Tiago", _M, (16, 222), 71, None), _WANDERING, Course(7)),
    Story("commissariat-13", _minor("Marembert", "Anouk", _F, (13, 18), 72, _COLLEGE), _PETTY, Course(4)),
)
"""Every signalement that was sent."""

DRAFT = Story(
    "bailleur",
    _minor("Ravelomé", "Sacha", Sex.UNKNOWN, (15, 0), 51, None, level=SchoolLevel.UNKNOWN),
    _NIGHT_HALL,
    Course(1),
)
"""What the landlord's reporter began yesterday and has not finished."""
