"""How one-time forms are shown to the coordinator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.kernel.clock import paris_day
from backend.signalements.models import Invitation
from backend.signalements.views.intake import Options


@dataclass(frozen=True, slots=True)
class InvitationView:
    """A one-time form, as the coordinator follows it."""

    reference: str
    agent: str
    state: str
    expires_on: date
    version: int
    can_withdraw: bool
    can_confirm: bool


@dataclass(frozen=True, slots=True)
class InvitationsView:
    """The invitations of the coordinator's cells, and the form of a new one."""

    invitations: tuple[InvitationView, ...]
    typed: Mapping[str, object]
    cells: Options
    institutions: Options


@dataclass(frozen=True, slots=True)
class InvitedView:
    """What the coordinator reads once: the link to send, the code to say on the phone."""

    invitation: InvitationView
    address: str
    code: str


def invitation_view(invitation: Invitation, now: datetime) -> InvitationView:
    """Show an invitation and what the coordinator can do with it."""
    waiting = invitation.used_at is None and invitation.withdrawn_at is None and invitation.expires_at > now
    return InvitationView(
        reference=invitation.reference,
        agent=f"{invitation.agent_name}, {invitation.agent_function}",
        state=_invitation_state(invitation, waiting=waiting),
        expires_on=paris_day(invitation.expires_at - timedelta(seconds=1)),
        version=invitation.version,
        can_withdraw=waiting,
        can_confirm=invitation.used_at is not None and invitation.author_confirmed_at is None,
    )


def _invitation_state(invitation: Invitation, *, waiting: bool) -> str:
    if invitation.author_confirmed_at is not None:
        return "signalement reçu, auteur confirmé"
    if invitation.used_at is not None:
        return "signalement reçu, auteur à confirmer par téléphone"
    if invitation.withdrawn_at is not None:
        return "retirée"
    if not waiting:
        return "expirée"
    return "formulaire ouvert par l'agent" if invitation.opened_at is not None else "en attente de l'agent"
