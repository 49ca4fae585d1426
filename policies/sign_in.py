"""What a sign-in is worth: levels of assurance of the provider, what is refused of it (legal.md R16, R17, 4.4)."""

from policies.vocabulary import Word


class Assurance(Word):
    """How surely the provider knows who is there: the values of `acr` that are accepted, and no other."""

    EIDAS1_MFA = "eidas1-mfa", "deux facteurs, dont un code reçu par courriel ou par SMS"
    EIDAS2 = "eidas2", "second facteur fort"
    EIDAS3 = "eidas3", "carte d'agent ou clé matérielle"


STRONG = frozenset({Assurance.EIDAS2, Assurance.EIDAS3})
"""Levels that open a session by themselves; a code received by e-mail is no second factor (CNIL 2025-019)."""


class Means(Word):
    """How a session was opened, for its own person and for the journal."""

    CODE = "code", "mot de passe et code"
    RECOVERY_CODE = "recovery_code", "mot de passe et code de secours"
    PASSKEY = "passkey", "mot de passe et clé d'accès"
    PROVIDER = "provider", "ProConnect"
    ENROLMENT = "enrolment", "inscription"
    DEMONSTRATION = "demonstration", "démonstration"


class Software(Word):
    """The browser of a device, as coarsely as its owner needs to recognise it."""

    FIREFOX = "firefox", "Firefox"
    EDGE = "edge", "Edge"
    CHROME = "chrome", "Chrome"
    SAFARI = "safari", "Safari"
    OTHER = "other", "un autre navigateur"


class System(Word):
    """The system of a device, as coarsely."""

    WINDOWS = "windows", "Windows"
    ANDROID = "android", "Android"
    IOS = "ios", "iOS"
    MACOS = "macos", "macOS"
    LINUX = "linux", "Linux"
    OTHER = "other", "un autre système"


class PasskeyKind(Word):
    """What holds a passkey, as its authenticator says it."""

    DEVICE = "device", "cet ordinateur ou ce téléphone"
    KEY = "key", "clé matérielle ou autre appareil"


class ProviderFault(Word):
    """Why an answer of the provider was refused: for the journal only, the person is told without detail."""

    REQUEST = "request", "réponse à une demande inconnue, ancienne ou déjà servie"
    DECLINED = "declined", "connexion refusée ou abandonnée chez le fournisseur"
    MIXED_UP = "mixed_up", "réponse d'un autre fournisseur"
    DISCOVERY = "discovery", "document de découverte d'un autre fournisseur"
    CODE = "code", "code refusé"
    ALGORITHM = "algorithm", "algorithme de signature refusé"
    SIGNATURE = "signature", "signature fausse ou clé inconnue"
    ISSUER = "issuer", "émetteur inattendu"
    AUDIENCE = "audience", "destinataire inattendu"
    NONCE = "nonce", "réponse à une autre demande"
    TIME = "time", "jeton expiré ou daté du futur"
    ASSURANCE = "assurance", "niveau de garantie insuffisant"
    USERINFO = "userinfo", "identité non signée ou d'une autre personne"
    CLAIMS = "claims", "réponse incomplète"
    UNREACHABLE = "unreachable", "fournisseur injoignable"
    UNKNOWN = "unknown", "identité associée à aucun compte"


LEEWAY_SECONDS = 30
"""Seconds that the provider's clock may be early or late."""

PASSKEYS = 5
"""Passkeys that one person may have: a key, its spare, a telephone, a computer, and one to change for another."""

DEVICES = 10
"""Devices of a person that are remembered; beyond, the one that has been away longest is forgotten."""

DEVICE_DAYS = 180
"""Days after which a device that signed in no more is forgotten, and told as new again."""


def software_of(agent: str) -> Software:
    """Give the browser that a User-Agent header speaks of; several name others besides themselves."""
    marks = (("Firefox/", Software.FIREFOX), ("Edg", Software.EDGE), ("Chrom", Software.CHROME))
    for mark, software in (*marks, ("Safari/", Software.SAFARI)):
        if mark in agent:
            return software
    return Software.OTHER


def system_of(agent: str) -> System:
    """Give the system that a User-Agent header speaks of."""
    marks = (("Windows", System.WINDOWS), ("Android", System.ANDROID), ("iPhone", System.IOS), ("iPad", System.IOS))
    for mark, system in (*marks, ("Mac OS", System.MACOS), ("Linux", System.LINUX)):
        if mark in agent:
            return system
    return System.OTHER
