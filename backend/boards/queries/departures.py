"""What somebody who leaves holds, feature by feature: counts and posts, never a situation."""

from collections.abc import Mapping
from uuid import UUID

from backend.agenda.queries.rows import meetings_ahead
from backend.authorization import gate
from backend.authorization.work import UnitOfWork
from backend.boards.views import DepartureView, HoldingView, PostView
from backend.cells.queries import cell_of
from backend.institutions.queries import institution_of
from backend.members.models import Account
from backend.members.queries.departures import candidates, vacated
from backend.members.queries.listings import account_line, habilitations_of
from backend.members.queries.standing import held_by
from backend.rav.queries.guide import links_open
from backend.rav.queries.networks import networks_open
from backend.signalements.queries.rows import drafts_of, invitations_waiting
from policies.access import Action
from policies.rav_words import ORGANISERS
from policies.vocabulary import Role


def departure_view(uow: UnitOfWork, reference: str, typed: Mapping[str, object]) -> DepartureView:
    """Give what settling a departure asks; raises `Forbidden` for who may not settle it."""
    account = gate.fetch(uow, Account, reference, to=Action.ACCOUNT_READ)
    gate.require(uow, account, Action.ACCOUNT_CLOSE)
    institution = institution_of(uow, account.institution_id)
    grants = [held.grant for held in held_by(uow, account)]
    cells = {grant.cell for grant in grants if grant.role in ORGANISERS and grant.cell is not None}
    posts = tuple(
        PostView(
            post.key,
            post.label,
            tuple(
                (
                    one.account.reference,
                    one.account.display_name + ("" if one.habilitated else ", à proposer par cet acte"),
                )
                for one in candidates(uow, account, post)
            ),
        )
        for post in vacated(uow, account)
    )
    return DepartureView(
        account=account_line(account, institution.name),
        version=account.version,
        habilitations=habilitations_of(uow, account),
        posts=posts,
        holdings=tuple(sorted((_holding(uow, cell) for cell in cells), key=lambda holding: holding.cell)),
        drafts=drafts_of(uow, account.id),
        guest=any(grant.role is Role.GUEST for grant in grants),
        referent=institution.name if account.id in {institution.referent_id, institution.deputy_id} else None,
        today=uow.today(),
        typed=typed,
    )


def _holding(uow: UnitOfWork, cell: UUID) -> HoldingView:
    return HoldingView(
        cell=cell_of(uow, cell).name,
        meetings=meetings_ahead(uow, cell),
        invitations=invitations_waiting(uow, cell),
        networks=networks_open(uow, cell),
        links=links_open(uow, cell),
    )
