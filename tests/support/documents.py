"""Writes the documents that are read from the code: who may do what, lifecycles, columns, impact assessment.

`python -m tests.support.documents` writes them, `--check` only says which ones are out of date, with exit code 1.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

import sqlalchemy as sa

from backend.indicators.queries.dashboards import definitions
from backend.kernel.database import JournalRow, KeysRow, MainRow
from backend.kernel.lifecycle import Lifecycle
from backend.settings import Settings
from policies.access import RULES, Action
from policies.classification import Classification
from policies.disclosure import Field, disclosed
from policies.suppression import THRESHOLD
from policies.vocabulary import SEATS, Role, Sharing, Stage, Word
from tests.support.access import Link, import_tables, links_of, member, permitted, words_of
from tests.support.assessment import impact_assessment, processing_record
from tests.support.tree import ROOT

COMMAND = "python -m tests.support.documents"
NOBODY = "—"
STAGE = "stage"

LIFECYCLES = {
    "agenda.ITEM": "Point d'un ordre du jour",
    "agenda.MEETING": "Réunion",
    "breaches.BREACH": "Violation de données",
    "cells.ACT": "Acte d'une cellule",
    "members.HABILITATION": "Habilitation",
    "orientations.ORIENTATION": "Orientation",
    "orientations.TRANSMISSION": "Transmission",
    "oversight.ACCESS": "Accès inhabituel",
    "purge.DECISION": "Durée de conservation décidée par la Ville",
    "rav.IMPROVEMENT": "Point à améliorer d'un réseau d'aide aux victimes",
    "rav.MEETING": "Réunion d'un réseau d'aide aux victimes",
    "rav.TOOL": "Outil d'un réseau d'aide aux victimes",
    "research.SHARING": "Partage d'une situation avec les membres",
    "rights.FINDING": "Export d'une situation reconnue",
    "rights.REQUEST": "Demande d'exercice des droits",
    "rights.SEARCH": "Recherche d'une personne dans une cellule",
    "signalements.FACTS": "Texte libre d'un signalement",
    "situations.SITUATION": "Situation",
    "steering.EVENT": "Présentation de rentrée ou comité de pilotage",
}
"""French titles of the lifecycles, by feature and name."""

STORES: Mapping[str, sa.MetaData] = {
    "main": MainRow.metadata,
    "keys": KeysRow.metadata,
    "journal": JournalRow.metadata,
}


def access_matrix() -> str:
    """Write who may do what, from the rules themselves."""
    staged = [action for action in Action if STAGE in words_of(action)]
    others = [action for action in Action if action not in staged]
    return "\n".join(
        [
            *_heading("Matrice des accès"),
            "Chaque case est lue dans `policies/access.py`, par la même lecture que le produit. Une ligne n'existe",
            "pour une personne que si elle peut la lire ; ce qu'elle peut y faire ensuite dépend aussi du moment",
            "([cycles de vie](lifecycles.md)) et de la charte. Qui n'est pas nommé ne voit rien et ne peut rien.",
            "Un rôle tenu dans une cellule ne donne rien dans une autre.",
            "",
            "## Situations et ce qui en dépend, étape par étape",
            "",
            "C : coordonnateur CPSA de la cellule. P : référent du parquet. M : les autres membres (mairie,",
            "commissariat, PJJ, Éducation nationale), I : le chef d'établissement invité ; M et I, seulement pendant",
            "que la situation leur est ouverte.",
            "",
            *_table(
                ["Action", *(stage.label for stage in Stage)],
                ([_action(action), *(_short(_who_ever(action, stage)) for stage in Stage)] for action in staged),
            ),
            "",
            "## Le reste",
            "",
            "« Lien » dit ce qui rattache la personne à l'objet ; « aucun » vaut pour tout objet de sa cellule, ou",
            "de la Ville.",
            "",
            *_table(["Action", "Lien", "Qui", "Règle"], (line for action in others for line in _tied(action))),
            "",
            "## Ce que chacun lit d'une situation, étape par étape",
            "",
            "Ce qui n'est pas dans ce tableau n'est pas montré (`policies/disclosure.py`). Mêmes lettres ;",
            "aucun autre rôle ne lit rien d'une situation.",
            "",
            *_table(
                ["Champ", *(stage.label for stage in Stage)],
                ([field.label, *(_readers(field, stage) for stage in Stage)] for field in Field),
            ),
            "",
        ]
    )


def lifecycles() -> str:
    """Write every lifecycle as a table: which verb leads from which states to which one."""
    lines = [
        *_heading("Cycles de vie"),
        "Un verbe qui n'a pas de ligne depuis l'état présent est refusé : « ce n'est pas possible à ce stade » (409).",
    ]
    for name, lifecycle in declared_lifecycles().items():
        states = type(lifecycle.moves[0].target)
        rows = (
            [move.label, " ; ".join(state.label for state in states if state in move.sources), move.target.label]
            for move in lifecycle.moves
        )
        ends = [state.label for state in states if not any(state in move.sources for move in lifecycle.moves)]
        lines += ["", f"## {LIFECYCLES[name]}", "", *_table(["Verbe", "Depuis", "Vers"], rows)]
        lines += ["", f"États sans suite : {' ; '.join(ends) or 'aucun'}."]
    return "\n".join([*lines, ""])


def classification() -> str:
    """Write the class of every column of the three stores."""
    import_tables()
    lines = [
        *_heading("Classes des colonnes"),
        "Nominatif et sensible sont scellés, et détruits avec la clé de leur sujet ; une taille est la longueur",
        "unique, en octets, des valeurs d'une liste fermée.",
        "",
        *_table(["Classe", "Sens"], ([f"`{kind.value}`", kind.label] for kind in Classification)),
    ]
    subjects = {model.__tablename__: getattr(model, "__subject__", None) for model in models(MainRow)}
    for store, metadata in STORES.items():
        lines += ["", f"## Magasin `{store}`"]
        for name, table in sorted(metadata.tables.items()):
            subject = subjects.get(name) if store == "main" else None
            lines += ["", f"### `{name}`" + (f" (sujet : `{subject}`)" if subject else ""), ""]
            lines += _table(["Colonne", "Classe", "Taille"], (_column(column) for column in table.columns))
    return "\n".join([*lines, ""])


def settings() -> str:
    """Write every setting, from the descriptions that the code gives."""
    rows = (
        [f"`CENACLE_{name.upper()}`", field.description or "", "" if field.default is None else f"`{field.default}`"]
        for name, field in Settings.model_fields.items()
    )
    return "\n".join(
        [
            *_heading("Réglages"),
            "Variables d'environnement, lues une fois au démarrage. Aucune n'éteint une protection.",
            "",
            *_table(["Variable", "Sens", "Par défaut"], rows),
            "",
        ]
    )


def commands() -> str:
    """Write the help of every command, as `cenacle --help` prints it."""
    names = ["", "init", "demo", "serve", "migrate", "doctor", "token", "aipd", "user", "audit"]
    names += ["purge", "backup", "restore", "keys", "indicators"]
    names += [f"{group} {name}" for group, subs in SUBCOMMANDS.items() for name in subs]
    said = subprocess.run(
        [sys.executable, "-c", HELPS, *names],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = _heading("Ligne de commande")
    lines.append("Codes de sortie : 0, 1 refusé, 2 erreur d'usage.")
    for name, help_text in zip(names, json.loads(said), strict=True):
        lines += ["", f"## `{f'cenacle {name}'.strip()}`", "", "```", help_text.strip(), "```"]
    return "\n".join([*lines, ""])


HELPS = """
import contextlib, io, json, sys
from backend.cli.french import speak

