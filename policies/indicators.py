"""Every indicator, declared once: its definition, unit, source and limits, what of it is published, and how it adds up.

The page « Définitions », `docs/indicators.md`, the releases and the suppression read this file (domain.md section 7).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.charter_words import FeedbackValue
from policies.examination_words import UNEXAMINED, PostponementReason
from policies.indicator_words import Indicator, Unit
from policies.meeting_words import CarryReason, Quarter
from policies.orientation_words import Destination
from policies.rav_words import MeetingKind, ThematicDay
from policies.vocabulary import ClosingReason, Diversion, Inadmissibility, Motive, Origin, Word

ROLLING_YEARS = 3
"""Years of a rolling period: the only one in which a sector's figures are broken down (domain.md section 7)."""

SETTLING_DAYS = 15
"""Days after a quarter before it is published for good, so that what is recorded late is there. Hypothèse."""

LEAST_FOR_DELAYS = 10
"""Delays below which neither median nor ninth decile is published: each would be somebody's own. Hypothèse."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What one indicator is. `values` is its one breakdown; `local` tells whether a sector's yearly total is published.

    `suppressed`: it counts minors, situations or signalements, so small figures are hidden; otherwise it is exact.
    """

    indicator: Indicator
    unit: Unit
    definition: str
    source: str
    limits: str
    values: tuple[Word, ...] = ()
    suppressed: bool = True
    local: bool = True
    detailed_locally: bool = True


_PARIS_ONLY = "Publié pour Paris seulement : par arrondissement, les nombres sont trop petits."
_ROLLING = "Par arrondissement, le détail n'est publié que sur trois années glissantes."
_OF_THE_MONTH = (
    "Compté au mois de l'acte : une situation reçue en décembre et retenue en janvier compte dans deux années."
)
_NETWORK = "Compté par les animateurs du réseau ; aucune situation individuelle n'y est évoquée."
_CONTRACT_2015 = "contrat parisien 2015-2020"
_CONTRACT_6E = "contrat du 6e arrondissement 2022-2026"
_CHOICE = "hypothèse (décision du projet)"

