"""`cenacle user`: what the machine's operator may do for accounts when pages cannot; never a password."""

from typing import Annotated

import sqlalchemy as sa
import typer
from sqlmodel import col

from backend.cli.opening import house_of
from backend.cli.refusals import refused
from backend.kernel.errors import Refusal
from backend.members.actions.first_administrators import confirm_at_console, renew_link
from backend.members.actions.sessions import end_sessions
from backend.members.actions.signing_in import normal_email
from backend.members.models import Account
from policies.habilitation import AccountStatus

app = typer.Typer(help="Comptes : les lister, fermer leurs sessions, débloquer une installation.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="Adresse de la personne.")]


@app.command("list")
def list_accounts(context: typer.Context) -> None:
    """Lister les comptes : référence, adresse, état."""
    house = house_of(context)
    with house.transaction() as uow:
        for account in uow.session.scalars(sa.select(Account).order_by(col(Account.email))):
            typer.echo(f"{account.reference}  {account.email}  {AccountStatus.of(account.status).label}")


@app.command("end-sessions")
def end_all_sessions(context: typer.Context, email: Email) -> None:
    """Fermer toutes les sessions et tous les jetons d'une personne, à l'instant."""
    house = house_of(context)
    with house.transaction() as uow:
        account = uow.session.scalar(sa.select(Account).where(col(Account.email) == normal_email(email)))
        if account is None:
            raise refused("Aucun compte ne porte cette adresse.")
        typer.echo(f"Sessions fermées : {end_sessions(uow, account)}")


@app.command("link")
def link(context: typer.Context, email: Email) -> None:
    """Imprimer un autre lien d'inscription, quand le courriel d'une invitation n'est pas arrivé."""
    house = house_of(context)
    try:
        with house.transaction() as uow:
            handover = renew_link(uow, email)
    except Refusal as refusal:
        raise refused(refusal.detail) from None
    typer.echo(f"Lien : {house.settings.public_url}{handover.path}")
    typer.echo(f"Code à donner de vive voix : {handover.code}")


@app.command("confirm-administrator")
def confirm_administrator(
    context: typer.Context,
    email: Email,
    designation: Annotated[str, typer.Option(help="Référence de la désignation par la maire.")],
) -> None:
    """Rétablir un administrateur suspendu, quand il n'en reste pas deux pour le confirmer dans Cénacle."""
    house = house_of(context)
    try:
        with house.transaction() as uow:
            confirm_at_console(uow, email, designation)
    except Refusal as refusal:
        raise refused(refusal.detail) from None
    typer.echo("L'habilitation est confirmée. Le journal en garde la trace.")
