"""`cenacle init` and `cenacle migrate`: an installation is made once, and nothing is ever made over what exists."""

from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from backend.app import initialise, migrate_stores
from backend.authorization.roles import NotOwnerError
from backend.cli.opening import require_folder
from backend.cli.refusals import refused
from backend.crypto.keystore import IdentityError
from backend.crypto.providers import RootKeyError
from backend.kernel.errors import Refusal, Unavailable
from backend.members.actions.accounts import Person
from backend.members.actions.first_administrators import create_first_administrators
from backend.settings import Settings

NOT_OWNER = "Ce rôle ne possède pas les tables : lancez cette commande avec les adresses du rôle « owner »."
"""What is said to who migrates or grants under another role."""


def init(
    institution: Annotated[str, typer.Option(help="Nom de l'institution qui administre le service.")],
    administrator: Annotated[
        list[str], typer.Option(help="« Nom <adresse> » d'un administrateur ; à donner deux fois au moins.")
    ],
) -> None:
    """Créer une installation vide : tables, clés, et deux administrateurs à inscrire. Aucun mot de passe n'existe."""
    people = [_person(text) for text in administrator]
    if len({person.email.casefold() for person in people}) < 2:  # noqa: PLR2004  four eyes
        raise refused("Il faut deux administrateurs, à deux adresses différentes : rien n'a été créé.")
    settings = Settings()
    try:
        house = initialise(settings)
        with house.transaction() as uow:
            created = create_first_administrators(uow, institution, people)
    except (RootKeyError, Refusal) as refusal:
        raise refused(str(refusal)) from None
    for account, handover in created:
        typer.echo(f"{account.display_name} : {settings.public_url}{handover.path}")
        typer.echo(f"  code à donner de vive voix : {handover.code}")


def migrate() -> None:
    """Mettre les trois magasins à jour, dans l'ordre clés, données, journal."""
    settings = Settings()
    require_folder(settings)
    try:
        migrate_stores(settings)
    except IdentityError as error:
        raise refused(str(error)) from None
    except NotOwnerError:
        raise refused(NOT_OWNER) from None
    except (SQLAlchemyError, Unavailable):
        raise refused("Un magasin ne répond pas : vérifiez les bases et leurs adresses.") from None
    typer.echo("Les trois magasins sont à jour.")


def _person(text: str) -> Person:
    name, separator, address = text.rpartition("<")
    if not separator or "@" not in address or not name.strip():
        raise typer.BadParameter("Écrivez chaque administrateur sous la forme « Nom <adresse> ».")
    return Person(name.strip(), "Administrateur", address.rstrip("> ").strip())