_DECLARED = (
    Declared(
        Indicator.SIGNALEMENT_RECEIVED,
        Unit.SIGNALEMENT,
        "Signalements adressés à une cellule, comptés à leur réception.",
        f"{_CONTRACT_2015} (184 de 2012 à 2014)",
        "Plusieurs signalements peuvent concerner un même mineur. Un signalement transmis à la cellule compétente "
        "n'est compté que par elle.",
    ),
    Declared(
        Indicator.SIGNALEMENT_BY_ORIGIN,
        Unit.SIGNALEMENT,
        "Les mêmes signalements, selon la catégorie d'institution de leur auteur.",
        f"{_CONTRACT_2015} (diversifier les origines)",
        _ROLLING,
        tuple(Origin),
    ),
    Declared(
        Indicator.SIGNALEMENT_BY_MOTIVE,
        Unit.SIGNALEMENT,
        "Les mêmes signalements, selon leurs motifs.",
        _CHOICE,
        f"Un signalement peut avoir plusieurs motifs : le total dépasse celui des signalements. {_ROLLING}",
        tuple(Motive),
    ),
    Declared(
        Indicator.DIVERTED,
        Unit.MINOR,
        "Saisies arrêtées par une question préalable, et réorientées : danger immédiat, infraction à l'école, "
        "radicalisation.",
        _CHOICE,
        f"Rien d'autre n'en est gardé. {_PARIS_ONLY}",
        tuple(Diversion),
        local=False,
        detailed_locally=False,
    ),
    Declared(
        Indicator.SET_ASIDE,
        Unit.SITUATION,
        "Situations qui ne vont pas au parquet : non recevables, réorientées vers la CRIP, rattachées à une autre.",
        _CHOICE,
        _OF_THE_MONTH,
    ),
    Declared(
        Indicator.INADMISSIBLE,
        Unit.SITUATION,
        "Situations déclarées non recevables par le coordonnateur, ou éteintes faute de décision dans les délais.",
        _CHOICE,
        _PARIS_ONLY,
        tuple(Inadmissibility),
        local=False,
        detailed_locally=False,
    ),
    Declared(
        Indicator.REDIRECTED,
        Unit.SITUATION,
        "Situations de danger transmises à la CRIP le jour même, sans attendre de réunion.",
        _CHOICE,
        _PARIS_ONLY,
        local=False,
        detailed_locally=False,
    ),
    Declared(
        Indicator.MERGED,
        Unit.SITUATION,
        "Situations rattachées à une autre de la même cellule : le même mineur signalé deux fois.",
        _CHOICE,
        _PARIS_ONLY,
        local=False,
        detailed_locally=False,
    ),
    Declared(
        Indicator.MOVED,
        Unit.SITUATION,
        "Situations transmises à une autre cellule, compétente.",
        _CHOICE,
        f"Le signalement est alors compté par la cellule compétente. {_PARIS_ONLY}",
        local=False,
        detailed_locally=False,
    ),
    Declared(
        Indicator.SENT_TO_PARQUET,
        Unit.SITUATION,
        "Situations transmises au parquet par le coordonnateur (étape 2).",
        _CONTRACT_2015,
        _OF_THE_MONTH,
    ),
    Declared(
        Indicator.RETAINED,
        Unit.SITUATION,
        "Situations que le parquet laisse à la cellule : aucun suivi judiciaire n'est en cours.",
        f"{_CONTRACT_2015} (130 sur 184 de 2012 à 2014)",
        f"Une réponse corrigée change de nombre. {_OF_THE_MONTH}",
    ),
    Declared(
        Indicator.NOT_RETAINED,
        Unit.SITUATION,
        "Situations écartées par le parquet : un suivi judiciaire est en cours.",
        f"{_CONTRACT_2015} (54 sur 184 de 2012 à 2014)",
        f"Une réponse corrigée change de nombre. {_OF_THE_MONTH}",
    ),
    Declared(
        Indicator.EXAMINED,
        Unit.SITUATION,
        "Situations examinées en réunion, comptées une fois, à leur premier examen.",
        f"{_CONTRACT_2015} (61 de 2012 à 2014)",
        "Une situation suivie sur plusieurs réunions ne compte qu'une fois.",
    ),
    Declared(
        Indicator.NOT_EXAMINED,
        Unit.SITUATION,
        "Situations retenues par le parquet et closes sans avoir été examinées, selon le motif.",
        f"{_CONTRACT_2015} (69 de 2012 à 2014, sans explication)",
        f"Ce qui attend encore sa réunion n'y est pas. {_ROLLING}",
        tuple(reason for reason in ClosingReason if reason in UNEXAMINED),
    ),
    Declared(
        Indicator.POSTPONED,
        Unit.SITUATION,
        "Examens reportés en séance, selon le motif.",
        _CHOICE,
        f"Une situation reportée deux fois compte deux fois. {_PARIS_ONLY}",
        tuple(PostponementReason),
        local=False,
        detailed_locally=False,
    ),
    Declared(
        Indicator.CARRIED,
        Unit.SITUATION,
        "Situations retirées d'un ordre du jour avant leur examen, selon le motif.",
        _CHOICE,
        f"Une situation retirée deux fois compte deux fois. {_PARIS_ONLY}",
        tuple(CarryReason),
        local=False,
        detailed_locally=False,
    ),
    Declared(
        Indicator.CLOSED,
        Unit.SITUATION,
        "Situations examinées dont le suivi a pris fin, selon le motif.",
        _CHOICE,
        _PARIS_ONLY,
        tuple(ClosingReason),
        local=False,
        detailed_locally=False,
    ),
    Declared(
        Indicator.ORIENTED,
        Unit.ORIENTATION,
        "Orientations décidées en réunion, selon la destination.",
        f"{_CONTRACT_2015} (CRIP, services sociaux, associations locales)",
        f"Une situation peut avoir plusieurs orientations. {_ROLLING}",
        tuple(Destination),
    ),
    Declared(
        Indicator.SCHOOL_ORIENTED,
        Unit.MINOR,
        "Élèves pour lesquels une orientation scolaire a été décidée.",
        "contrat parisien 2023-2026, fiche 1.2",
        "Un élève ne compte qu'une fois par situation.",
    ),
    Declared(
        Indicator.FEEDBACK,
        Unit.FEEDBACK,
        "Réponses des services destinataires : accompagnement possible, impossible, réorientation.",
        _CONTRACT_2015,
        f"La CRIP ne répond pas ici. {_ROLLING}",
        tuple(FeedbackValue),
    ),
    *(
        Declared(
            indicator,
            Unit.DAY,
            f"Jours {indicator.label} : médiane, et neuvième décile (neuf sur dix n'attendent pas davantage).",
            _CHOICE,
            f"Paris seulement, à partir de {LEAST_FOR_DELAYS} délais dans l'année.",
            suppressed=False,
            local=False,
            detailed_locally=False,
        )
        for indicator in (
            Indicator.ANSWER_DELAY,
            Indicator.EXAMINATION_DELAY,
            Indicator.TRANSMISSION_DELAY,
            Indicator.FEEDBACK_DELAY,
        )
    ),
    Declared(
        Indicator.MEETING_PLANNED,
        Unit.MEETING,
        "Réunions ordinaires inscrites au calendrier annuel, par trimestre.",
        f"{_CONTRACT_6E} (respect du calendrier)",
        "Une réunion par trimestre est prévue par défaut. Les réunions d'urgence n'en sont pas.",
        tuple(Quarter),
        suppressed=False,
    ),
    Declared(
        Indicator.MEETING_HELD,
        Unit.MEETING,
        "Réunions ordinaires tenues, au trimestre où elles l'ont été. Le respect du calendrier est la part des "
        "réunions prévues tenues dans leur trimestre.",
        _CONTRACT_6E,
        "Une réunion tenue au trimestre suivant ne respecte pas le calendrier.",
        tuple(Quarter),
        suppressed=False,
    ),
    Declared(
        Indicator.EMERGENCY_HELD,
        Unit.MEETING,
        "Réunions d'urgence tenues après une rixe, un événement mortel ou grave.",
        _CHOICE,
        "Hors du respect du calendrier.",
        suppressed=False,
    ),
    Declared(
        Indicator.PRESENTATION_HELD,
        Unit.MEETING,
        "Présentations de la cellule à ses partenaires, à la rentrée.",
        _CONTRACT_6E,
        "Aucune situation individuelle n'y est évoquée.",
        suppressed=False,
    ),
    Declared(
        Indicator.COPIL_HELD,
        Unit.MEETING,
        "Réunions du comité de pilotage parisien.",
        _CONTRACT_2015,
        "Pour Paris seulement.",
        suppressed=False,
        local=False,
    ),
    Declared(
        Indicator.CHARTER_SIGNED,
        Unit.INSTITUTION,
        "Institutions membres qui ont signé une version de la charte en vigueur, le jour de la publication.",
        _CONTRACT_2015,
        "Le taux de signature les rapporte aux institutions membres. Pour Paris seulement.",
        suppressed=False,
        local=False,
    ),
    Declared(
        Indicator.CHARTER_EXPECTED,
        Unit.INSTITUTION,
        "Institutions dont un agent siège dans une cellule, le jour de la publication.",
        _CONTRACT_2015,
        "Pour Paris seulement.",
        suppressed=False,
        local=False,
    ),
    Declared(
        Indicator.EXCLUDED,
        Unit.EXCLUSION,
        "Exclusions prononcées dans la période contre une personne ou une institution qui a manqué à la charte.",
        "code de la sécurité intérieure, article L.132-5",
        "Pour Paris seulement : le nombre d'une cellule dirait de qui il s'agit.",
        suppressed=False,
        local=False,
    ),
    Declared(
        Indicator.RAV_NETWORKS,
        Unit.ITEM,
        "Réseaux d'aide aux victimes ouverts, moins ceux qui ont fermé.",
        _CONTRACT_6E,
        _NETWORK,
        suppressed=False,
    ),
    Declared(
        Indicator.RAV_MEETINGS,
        Unit.MEETING,
        "Réunions tenues par les réseaux, selon leur format.",
        _CONTRACT_6E,
        _NETWORK,
        tuple(MeetingKind),
        suppressed=False,
    ),
    Declared(
        Indicator.RAV_EVENTS,
        Unit.ITEM,
        "Événements organisés par les réseaux, selon la journée thématique.",
        _CONTRACT_6E,
        _NETWORK,
        tuple(ThematicDay),
        suppressed=False,
    ),
    Declared(
        Indicator.RAV_TOOLS,
        Unit.ITEM,
        "Outils mis en service par les réseaux.",
        _CONTRACT_6E,
        _NETWORK,
        suppressed=False,
    ),
)

DECLARED: Mapping[Indicator, Declared] = {declared.indicator: declared for declared in _DECLARED}
"""Every indicator, in the order in which people read them."""

HEADLINES = (
    Indicator.SIGNALEMENT_RECEIVED,
    Indicator.SENT_TO_PARQUET,
    Indicator.RETAINED,
    Indicator.EXAMINED,
    Indicator.ORIENTED,
    Indicator.FEEDBACK,
)
"""The funnel, from signalement to feedback."""

DELAYS = (
    Indicator.ANSWER_DELAY,
    Indicator.EXAMINATION_DELAY,
    Indicator.TRANSMISSION_DELAY,
    Indicator.FEEDBACK_DELAY,
)
"""Histograms of days, summed up by `policies.indicator_sums.summed_up`."""
