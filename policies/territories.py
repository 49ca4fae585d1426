"""Territories of Paris with their validity: sectors, quartiers, commissariats, known cells (AMB-17, legal 7.1).

A cell is a charter applied to a sector; residence decides which one is competent (CEN-08).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Annotated, Self

from pydantic import Field, model_validator

from policies.closed import Closed, Text, read_toml

ARRONDISSEMENTS = 20
QUARTIERS_EACH = 4

Number = Annotated[int, Field(ge=1, le=ARRONDISSEMENTS)]


class Territory(Closed):
    """One sector or one commissariat: the arrondissements it covers, and its first and last days."""

    code: Text
    label: Text
    arrondissements: Annotated[tuple[Number, ...], Field(min_length=1)]
    valid_from: date
    valid_until: date | None = None

    def covers(self, day: date, arrondissement: int) -> bool:
        """Say whether it covers an arrondissement on a day, its first and last days included."""
        started = self.valid_from <= day
        return started and not self.ended(day) and arrondissement in self.arrondissements

    def ended(self, day: date) -> bool:
        """Say whether its last day has passed."""
        return self.valid_until is not None and day > self.valid_until


class KnownCells(Closed):
    """The arrondissements in which a cell existed on the day a public source was read."""

    seen_on: date
    arrondissements: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Quartier:
    """An administrative quartier: its number in Paris (1 to 80), its name and its arrondissement."""

    number: int
    name: str
    arrondissement: int


class Territories(Closed):
    """The whole file; each arrondissement has four quartiers, and one sector and one commissariat a day."""

    without_cell: Text
    sectors: tuple[Territory, ...]
    commissariats: tuple[Territory, ...]
    cells: KnownCells
    quartiers: dict[Number, Annotated[tuple[Text, ...], Field(min_length=4, max_length=4)]]

    @model_validator(mode="after")
    def _covers_paris_once(self) -> Self:
        if list(self.quartiers) != list(arrondissements()):
            raise ValueError("every arrondissement has its quartiers, in order")
        for kind in (self.sectors, self.commissariats):
            starts = {territory.valid_from for territory in kind}
            eves = {territory.valid_until for territory in kind if territory.valid_until is not None}
            for day in sorted(starts | {eve + timedelta(days=1) for eve in eves}):
                for arrondissement in arrondissements():
                    if sum(territory.covers(day, arrondissement) for territory in kind) != 1:
                        raise ValueError(f"arrondissement {arrondissement} is not covered once on {day}")
        return self


@cache
def _territories() -> Territories:
    return Territories.model_validate(read_toml("taxonomies/territories.toml"))


def arrondissements() -> range:
    """Give the twenty arrondissements by number, as an address names them whatever the sectors."""
    return range(1, ARRONDISSEMENTS + 1)


def sectors(day: date) -> tuple[Territory, ...]:
    """Give the sectors of a day: twenty until 10 July 2020, seventeen since; none before 1860."""
    return tuple(s for s in _territories().sectors if s.valid_from <= day and not s.ended(day))


def sector_on(day: date, arrondissement: int) -> Territory:
    """Give the sector of an arrondissement on a day. Raises LookupError when there is none."""
    return _covering(_territories().sectors, day, arrondissement)


def commissariat_on(day: date, arrondissement: int) -> Territory:
    """Give the commissariat of an arrondissement on a day. Raises LookupError when there is none."""
    return _covering(_territories().commissariats, day, arrondissement)


def quartiers(arrondissement: int) -> tuple[Quartier, ...]:
    """Give the four administrative quartiers of an arrondissement. Raises LookupError for any other number."""
    names = _territories().quartiers[arrondissement]
    first = (arrondissement - 1) * QUARTIERS_EACH + 1
    return tuple(Quartier(first + index, name, arrondissement) for index, name in enumerate(names))


def known_cells() -> KnownCells:
    """Give the arrondissements that had a cell in October 2024 (legal 7.1)."""
    return _territories().cells


def guidance_without_cell(day: date, arrondissement: int) -> str:
    """Tell the author of a signalement whom to see where no cell exists: its coordinator and the CRIP."""
    return _territories().without_cell.format(territory=sector_on(day, arrondissement).label)


def _covering(territories: tuple[Territory, ...], day: date, arrondissement: int) -> Territory:
    for territory in territories:
        if territory.covers(day, arrondissement):
            return territory
    raise LookupError(f"no territory for arrondissement {arrondissement} on {day}")
