"""The closed words of the rights of persons: requests, searches, exports, decisions (domain.md section 9; R22)."""

from policies.vocabulary import Word


class Right(Word):
    """What a person asks (RGPD, articles 15 to 18 and 21; there is no portability of a public task, article 20.3)."""

    ACCESS = "access", "accès (article 15)"
    RECTIFICATION = "rectification", "rectification (article 16)"
    ERASURE = "erasure", "effacement (article 17)"
    LIMITATION = "limitation", "limitation (article 18)"
    OBJECTION = "objection", "opposition (article 21)"


class Requester(Word):
    """Who asks: either holder of parental authority alone, the minor, or the adult (domain.md section 9)."""

    HOLDER = "holder", "un titulaire de l'autorité parentale"
    MINOR = "minor", "le mineur lui-même"
    ADULT = "adult", "la personne, devenue majeure"


class IdentityCheck(Word):
    """How the identity was checked: that it was, never a copy (RGPD, article 12.6)."""

    IN_PERSON = "in_person", "pièce présentée et rendue aussitôt"
    COPY_DESTROYED = "copy_destroyed", "copie reçue, lue puis détruite"
    DIGITAL = "digital", "identité numérique vérifiée"
    KNOWN = "known", "personne connue du délégué, sans doute raisonnable"


class AuthorityCheck(Word):
    """How parental authority was checked; nothing of the document is kept (code civil, articles 371-1 and 372)."""

    RECORD = "record", "acte de naissance ou livret de famille lu"
    JUDGMENT = "judgment", "décision de justice lue"


class ExtensionGround(Word):
    """Why the answer takes two months more (RGPD, article 12.3)."""

    COMPLEX = "complex", "complexité de la demande"
    NUMEROUS = "numerous", "nombre de demandes"


class RequestState(Word):
    """Where a request stands."""

    OPEN = "open", "en cours"
    DECIDED = "decided", "décidée, réponse à envoyer"
    ANSWERED = "answered", "répondue"


class SearchState(Word):
    """What a cell answers: whether it knows the person."""

    ASKED = "asked", "réponse attendue"
    UNKNOWN = "unknown", "personne inconnue de la cellule"
    KNOWN = "known", "personne connue de la cellule"


class FindingState(Word):
    """Where the export of a recognised situation stands: prepared by the coordinator, signed off by the DPO.

    A situation that left the active base before it was done leaves nothing to do, whatever was asked.
    """

    FOUND = "found", "situation reconnue"
    PREPARED = "prepared", "export à relire par le délégué"
    RETURNED = "returned", "export à reprendre"
    SIGNED = "signed", "export validé"
    MOOT = "moot", "sans objet : la situation a quitté la base active"


class ReturnGround(Word):
    """Why the DPO gives an export back."""

    THIRD_PERSON = "third_person", "une autre personne est encore reconnaissable"
    INFORMANT = "informant", "l'auteur du signalement est encore reconnaissable"
    PROTECTION = "protection", "une information mettrait l'enfant en danger"
    TOO_MUCH_MASKED = "too_much_masked", "une information masquée doit être communiquée"


class Maskable(Word):
    """What the coordinator may keep back from an export; the author and the other persons always are (R22)."""

    ADDRESS = "address", "adresse et quartier"
    SCHOOL = "school", "établissement scolaire"
    PLACES = "places", "dates et lieux des faits"
    FACTS = "facts", "texte libre en entier"
    RECIPIENTS = "recipients", "services destinataires"
    PROTECTION = "protection", "démarches de protection de l'enfance (danger, CRIP, saisine du parquet)"


class ParquetConsent(Word):
    """What the parquet said, when consulted, of disclosing its answer: undisclosed unless it agreed."""

    NOT_CONSULTED = "not_consulted", "parquet non consulté : sa réponse n'est pas communiquée"
    AGREED = "agreed", "parquet consulté : sa réponse peut être communiquée"
    OPPOSED = "opposed", "parquet consulté : sa réponse ne doit pas être communiquée"


class Decision(Word):
    """How a request ends."""

    GRANTED = "granted", "demande satisfaite"
    PARTIAL = "partial", "demande satisfaite en partie"
    REFUSED = "refused", "demande refusée"
    NOTHING_HELD = "nothing_held", "aucune donnée détenue"


class RefusalGround(Word):
    """Why something is refused, each with its article in `policies.rights`."""

    EXCESSIVE = "excessive", "demande manifestement infondée ou excessive"
    IDENTITY = "identity", "identité ou autorité parentale non établie"
    THIRD_PERSONS = "third_persons", "atteinte aux droits d'autres personnes"
    CHILD = "child", "communication contraire à l'intérêt supérieur de l'enfant"
    JUDICIAL = "judicial", "pièce d'une procédure judiciaire, à demander à l'autorité judiciaire"
    ACCURATE = "accurate", "données exactes, après vérification"
    PUBLIC_TASK = "public_task", "données encore nécessaires à la mission d'intérêt public"
    COMPELLING = "compelling", "motifs légitimes et impérieux de poursuivre le traitement"
    NOT_LIMITABLE = "not_limitable", "aucun des motifs de limitation n'est rempli"


class Disclosable(Word):
    """Where a situation stands, as its person may be told: the same word whatever the parquet answered."""

    RECEIVED = "received", "reçue, en cours d'examen de recevabilité"
    STUDIED = "studied", "en cours d'étude"
    FOLLOWED = "followed", "suivie par la cellule"
    ENDED = "ended", "terminée"


class RightsTask(Word):
    """What a message says awaits its reader, and nothing more."""

    SEARCH = "search", "une recherche de personne dans votre cellule"
    PREPARE = "prepare", "un export à reprendre"
    RECTIFY = "rectify", "une rectification à faire"
    SIGN = "sign", "un export à relire"
    DECIDE = "decide", "une demande à décider"
    ANSWER = "answer", "une demande décidée, dont la réponse doit partir"


class RecipientDuty(Word):
    """What a recipient is asked to do with what it received (RGPD, article 19)."""

    RECTIFY = "rectify", "rectifiée : ne vous fiez plus à la version reçue"
    ERASE = "erase", "effacée : détruisez ce que vous en auriez gardé"
    LIMIT = "limit", "placée sous limitation : ne vous en servez plus avant un nouveau message"
