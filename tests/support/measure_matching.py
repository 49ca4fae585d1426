"""Recall and false suggestions of the matching of names, and their table in docs/matching.md (issue 2, point 8).

Each pair is judged alone: one of the two is stored among 2,000 other fictitious people, the other is looked for.
`python -m tests.support.measure_matching` writes the table again between the two marks of the page.
"""

import csv
import datetime as dt
import random
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backend.crypto.names import ANCHORS, MAXIMUM_TOKENS, Confidence, Token, TokenField, suggest, tokens

CORPORA = Path(__file__).parent / "corpora" / "names"
PAGE = Path(__file__).parents[2] / "docs" / "matching.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
POPULATION = 2000
HALVES = {"dev": "mise au point", "held": "réservée"}
KINDS = {
    "accents": "accents, casse, ligatures",
    "particule": "particules, apostrophes",
    "double": "nom double, une moitié",
    "inversion": "nom et prénom inversés",
    "phonetique": "orthographe phonétique",
    "faute": "faute de frappe",
    "prenom": "prénom composé",
    "date": "date inversée, erronée ou estimée",
    "combine": "plusieurs à la fois",
    "fratrie": "frère ou sœur, prénom proche",
    "jumeaux": "jumeaux",
    "homonyme": "homonyme, autre date",
    "proche": "nom voisin, autre date",
    "memedate": "même date, autre nom ou prénom",
    "cousin": "nom ou prénom en partie commun, autre date",
}


@dataclass(frozen=True, slots=True)
class Person:
    """A fictitious person as an institution writes it."""

    last_name: str
    first_name: str
    birth_date: dt.date

    def tokens(self) -> frozenset[Token]:
        """Return the person's tokens."""
        return tokens(self.last_name, self.first_name, self.birth_date)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people to compare, and why they were written."""

    half: str
    kind: str
    stored: Person
    sought: Person


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the search answered: the stored person's confidence if suggested, and how many others were."""

    pair: Pair
    confidence: Confidence | None
    others: int


def pairs(name: str) -> list[Pair]:
    """Read `true_pairs` or `near_misses`."""
    with (CORPORA / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        return [
            Pair(
                row["half"],
                row["kind"],
                Person(row["last_name"], row["first_name"], dt.date.fromisoformat(row["birth_date"])),
                Person(
                    row["other_last_name"],
                    row["other_first_name"],
                    dt.date.fromisoformat(row["other_birth_date"]),
                ),
            )
            for row in csv.DictReader(lines, delimiter="\t")
        ]


def population() -> list[Person]:
    """Draw 2,000 people, always the same: one in five has a sibling in the index, one in ten an estimated age."""
    draw = random.Random(2026)  # noqa: S311 - a reproducible draw, not a secret
    last_names = (CORPORA / "population_last_names.txt").read_text(encoding="utf-8").split()
    first_names = (CORPORA / "population_first_names.txt").read_text(encoding="utf-8").split()
    people: list[Person] = []
    while len(people) < POPULATION:
        day = dt.date(2007, 1, 1) + dt.timedelta(days=draw.randrange(3650))
        if draw.random() < 0.1:
            day = day.replace(month=1, day=1)
        sibling = people and draw.random() < 0.2
        last_name = people[-1].last_name if sibling else draw.choice(last_names).replace("-", draw.choice(" -"))
        people.append(Person(last_name, draw.choice(first_names), day))
    return people


class Index:
    """The blind index as the database sees it: equal tokens only, looked up by the anchors."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.subjects: dict[Token, set[int]] = defaultdict(set)
        self.stored: dict[int, frozenset[Token]] = {}
        for subject, person in enumerate(people):
            self.add(subject, person.tokens())

    def add(self, subject: int, facts: frozenset[Token]) -> None:
        """Store the tokens of one more person."""
        self.stored[subject] = facts
        for token in facts:
            self.subjects[token].add(subject)

    def remove(self, subject: int) -> None:
        """Forget a person."""
        for token in self.stored.pop(subject):
            self.subjects[token].discard(subject)

    def search(self, query: frozenset[Token]) -> list[tuple[int, Confidence]]:
        """Return what a coordinator would be suggested."""
        found = {subject for token in query if token.field in ANCHORS for subject in self.subjects.get(token, ())}
        matches: dict[int, list[TokenField]] = {
            subject: [token.field for token in query & self.stored[subject]] for subject in sorted(found)
        }
        return suggest(matches)


def judge(name: str) -> list[Outcome]:
    """Search each pair of a corpus within the population."""
    index = Index(population())
    outcomes = []
    for pair in pairs(name):
        index.add(-1, pair.stored.tokens())
        answer = dict(index.search(pair.sought.tokens()))
        index.remove(-1)
        outcomes.append(Outcome(pair, answer.get(-1), len(answer.keys() - {-1})))
    return outcomes


def share(outcomes: Iterable[Outcome]) -> tuple[int, int]:
    """Count the pairs whose stored person was suggested, and all the pairs."""
    answers = [outcome.confidence is not None for outcome in outcomes]
    return sum(answers), len(answers)


def figures() -> str:
    """Return the tables of the page, in French."""
    lines: list[str] = []
    others: list[int] = []
    for name, title, verb in (
        ("true_pairs", "Paires vraies (la même personne écrite de deux façons)", "retrouvées"),
        ("near_misses", "Fausses proches (deux personnes différentes)", "suggérées à tort"),
    ):
        outcomes = judge(name)
        others += [outcome.others for outcome in outcomes]
        lines += [
            f"### {title}",
            "",
            f"| Moitié ou nature | Paires | {verb.capitalize()} | Part |",
            "|---|--:|--:|--:|",
        ]
        rows = [(f"moitié {label}", [o for o in outcomes if o.pair.half == half]) for half, label in HALVES.items()]
        rows += [
            (label, [o for o in outcomes if o.pair.kind == kind])
            for kind, label in KINDS.items()
            if any(o.pair.kind == kind for o in outcomes)
        ]
        for label, chosen in [*rows, ("**ensemble**", outcomes)]:
            yes, total = share(chosen)
            lines.append(f"| {label} | {total} | {yes} | {100 * yes / total:.1f} % |".replace(".", ","))
        lines.append("")
    stored = [len(person.tokens()) for person in population()]
    mean = f"{sum(stored) / len(stored):.1f}".replace(".", ",")
    noise = f"{sum(others) / len(others):.2f}".replace(".", ",")
    lines += [
        f"Autres personnes suggérées à tort, parmi les {POPULATION} de l'index : {noise} par recherche en moyenne.",
        f"Jetons enregistrés par personne : {mean} en moyenne, {max(stored)} au plus (borne : {MAXIMUM_TOKENS}).",
    ]
    return "\n".join(lines)


def rewrite(page: str) -> str:
    """Return the page with current figures between its marks."""
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n{figures()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(rewrite(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(figures() + "\n")
