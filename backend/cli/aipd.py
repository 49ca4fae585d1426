"""`cenacle aipd`: the impact assessment in the format that the PIA tool of the CNIL imports (`docs/aipd.md`)."""

import json
from pathlib import Path
from typing import Annotated

import typer

from backend.cli.refusals import refused
from backend.kernel.clock import system_clock
from policies.aipd import pia


def aipd(
    output: Annotated[Path | None, typer.Option(help="Fichier à écrire ; sinon, la sortie standard.")] = None,
) -> None:
    """Écrire l'analyse d'impact pré-remplie, à importer dans l'outil PIA de la CNIL."""
    written = json.dumps(pia(system_clock()), ensure_ascii=False, indent=2) + "\n"
    if output is None:
        typer.echo(written, nl=False)
        return
    if output.exists():
        raise refused("Ce fichier existe déjà : il n'a pas été touché. Choisissez un autre nom.")
    output.write_text(written, encoding="utf-8")
    typer.echo("L'analyse est écrite. Importez-la dans l'outil PIA, complétez-la, puis faites-la évaluer et valider.")
