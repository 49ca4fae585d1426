"""Cells of the demonstration: where a cell is known to exist, with contacts and acts (domain.md sections 1, 2, 10)."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from backend.authorization.work import House, UnitOfWork
from backend.cells.actions import (
    add_contact,
    confirm_education_contacts,
    decide_act,
    enter_act,
    enter_agreement,
    open_cell,
)
from backend.cells.models import ContactKind
from backend.cells.queries import acts_to_confirm, cells_of
from backend.cells.states import ActDecision
from backend.cli.demonstration.acting import acting
from backend.cli.demonstration.people import ADMIN, DPO, coordinator_of
from backend.cli.demonstration.timeline import Timeline
from policies.charter_words import CharterKind
from policies.go_live import RequiredAct
from policies.months import add_years
from policies.retention_words import RecordCategory
from policies.territories import known_cells, sector_on

LIVE = ("13", "18")
"""Sectors whose cell has people, contacts and every act confirmed, but one."""

WITHOUT = ("18", RequiredAct.ELIMINATION)
"""The act that a live cell lacks: what is over in it is locked, and not destroyed."""

CONTACTS = (
    (ContactKind.LOCAL, "Yolande Prémontré", "référente de proximité", "01 99 00 {} 01"),
    (ContactKind.DEPUTY, "Hakim Vaugrigneuse", "suppléant de la référente de proximité", "01 99 00 {} 02"),
    (ContactKind.EDUCATION, "Delphine Aubigny", "conseillère principale d'éducation", "01 99 00 {} 03"),
    (ContactKind.EDUCATION, "Sékou Larmenier", "conseiller technique de l'académie", "01 99 00 {} 04"),
)
"""Who may be called in each live cell; 01 99 00 is a range kept for fiction (ARCEP, décision 2018-0881)."""


def open_cells(house: House, timeline: Timeline) -> Mapping[str, str]:
    """Open every known cell that is not open yet; give the references of all, by code of sector."""
    timeline.at(59, 10)
    with acting(house, ADMIN) as uow:
        cells = {cell.territory: cell.reference for cell in cells_of(uow)}
        for arrondissement in known_cells().arrondissements:
            timeline.later(3)
            territory = sector_on(uow.today(), arrondissement).code
            if territory not in cells:
                cells[territory] = open_one(uow, territory, arrondissement)
    return cells


def open_one(uow: UnitOfWork, territory: str, arrondissement: int) -> str:
    """Open the cell of an arrondissement today; give its reference."""
    return open_cell(
        uow,
        kind=CharterKind.CENOMED,
        territory=territory,
        name=f"CENOMED du {arrondissement}e",
        opened_on=uow.today(),
    ).reference


def record_acts(house: House, timeline: Timeline, cells: Mapping[str, str]) -> None:
    """Enter every act of the live cells, and let the DPO confirm them."""
    timeline.at(50, 10)
    enter_acts(house, timeline, {territory: cells[territory] for territory in LIVE}, timeline.day(61), WITHOUT)
    timeline.at(48, 15)
    confirm_acts(house, timeline, DPO)


def enter_acts(
    house: House,
    timeline: Timeline,
    cells: Mapping[str, str],
    issued: date,
    without: tuple[str, RequiredAct] | None = None,
) -> None:
    """Enter every required act of some cells but one, issued on a day for four years."""
    with acting(house, ADMIN) as uow:
        for territory, cell in cells.items():
            for kind in RequiredAct:
                if (territory, kind) != without:
                    timeline.later(4)
                    _enter(uow, territory, cell, kind, issued)


def confirm_acts(house: House, timeline: Timeline, dpo: str) -> None:
    """Let a data protection officer confirm every act that waits."""
    with acting(house, dpo) as uow:
        for act in acts_to_confirm(uow):
            timeline.later(6)
            decide_act(uow, act.reference, act.version, decision=ActDecision.CONFIRM)


def leave_an_act_waiting(house: House, timeline: Timeline, cells: Mapping[str, str]) -> None:
    """Enter the first act of another cell, which the DPO has still to confirm."""
    timeline.at(1, 18)
    with acting(house, ADMIN) as uow:
        _enter(uow, "19", cells["19"], RequiredAct.AIPD, timeline.day(61))


def name_contacts(house: House, timeline: Timeline, cells: Mapping[str, str]) -> None:
    """Name the contacts of the live cells and confirm the list of the Éducation nationale for the school year."""
    timeline.at(47, 9, 30)
    for territory in LIVE:
        with acting(house, coordinator_of(territory)) as uow:
            for number, (kind, name, function, phone) in enumerate(CONTACTS, start=1):
                timeline.later(5)
                add_contact(
                    uow,
                    cells[territory],
                    kind=kind,
                    name=name,
                    function=function,
                    phone=phone.format(territory),
                    email=f"contact-{number}-{territory}@institution.invalid",
                )
            confirm_education_contacts(uow, cells[territory])


def _enter(uow: UnitOfWork, territory: str, cell: str, kind: RequiredAct, issued: date) -> None:
    said: dict[str, Any] = {
        "number": f"FICTIF-{issued.year}-{territory}-{kind.value}",
        "issued_on": issued,
        "authority": "autorité fictive, pour la démonstration",
        "ends_on": add_years(issued, 4),
        "file_sha256": sha256(f"acte fictif {territory} {kind.value}".encode()).hexdigest(),
    }
    if kind is RequiredAct.ELIMINATION:
        enter_agreement(uow, cell, categories=tuple(RecordCategory), **said)
    else:
        enter_act(uow, cell, kind=kind, **said)
