"""How the directory is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from policies.directory_words import Family, Schooling


@dataclass(frozen=True, slots=True)
class EntryView:
    """A dispositif, and whether nobody has revised it for a year."""

    reference: str
    name: str
    organisation: str
    family: Family
    ages: str
    priority_districts: bool
    schooling: Schooling
    where: str
    approach: str
    phones: str | None
    revised_on: date
    to_revise: bool


@dataclass(frozen=True, slots=True)
class EntrySheet:
    """A dispositif with who revised it, and whether the reader keeps the directory."""

    entry: EntryView
    revised_by: str
    keeps: bool
    version: int


@dataclass(frozen=True, slots=True)
class DirectoryView:
    """What was found of the directory, the first ones only; what was looked for; what awaits who keeps it."""

    found: tuple[EntryView, ...]
    total: int
    searched: bool
    typed: Mapping[str, object]
    families: tuple[tuple[str, str], ...]
    schoolings: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str], ...]
    to_revise: int
    to_begin: int
    keeps: bool
