"""Published charters: the rules of a kind of cell, read from `policies/charters/`, checked against pins.

A published file never changes: what changes is a new version. Source: domain.md sections 2 and 3.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from policies.charter_rules import CharterRule, ExclusionRule, FamilyInformationRule, Rules
from policies.charter_words import Activity, CharterKind, Document, RecipientCategory
from policies.closed import Closed, Text
from policies.months import add_months, add_years, month_of
from policies.vocabulary import Origin, Role

PINS = "pins.toml"


class CharterPinError(Exception):
    """A published charter was changed, lost, or added without its pin: the service must not start."""


@dataclass(frozen=True, slots=True)
class EstimatedAge:
    """An age in years estimated by the author of a signalement on a given day, instead of a birth date."""

    years: int
    on: date


def counted_birth(birth: date | EstimatedAge) -> date:
    """Give the birth date with which the charter counts (AMB-22, domain section 3, step 1).

    A known birth date counts as it is. An estimated age counts as born on 1 January of the earliest year in
    which a person of that age can be born: nobody is taken for younger than they may be.
    """
    if not isinstance(birth, EstimatedAge):
        return birth
    earliest = add_years(birth.on, -(birth.years + 1)) + timedelta(days=1)
    return date(earliest.year, 1, 1)


class Charter(Closed):
    """One published version: its identity, the day it takes effect, and its rules."""

    kind: CharterKind
    version: Text
    label: Text
    valid_from: date
    hypothesis: bool
    rules: Rules

    def rule(self, key: str) -> CharterRule:
        """Give a rule by its key: its `statement` and `origin` make a refusal. Raises KeyError for none."""
        rule = dict(self.rules).get(key)
        if rule is None:
            raise KeyError(key)
        return rule  # type: ignore[no-any-return]

    def keys(self) -> tuple[str, ...]:
        """List the keys of the rules that this version holds, in the order of the procedure."""
        return tuple(key for key, rule in self.rules if rule is not None)

    def may_submit(self, role: Role) -> bool:
        """Say whether this role submits signalements (CEN-23 to CEN-25)."""
        return role in self.rules.submission.roles

    def admits_reporter(self, category: Origin) -> bool:
        """Say whether an institution of this category, not a member, may have reporters (AMB-04)."""
        return category in self.rules.submission.reporter_origins

    def exclusion(self, role: Role, category: Origin | None, activity: Activity) -> ExclusionRule | None:
        """Give the exclusion that closes an activity, or None when none does (seed requirements 1.5)."""
        exclusions = (rule for _, rule in self.rules if isinstance(rule, ExclusionRule))
        return next((rule for rule in exclusions if rule.closes(role, category, activity)), None)

    def admits_reception(self, birth: date | EstimatedAge, day: date) -> bool:
        """Say whether the person is still a minor on the day of reception (CEN-03)."""
        return day < add_years(counted_birth(birth), self.rules.majority.years)

    def majority_month(self, birth: date | EstimatedAge) -> str:
        """Give the month of majority as "YYYY-MM": majority closes on its last day (domain section 6)."""
        return month_of(add_years(counted_birth(birth), self.rules.majority.years))

    def earliest_meeting(self, received: date, convened: date) -> date:
        """Give the first day on which an ordinary meeting may examine a situation (CEN-45, CEN-46)."""
        return max(
            add_months(received, self.rules.reception_delay.months),
            add_months(convened, self.rules.convening_delay.months),
        )

    def family_information(self, category: RecipientCategory) -> FamilyInformationRule:
        """Give the rule on informing the family. Raises KeyError for a recipient that is not lawful."""
        rules = (rule for _, rule in self.rules if isinstance(rule, FamilyInformationRule))
        for rule in rules:
            if category in rule.categories:
                return rule
        raise KeyError(category)


def hash_of(content: bytes) -> str:
    """Give the SHA-256 of a charter file in hexadecimal, as pinned."""
    return hashlib.sha256(content).hexdigest()


def parse(content: bytes) -> Charter:
    """Read one charter file. Raises ValueError when it is not of the closed schema (pydantic's error is one).

    A version that is a hypothesis as a whole holds hypotheses only.
    """
    charter = Charter.model_validate(tomllib.loads(content.decode()))
    rules = [charter.rule(key) for key in charter.keys()]  # noqa: SIM118  a charter is no mapping
    if charter.hypothesis and any(rule.document is not Document.HYPOTHESIS for rule in rules):
        raise ValueError("every rule of a hypothetical charter is a hypothesis")
    return charter


def load(folder: Traversable) -> Mapping[str, Charter]:
    """Read every charter of a folder, by version, oldest first. Raises CharterPinError on any other hash."""
    pins = tomllib.loads((folder / PINS).read_text(encoding="utf-8"))
    contents = {
        entry.name.removesuffix(".toml"): entry.read_bytes()
        for entry in folder.iterdir()
        if entry.name.endswith(".toml") and entry.name != PINS
    }
    for version in sorted(pins.keys() | contents.keys()):
        if version not in pins:
            raise CharterPinError(f"La charte {version} n'a pas d'empreinte enregistrée dans {PINS}.")
        if version not in contents:
            raise CharterPinError(f"La charte publiée {version} a disparu.")
        if hash_of(contents[version]) != pins[version]:
            raise CharterPinError(f"La charte publiée {version} a été modifiée.")
    charters = sorted(map(parse, contents.values()), key=lambda charter: charter.valid_from)
    by_version = {charter.version: charter for charter in charters}
    if by_version.keys() != contents.keys():
        raise CharterPinError("Une charte ne porte pas la version que son nom de fichier annonce.")
    return MappingProxyType(by_version)


@cache
def published() -> Mapping[str, Charter]:
    """Give the charters that ship with the product, by version, oldest first; they never change."""
    return load(files("policies") / "charters")


def in_force(charters: Mapping[str, Charter], kind: CharterKind, day: date) -> Charter:
    """Give the version in force on a day; raises LookupError before the first one."""
    same_kind = (charter for charter in charters.values() if charter.kind.value == kind.value)
    started = [charter for charter in same_kind if charter.valid_from <= day]
    if not started:
        raise LookupError("no charter in force on that day")
    return max(started, key=lambda charter: charter.valid_from)


def accepted_versions(charters: Mapping[str, Charter], kind: CharterKind, day: date) -> frozenset[str]:
    """Give the versions whose signature opens access: in force, and in transition the previous one."""
    current = in_force(charters, kind, day)
    if day >= add_months(current.valid_from, current.rules.transition.months):
        return frozenset({current.version})
    try:
        previous = in_force(charters, kind, current.valid_from - timedelta(days=1))
    except LookupError:
        return frozenset({current.version})
    return frozenset({current.version, previous.version})
