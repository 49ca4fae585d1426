"""The closed words of the indicators: what is counted, and in which unit (domain.md section 7, I1 to I11)."""

from policies.vocabulary import Word


class Unit(Word):
    """What one of a figure is (AMB-23)."""

    SIGNALEMENT = "signalement", "signalements"
    SITUATION = "situation", "situations"
    MINOR = "minor", "mineurs"
    ORIENTATION = "orientation", "orientations"
    FEEDBACK = "feedback", "retours"
    MEETING = "meeting", "réunions"
    DAY = "day", "jours"
    INSTITUTION = "institution", "institutions"
    EXCLUSION = "exclusion", "exclusions"
    ITEM = "item", "éléments"


class Indicator(Word):
    """What is counted on steps 1 to 6 and in the networks (domain.md section 7); each label states its unit."""

    SIGNALEMENT_RECEIVED = "signalement_received", "signalements reçus"
    SIGNALEMENT_BY_ORIGIN = "signalement_by_origin", "signalements reçus, par origine"
    SIGNALEMENT_BY_MOTIVE = "signalement_by_motive", "signalements reçus, par motif"
    DIVERTED = "diverted", "saisies réorientées avant signalement, par question"
    INADMISSIBLE = "inadmissible", "situations non recevables, par motif"
    REDIRECTED = "redirected", "situations réorientées sans délai vers la CRIP"
    MOVED = "moved", "situations transmises à la cellule compétente"
    MERGED = "merged", "situations rattachées à une autre"
    SET_ASIDE = "set_aside", "situations écartées avant le parquet"
    SENT_TO_PARQUET = "sent_to_parquet", "situations transmises au parquet"
    RETAINED = "retained", "situations retenues par le parquet"
    NOT_RETAINED = "not_retained", "situations non retenues par le parquet"
    EXAMINED = "examined", "situations examinées, à leur premier examen"
    POSTPONED = "postponed", "examens reportés, par motif"
    CARRIED = "carried", "situations retirées d'un ordre du jour sans examen, par motif"
    CLOSED = "closed", "situations closes après examen, par motif"
    NOT_EXAMINED = "not_examined", "situations retenues et closes sans examen, par motif"
    ORIENTED = "oriented", "orientations décidées, par destination"
    SCHOOL_ORIENTED = "school_oriented", "élèves concernés par une orientation scolaire"
    FEEDBACK = "feedback", "retours reçus, par réponse"
    ANSWER_DELAY = "answer_delay", "de la réception à la réponse du parquet"
    EXAMINATION_DELAY = "examination_delay", "de la réception au premier examen"
    TRANSMISSION_DELAY = "transmission_delay", "de l'orientation à sa transmission"
    FEEDBACK_DELAY = "feedback_delay", "de la transmission au retour"
    MEETING_PLANNED = "meeting_planned", "réunions ordinaires prévues, par trimestre"
    MEETING_HELD = "meeting_held", "réunions ordinaires tenues, par trimestre"
    EMERGENCY_HELD = "emergency_held", "réunions d'urgence tenues"
    PRESENTATION_HELD = "presentation_held", "présentations de rentrée tenues"
    COPIL_HELD = "copil_held", "réunions du comité de pilotage parisien tenues"
    CHARTER_SIGNED = "charter_signed", "institutions membres qui ont signé la charte en vigueur"
    CHARTER_EXPECTED = "charter_expected", "institutions membres"
    EXCLUDED = "excluded", "exclusions pour manquement, d'une personne ou d'une institution"
    RAV_NETWORKS = "rav_networks", "réseaux d'aide aux victimes"
    RAV_MEETINGS = "rav_meetings", "réunions et groupes de travail tenus par les réseaux, par format"
    RAV_EVENTS = "rav_events", "événements des réseaux, par journée thématique"
    RAV_TOOLS = "rav_tools", "outils mis en service par les réseaux"


class Delay(Word):
    """How a histogram of days is summed up."""

    MEDIAN = "median", "médiane"
    NINTH_DECILE = "ninth_decile", "neuvième décile"


class TextKind(Word):
    """The texts of a yearly balance, and who writes each (domain.md section 7)."""

    COORDINATION = "coordination", "application de la charte, par le coordonnateur"
    SOCIAL = "social", "suites données par les services sociaux, par le coordinateur social de territoire"
    CITY = "city", "bilan parisien, par le comité de pilotage"
