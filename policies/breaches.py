"""Breaches of personal data: the words of the register, the 72 hours, what is owed (RGPD, articles 33 and 34; R23)."""

from datetime import datetime, timedelta

from policies.vocabulary import Word

NOTIFICATION_DELAY = timedelta(hours=72)
"""Time to notify the CNIL, from the moment the breach is known (RGPD, article 33.1)."""


class BreachState(Word):
    """Where an entry of the register stands."""

    DECLARED = "declared", "déclarée, à qualifier"
    QUALIFIED = "qualified", "qualifiée"
    CLOSED = "closed", "close"


class BreachNature(Word):
    """What was lost (RGPD, article 4, point 12)."""

    CONFIDENTIALITY = "confidentiality", "confidentialité : des données ont été lues ou pouvaient l'être"
    INTEGRITY = "integrity", "intégrité : des données ont été modifiées"
    AVAILABILITY = "availability", "disponibilité : des données sont perdues ou inaccessibles"


class BreachCause(Word):
    """What happened."""

    WRONG_RECIPIENT = "wrong_recipient", "envoi ou remise au mauvais destinataire"
    READ_WITHOUT_NEED = "read_without_need", "consultation sans besoin d'en connaître"
    DISCLOSED = "disclosed", "divulgation orale ou écrite hors de la cellule"
    SCREEN_SEEN = "screen_seen", "écran ou papier vu par un tiers"
    DEVICE_LOST = "device_lost", "appareil ou document perdu ou volé"
    CREDENTIALS_STOLEN = "credentials_stolen", "identifiants volés ou partagés"
    INTRUSION = "intrusion", "intrusion dans le service"
    FAILURE = "failure", "panne ou erreur de manipulation"
    UNKNOWN = "unknown", "cause inconnue à ce jour"


class BreachData(Word):
    """Categories of data concerned (RGPD, article 33.3 a)."""

    IDENTITY = "identity", "identité de mineurs"
    CONTACT = "contact", "adresses et contacts"
    CIRCUMSTANCES = "circumstances", "motifs, faits, démarches"
    PARQUET = "parquet", "réponses du parquet"
    REPORTER = "reporter", "auteurs de signalements"
    AGENTS = "agents", "comptes et coordonnées d'agents"
    KEYS = "keys", "clés, mots de passe, sauvegardes"


class BreachScale(Word):
    """How many persons are concerned, about."""

    UNKNOWN = "unknown", "nombre inconnu à ce jour"
    ONE = "one", "une personne"
    FEW = "few", "2 à 10 personnes"
    MANY = "many", "11 à 100 personnes"
    MASS = "mass", "plus de 100 personnes"


class BreachRisk(Word):
    """The risk for the persons: it says what is owed (RGPD, articles 33.1 and 34.1)."""

    UNLIKELY = "unlikely", "risque improbable"
    RISK = "risk", "risque"
    HIGH = "high", "risque élevé"


class BreachEffect(Word):
    """What it may do to the persons (RGPD, article 33.3 c)."""

    REVEALED = "revealed", "révélation de la situation d'un mineur à son entourage"
    PRESSURE = "pressure", "pressions ou représailles sur un auteur de signalement ou une famille"
    STIGMA = "stigma", "discrimination, atteinte à la réputation"
    DANGER = "danger", "mise en danger d'un enfant"
    DELAY = "delay", "retard ou perte d'un accompagnement"
    IMPERSONATION = "impersonation", "usurpation du compte d'un agent"
    NONE = "none", "aucune conséquence prévisible"


class BreachMeasure(Word):
    """What was done (RGPD, article 33.3 d)."""

    ACCESS_CUT = "access_cut", "accès coupés, sessions terminées"
    CREDENTIALS_RENEWED = "credentials_renewed", "identifiants renouvelés"
    RECOVERED = "recovered", "document ou appareil récupéré"
    DESTRUCTION_ASKED = "destruction_asked", "destruction demandée à qui l'avait reçu"
    KEYS_ROTATED = "keys_rotated", "clés renouvelées"
    RESTORED = "restored", "données restaurées"
    EXCLUDED = "excluded", "personne ou institution exclue de la cellule"
    REMINDED = "reminded", "règles rappelées aux membres"
    CORRECTED = "corrected", "défaut corrigé"


class LateGround(Word):
    """Why the CNIL was notified after 72 hours (RGPD, article 33.1)."""

    INVESTIGATION = "investigation", "ampleur établie seulement après enquête"
    SERIES = "series", "violations en série notifiées ensemble"
    SERVICE_DOWN = "service_down", "téléservice de notification indisponible"
    OVERSIGHT = "oversight", "oubli ou erreur d'appréciation"


class Exemption(Word):
    """Why the persons need not be told one by one of a high risk (RGPD, article 34.3)."""

    UNINTELLIGIBLE = "unintelligible", "données incompréhensibles pour qui les a (34.3 a)"
    NO_LONGER_HIGH = "no_longer_high", "le risque élevé ne peut plus se réaliser (34.3 b)"
    PUBLIC_NOTICE = "public_notice", "communication publique, l'effort étant disproportionné (34.3 c)"


def notify_by(known_at: datetime) -> datetime:
    """Give the instant by which the CNIL is notified of a breach known at another."""
    return known_at + NOTIFICATION_DELAY


def is_late(known_at: datetime, notified_at: datetime) -> bool:
    """Tell whether a notification came after the 72 hours, and so owes its reasons."""
    return notified_at > notify_by(known_at)


def owes_notification(risk: BreachRisk | None) -> bool:
    """Tell whether the CNIL is owed a notification: unless a risk is unlikely, and until it was assessed."""
    return risk is not BreachRisk.UNLIKELY


def owes_communication(risk: BreachRisk | None) -> bool:
    """Tell whether the persons are owed a communication: when the risk is high (RGPD, article 34.1)."""
    return risk is BreachRisk.HIGH