speak()
from backend.cli.command import run

found = []
for name in sys.argv[1:]:
    sys.argv = ["cenacle", *name.split(), "--help"]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        run()
    found.append(said.getvalue())
print(json.dumps(found))
"""
"""Prints every help in one process: starting one per command took a minute."""

SUBCOMMANDS = {
    "user": ("list", "end-sessions", "link", "confirm-administrator"),
    "audit": ("verify", "checkpoint", "seal"),
    "purge": ("preview", "run", "verify", "audit"),
    "keys": ("backup-key", "split", "rebuild"),
    "indicators": ("publish", "show", "export"),
}
"""Commands of the groups."""


def indicators() -> str:
    """Write what every indicator is, from its declaration."""
    lines = [
        *_heading("Indicateurs"),
        "Chaque indicateur est déclaré une fois, dans `policies/indicators.py` ; la page « Définitions » dit la même",
        f"chose. De 1 à {THRESHOLD - 1} mineurs, situations ou signalements se lit « moins de {THRESHOLD} » ; d'autres",
        "nombres ne sont pas publiés, pour qu'aucune soustraction ne rende celui-là (`policies/suppression.py`).",
    ]
    for item in definitions():
        lines += ["", f"## {item.name[:1].upper()}{item.name[1:]}", ""]
        lines += [f"- Définition : {item.definition}", f"- Unité : {item.unit}", f"- Petits nombres : {item.hidden}"]
        lines += [f"- Source : {item.source}", f"- Limites : {item.limits}"]
        lines += [f"- Détail : {', '.join(item.values)}"] if item.values else []
    return "\n".join([*lines, ""])


DOCUMENTS: Mapping[str, Callable[[], str]] = {
    "docs/access-matrix.md": access_matrix,
    "docs/lifecycles.md": lifecycles,
    "docs/classification.md": classification,
    "docs/settings.md": settings,
    "docs/commands.md": commands,
    "docs/aipd.md": lambda: impact_assessment(_heading("Analyse d'impact relative à la protection des données (AIPD)")),
    "docs/registre.md": lambda: processing_record(_heading("Registre des activités de traitement")),
    "docs/indicators.md": indicators,
}


def declared_lifecycles() -> dict[str, Lifecycle[Word]]:
    """Give every lifecycle that a feature declares in its `states`, by feature and name."""
    found: dict[str, Lifecycle[Word]] = {}
    for path in sorted((ROOT / "backend").glob("*/states.py")):
        module = import_module(f"backend.{path.parent.name}.states")
        found |= {
            f"{path.parent.name}.{name}": value for name, value in vars(module).items() if isinstance(value, Lifecycle)
        }
    return found


def models(base: type[MainRow]) -> Iterator[type[MainRow]]:
    """Give every model of a store that is a table."""
    for child in base.__subclasses__():
        if hasattr(child, "__table__"):
            yield child
        yield from models(child)


def stale() -> list[str]:
    """Give the documents that no longer say what the code says."""
    return [name for name, write in DOCUMENTS.items() if _text(ROOT / name) != write()]


def main(arguments: list[str]) -> int:
    """Write the documents, or check them."""
    import_tables()
    if arguments == ["--check"]:
        for name in (found := stale()):
            print(f"{name} n'est plus à jour : lancez {COMMAND}", file=sys.stderr)  # noqa: T201  a command speaks
        return 1 if found else 0
    for name, write in DOCUMENTS.items():
        (ROOT / name).write_text(write(), encoding="utf-8")
    return 0


def _who(action: Action, link: Link | None = None, **fixed: Word) -> list[Role]:
    """Give the roles that may do something to a row, whatever its other closed values."""
    free = {name: words for name, words in words_of(action).items() if name not in fixed}
    return [
        role
        for role in Role
        if any(permitted(action, member(role), link, **fixed, **values) for values in _variants(free))
    ]


def _who_ever(action: Action, stage: Stage) -> list[Role]:
    """Give the roles that may do something at a stage, tied to the row in one way or in none."""
    found = {role for link in (None, *links_of(action)) for role in _who(action, link, stage=stage)}
    return [role for role in Role if role in found]


def _variants(words: Mapping[str, type[Word]]) -> Iterator[dict[str, Word]]:
    if not words:
        yield {}
        return
    (name, vocabulary), *rest = words.items()
    for values in _variants(dict(rest)):
        for word in vocabulary:
            yield {name: word, **values}


def _tied(action: Action) -> Iterator[list[str]]:
    """Give the lines of an action: without a link, then with each of them, when it changes who may."""
    unlinked = _who(action)
    sentence = RULES[action].sentence()
    lines = [("aucun", unlinked)]
    lines += [(link.words, who) for link in links_of(action) if (who := _who(action, link)) != unlinked]
    for index, (words, who) in enumerate(lines):
        name, rule = (_action(action), sentence) if index == 0 else ("", "")
        yield [name, words, _roles(who), rule]


def _roles(roles: Iterable[Role]) -> str:
    named = list(roles)
    if set(named) == set(Role):
        return "tous les rôles"
    return ", ".join(role.label for role in named) or NOBODY


def _short(roles: Iterable[Role]) -> str:
    """Shorten the roles that the legend names; another one would stand out."""
    letters = {Role.COORDINATOR: "C", Role.PARQUET: "P", **dict.fromkeys(SEATS, "M"), Role.GUEST: "I"}
    return " ".join(dict.fromkeys(letters.get(role, role.label) for role in roles)) or NOBODY


def _readers(field: Field, stage: Stage) -> str:
    return _short(role for role in Role if any(field in disclosed([role], stage, sharing) for sharing in Sharing))


def _action(action: Action) -> str:
    return f"{action.label} (`{action.value}`)"


def _column(column: sa.Column[object]) -> list[str]:
    kind = Classification.of(column.info["classification"])
    return [f"`{column.name}`", kind.value, str(column.info.get("size", ""))]


def _heading(title: str) -> list[str]:
    return [f"# {title}", "", f"Écrit par `{COMMAND}` : ne le modifiez pas à la main.", ""]


def _table(header: list[str], rows: Iterable[list[str]]) -> list[str]:
    lines = [header, ["---"] * len(header), *rows]
    return [f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in lines]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
