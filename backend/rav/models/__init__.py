"""Tables of the networks: opaque references, organisational facts, professional contacts; nothing else can stand here.

Text is 254 characters at most, titles 120; no key leads to a situation or to a person concerned (RAV-06). Tests attack
both.
"""

from backend.kernel.lists import NumbersType, WordsType
from backend.rav.models.guide import DeskLink, Diffusion, Edition, EditionEntry, GuideDecision, Structure
from backend.rav.models.networks import Contact, Improvement, Member, Network, NetworkTheme, Tool
from backend.rav.models.works import AgendaTitle, Event, FollowUp, Meeting, Presence

__all__ = [
    "AgendaTitle",
    "Contact",
    "DeskLink",
    "Diffusion",
    "Edition",
    "EditionEntry",
    "Event",
    "FollowUp",
    "GuideDecision",
    "Improvement",
    "Meeting",
    "Member",
    "Network",
    "NetworkTheme",
    "NumbersType",
    "Presence",
    "Structure",
    "Tool",
    "WordsType",
]
