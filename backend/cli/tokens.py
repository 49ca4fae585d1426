"""`cenacle token`: a bearer token of a persona, in demo mode only, to drive the JSON API."""

from pathlib import Path
from typing import Annotated

import typer

from backend.cli.opening import opened
from backend.cli.refusals import refused
from backend.kernel.errors import Refusal
from backend.members.actions.sessions import token_as_persona
from backend.settings import Settings

DEMO_DATA = Path("demo-data")
"""Where `cenacle demo` keeps its stores."""


def token(
    as_: Annotated[str, typer.Option("--as", help="Adresse de la personne.")],
    data: Annotated[Path | None, typer.Option(help="Dossier de la démonstration ; demo-data par défaut.")] = None,
) -> None:
    """Imprimer un jeton d'API de dix minutes, en démonstration seulement."""
    given = Settings()
    if "mode" in given.model_fields_set and given.mode != "demo":
        raise refused("Les jetons ne s'impriment qu'en démonstration : ailleurs, demandez-en un avec votre code.")
    folder = data or (given.data if "data" in given.model_fields_set else DEMO_DATA)
    house = opened(given.model_copy(update={"mode": "demo", "data": folder}))
    try:
        with house.transaction() as uow:
            typer.echo(token_as_persona(uow, as_))
    except Refusal as refusal:
        raise refused(refusal.detail) from None
