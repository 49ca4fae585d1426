"""`cenacle indicators`: publish what is due, show and export what was published; nothing more than the pages say."""

import json
from pathlib import Path
from typing import Annotated

import typer

from backend.authorization.actor import Actor, Grant
from backend.authorization.timekeeping import clock_is_refused
from backend.cli.opening import house_of
from backend.cli.refusals import refused
from backend.documents.sheets import Sheet, write_sheet
from backend.indicators.actions.publishing import publish_due
from backend.indicators.queries.files import sheet_of
from backend.kernel.errors import NotFound
from policies.retention_words import Guard
from policies.suppression import PARIS, GivenBackError
from policies.vocabulary import Role

app = typer.Typer(help="Indicateurs : publier, montrer, exporter.", no_args_is_help=True)

READER = Actor(account=None, institution=None, grants=frozenset({Grant(Role.STEERING, None)}))
"""Who reads here: what the committee reads, never an exact figure."""

Place = Annotated[str, typer.Option(help="« paris », ou le numéro d'un secteur : 13.")]
Span = Annotated[str, typer.Option(help="2026, 2024-2026 ou 2026-T1 ; la dernière année publiée si rien n'est dit.")]


@app.command()
def publish(context: typer.Context) -> None:
    """Publier chaque trimestre achevé qui ne l'est pas encore."""
    house = house_of(context)
    if clock_is_refused(house.stores, house.clock()):
        raise refused(
            f"Rien n'a été publié : {Guard.CLOCK.label}. Une publication ne se défait pas : remettez l'horloge à "
            "l'heure, ou faites confirmer le passage de la purge."
        )
    try:
        with house.transaction() as uow:
            made = publish_due(uow)
    except GivenBackError:
        raise refused(
            "Rien n'a été publié : un chiffre déjà publié permettrait d'en calculer un autre. "
            "Une sauvegarde a peut-être été restaurée en partie."
        ) from None
    typer.echo(f"Publié : {', '.join(made)}." if made else "Rien à publier : tout trimestre achevé l'est déjà.")


@app.command()
def show(context: typer.Context, place: Place = PARIS, span: Span = "") -> None:
    """Montrer les indicateurs publiés d'un lieu et d'une période."""
    for _, period, indicator, detail, number, mention, unit in _sheet(context, place, span).rows:
        typer.echo(f"{period}  {indicator}, {detail} : {mention if number is None else number} ({unit})")


@app.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Fichier à écrire : .csv, .ods, .xlsx ou .json.", dir_okay=False)],
    place: Place = PARIS,
    span: Span = "",
) -> None:
    """Écrire les indicateurs publiés dans un fichier, selon son extension."""
    kind = file.suffix.removeprefix(".")
    if kind not in {"csv", "ods", "xlsx", "json"}:
        raise refused("Choisissez une extension : .csv, .ods, .xlsx ou .json.")
    sheet = _sheet(context, place, span)
    if kind == "json":
        lines = [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]
        file.write_text(json.dumps(lines, ensure_ascii=False), encoding="utf-8")
    else:
        file.write_bytes(write_sheet(sheet, kind, house_of(context).clock()))
    typer.echo(f"Écrit : {file}, {len(sheet.rows)} lignes.")


def _sheet(context: typer.Context, place: str, span: str) -> Sheet:
    try:
        with house_of(context).transaction(READER) as uow:
            return sheet_of(uow, place, span)
    except NotFound:
        raise refused(
            "Rien n'est publié pour ce lieu et cette période. Publiez avec « cenacle indicators publish »."
        ) from None
