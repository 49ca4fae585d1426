"""The links of the head of every page: each role sees what awaits it, and nothing else."""

from dataclasses import dataclass

from backend.authorization.actor import Actor
from policies.access import INFORMED, MEMBERS, STEERED, SUBMITTERS
from policies.vocabulary import SEATS, Role


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One link; `current` marks the page shown."""

    label: str
    href: str
    current: bool


_ITEMS: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("Accueil", "/", frozenset(Role)),
    ("Situations", "/situations", frozenset({Role.COORDINATOR})),
    ("Suivi", "/suivi", frozenset({Role.COORDINATOR})),
    ("Recherche préalable", "/recherche", SEATS),
    ("Filtre du parquet", "/parquet", frozenset({Role.PARQUET})),
    ("Réunions", "/reunions", MEMBERS),
    ("Transmissions", "/transmissions", frozenset({Role.COORDINATOR, Role.RECIPIENT, Role.SOCIAL_COORDINATOR})),
    ("Signaler", "/signalements/nouveau", SUBMITTERS),
    ("Mes signalements", "/signalements", SUBMITTERS),
    ("Réseaux d'aide aux victimes", "/reseaux", MEMBERS),
    ("Annuaire des dispositifs", "/annuaire", frozenset(Role)),
    ("Pilotage", "/pilotage", STEERED),
    ("Demandes de droits", "/droits/recherches", frozenset({Role.COORDINATOR})),
    ("Droits des personnes", "/droits", frozenset({Role.DPO})),
    ("Violations de données", "/violations", frozenset({Role.DPO})),
    ("Indicateurs", "/indicateurs", INFORMED),
    ("Destructions annoncées", "/destructions", frozenset({Role.COORDINATOR})),
    ("Archive intermédiaire", "/archives", frozenset({Role.COORDINATOR, Role.DPO})),
    ("Purge", "/purge", frozenset({Role.DPO, Role.ARCHIVIST, Role.ADMINISTRATOR})),
    ("Journal", "/journal", frozenset({Role.DPO})),
    ("Clés", "/cles", frozenset({Role.ADMINISTRATOR, Role.DPO})),
    ("Cellules", "/cellules", frozenset({Role.COORDINATOR, Role.ADMINISTRATOR, Role.DPO})),
    ("Comptes", "/comptes", frozenset({Role.ADMINISTRATOR})),
    ("Habilitations", "/habilitations", frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})),
)


def navigation(actor: Actor, path: str) -> tuple[NavigationItem, ...]:
    """Give the links of a person's roles; nobody signed in has none."""
    if actor.account is None:
        return ()
    here = max((href for _, href, _ in _ITEMS if f"{path}/".startswith(f"{href}/")), key=len, default=path)
    return tuple(
        NavigationItem(label, href, current=href == here)
        for label, href, roles in _ITEMS
        if href == "/" or actor.roles & roles
    )
