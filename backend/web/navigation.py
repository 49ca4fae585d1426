"""The links of the head of every page: each role sees what awaits it, and nothing else."""

from dataclasses import dataclass

from backend.authorization.actor import Actor
from policies.access import INFORMED, MEMBERS, STEERED, SUBMITTERS
from policies.vocabulary import SEATS, Role


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One link, and what is found there; `current` marks the page shown, `daily` what stays in sight."""

    label: str
    href: str
    current: bool
    daily: bool
    about: str


_EVERYBODY = frozenset(Role)

_ITEMS: tuple[tuple[str, str, frozenset[Role], str], ...] = (
    ("Accueil", "/", _EVERYBODY, "Ce qui vous attend, et pour quand."),
    ("Situations", "/situations", frozenset({Role.COORDINATOR}), "Qualifier, transmettre au parquet, ouvrir."),
    ("Suivi", "/suivi", frozenset({Role.COORDINATOR}), "Ce que la cellule suit, et quand y revenir."),
    ("Recherche préalable", "/recherche", SEATS, "Préparer l'examen ; vous seul lisez votre note."),
    ("Filtre du parquet", "/parquet", frozenset({Role.PARQUET}), "Retenir ou non les situations transmises."),
    ("Réunions", "/reunions", MEMBERS, "Dates, ordres du jour, convocations, séances."),
    (
        "Transmissions",
        "/transmissions",
        frozenset({Role.COORDINATOR, Role.RECIPIENT, Role.SOCIAL_COORDINATOR}),
        "Ce qui a été adressé à un service, et son retour.",
    ),
    ("Signaler", "/signalements/nouveau", SUBMITTERS, "Adresser la situation d'un mineur au coordonnateur."),
    ("Mes signalements", "/signalements", SUBMITTERS, "Vos brouillons et vos récépissés."),
    ("Comptes", "/comptes", frozenset({Role.ADMINISTRATOR}), "Inviter, suspendre, régler un départ."),
    (
        "Habilitations",
        "/habilitations",
        frozenset({Role.COORDINATOR, Role.ADMINISTRATOR}),
        "Accorder, confirmer, revoir chaque année.",
    ),
    ("Droits des personnes", "/droits", frozenset({Role.DPO}), "Le registre des demandes et leurs échéances."),
    ("Violations de données", "/violations", frozenset({Role.DPO}), "Le registre, et les 72 heures de la CNIL."),
    (
        "Purge",
        "/purge",
        frozenset({Role.DPO, Role.ARCHIVIST, Role.ADMINISTRATOR}),
        "Ce qui est échu, ce qui a été détruit, les attestations.",
    ),
    ("Journal", "/journal", frozenset({Role.DPO}), "Qui a fait quoi, et la preuve que rien n'en a été retiré."),
    (
        "Clés",
        "/cles",
        frozenset({Role.ADMINISTRATOR, Role.DPO}),
        "Leur âge, et ce qui reste à renouveler.",
    ),
    ("Demandes de droits", "/droits/recherches", frozenset({Role.COORDINATOR}), "Chercher une personne, lui répondre."),
    ("Destructions annoncées", "/destructions", frozenset({Role.COORDINATOR}), "Ce qui sera détruit, et quand."),
    (
        "Archive intermédiaire",
        "/archives",
        frozenset({Role.COORDINATOR, Role.DPO}),
        "Ce qui a quitté la base active sans être détruit.",
    ),
    ("Réseaux d'aide aux victimes", "/reseaux", MEMBERS, "Réunions, contacts et guide des ressources."),
    (
        "Cellules",
        "/cellules",
        frozenset({Role.COORDINATOR, Role.ADMINISTRATOR, Role.DPO, Role.ARCHIVIST}),
        "Contacts, actes et charte de chaque cellule.",
    ),
    ("Indicateurs", "/indicateurs", INFORMED, "Les nombres publiés, sans aucun petit nombre."),
    ("Pilotage", "/pilotage", STEERED, "Présentations de rentrée et comité de pilotage."),
    ("Annuaire des dispositifs", "/annuaire", _EVERYBODY, "Vers qui se tourner, selon l'âge et le quartier."),
)
"""Label, address, who has it, what is found there: the most used of each role first."""

DAILY = 6
"""Links in sight at most; the head of a page holds them on one line, the others open under « Autres pages »."""


def navigation(actor: Actor, path: str) -> tuple[NavigationItem, ...]:
    """Give the links of a person's roles, in one order on every page (RGAA 12.2); nobody signed in has none."""
    if actor.account is None:
        return ()
    here = max((href for _, href, _, _ in _ITEMS if f"{path}/".startswith(f"{href}/")), key=len, default=path)
    shown = [item for item in _ITEMS if item[1] == "/" or actor.roles & item[2]]
    # One link too many would hide alone: a menu of one is longer than its link.
    daily = len(shown) if len(shown) <= DAILY + 1 else DAILY
    return tuple(
        NavigationItem(label, href, current=href == here, daily=number < daily, about=about)
        for number, (label, href, _, about) in enumerate(shown)
    )
