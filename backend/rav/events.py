"""What the journal keeps of the networks: references, closed words and counts."""

from dataclasses import dataclass
from typing import ClassVar

from backend.audit.events import Event, Reference
from policies.rav_words import ImprovementState, Medium, MeetingKind, MeetingState, ThematicDay, Theme, ToolState
from policies.vocabulary import Word


class NetworkChange(Word):
    """What was changed in a network."""

    NAME = "name", "nom et arrondissements"
    CLOSED = "closed", "fermé"
    THEME_ADDED = "theme_added", "thème ajouté"
    THEME_ENDED = "theme_ended", "thème terminé"
    MEMBER_ADDED = "member_added", "membre ajouté"
    MEMBER_LEFT = "member_left", "membre parti"
    CONTACT_ADDED = "contact_added", "contact ajouté"
    CONTACT_CONFIRMED = "contact_confirmed", "contact confirmé"
    CONTACT_REMOVED = "contact_removed", "contact retiré"
    FOLLOW_UP_ADDED = "follow_up_added", "action à suivre ajoutée"
    FOLLOW_UP_DONE = "follow_up_done", "action faite"


class StructureChange(Word):
    """What was done to a structure of the guide."""

    ADDED = "added", "ajoutée"
    CHANGED = "changed", "modifiée"
    REVISED = "revised", "relue"
    WITHDRAWN = "withdrawn", "retirée"


@dataclass(frozen=True, slots=True)
class NetworkOpened(Event):
    """Réseau d'aide aux victimes créé."""

    name: ClassVar[str] = "rav:network:opened"
    network: Reference
    arrondissements: int


@dataclass(frozen=True, slots=True)
class NetworkChanged(Event):
    """Réseau d'aide aux victimes modifié."""

    name: ClassVar[str] = "rav:network:changed"
    subject: Reference
    change: NetworkChange


@dataclass(frozen=True, slots=True)
class ThemeSet(Event):
    """Thème donné à un réseau."""

    name: ClassVar[str] = "rav:theme:set"
    network: Reference
    theme: Theme


@dataclass(frozen=True, slots=True)
class MeetingConvened(Event):
    """Réunion d'un réseau convoquée."""

    name: ClassVar[str] = "rav:meeting:convened"
    network: Reference
    meeting: Reference
    kind: MeetingKind


@dataclass(frozen=True, slots=True)
class MeetingClosed(Event):
    """Réunion d'un réseau tenue ou annulée."""

    name: ClassVar[str] = "rav:meeting:closed"
    meeting: Reference
    state: MeetingState
    organisations: int


@dataclass(frozen=True, slots=True)
class EventRecorded(Event):
    """Événement d'un réseau enregistré."""

    name: ClassVar[str] = "rav:event:recorded"
    network: Reference
    event: Reference
    day: ThematicDay


@dataclass(frozen=True, slots=True)
class ToolSet(Event):
    """Outil d'un réseau ajouté ou passé à un autre état."""

    name: ClassVar[str] = "rav:tool:set"
    tool: Reference
    state: ToolState


@dataclass(frozen=True, slots=True)
class ImprovementSet(Event):
    """Point à améliorer relevé ou traité."""

    name: ClassVar[str] = "rav:improvement:set"
    improvement: Reference
    state: ImprovementState


@dataclass(frozen=True, slots=True)
class StructureSet(Event):
    """Structure du guide ajoutée, modifiée, relue ou retirée."""

    name: ClassVar[str] = "rav:structure:set"
    structure: Reference
    change: StructureChange


@dataclass(frozen=True, slots=True)
class EditionPublished(Event):
    """Édition du guide publiée."""

    name: ClassVar[str] = "rav:edition:published"
    edition: Reference
    year: int
    structures: int


@dataclass(frozen=True, slots=True)
class EditionSent(Event):
    """Diffusion d'une édition du guide enregistrée."""

    name: ClassVar[str] = "rav:edition:sent"
    edition: Reference
    medium: Medium
    recipients: int


@dataclass(frozen=True, slots=True)
class DeskLinkMade(Event):
    """Lien donné à un accueil."""

    name: ClassVar[str] = "rav:link:made"
    link: Reference
    institution: Reference


@dataclass(frozen=True, slots=True)
class DeskLinkRevoked(Event):
    """Lien d'un accueil révoqué."""

    name: ClassVar[str] = "rav:link:revoked"
    link: Reference


@dataclass(frozen=True, slots=True)
class GuideDecided(Event):
    """Décision d'ouvrir le guide au public, ou de le fermer, enregistrée."""

    name: ClassVar[str] = "rav:guide:decided"
    decision: Reference
    opens: bool
