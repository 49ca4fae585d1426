"""The examination of the stored leaves, in order: each against its entry, its subtrees and the checkpoints after it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from backend.audit.bodies import Body, is_authentic, leaf_data, read_body
from backend.audit.checkpoints import BadCheckpointError, Checkpoint, open_note
from backend.audit.merkle import EMPTY_ROOT, HASH_SIZE, Place, completed, hash_leaf, hash_node, peaks, root
from backend.audit.models import (
    JournalCheckpoint,
    JournalEntry,
    JournalLeaf,
    JournalNode,
    JournalOutbox,
    JournalSubject,
)
from backend.audit.numbering import Numbers
from backend.audit.reading import Row, UnreadableError, read_rows
from backend.kernel.database import Store

ENOUGH = 100
"""Problems after which the verification stops: this journal is not the one that was written."""


class EnoughError(Exception):
    """The verification found enough."""


@dataclass(slots=True)
class _Slice:
    """The rows of some leaves, and the tables of which a row cannot be read."""

    leaves: dict[int, JournalLeaf]
    entries: dict[int, JournalEntry]
    subjects: defaultdict[int, set[str]]
    nodes: dict[Place, bytes]
    checkpoints: dict[int, str]
    unreadable: set[type[SQLModel]]


@dataclass(slots=True)
class Examination:
    """What is known so far; `met` counts the rows read of each table, `signed` is the size of the last checkpoint.

    `expired` leaves no longer have an entry; `known` gives the complete subtrees before the first leaf examined.
    """

    mac_key: bytes
    public_key: bytes
    expired: int = 0
    known: dict[Place, bytes] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    numbers: Numbers = field(default_factory=Numbers)
    roots: dict[int, bytes] = field(default_factory=lambda: {0: EMPTY_ROOT})
    met: Counter[type[SQLModel]] = field(default_factory=Counter)
    signed: int = 0

    def found(self, problem: str) -> None:
        """Note a problem; raise `EnoughError` when there are too many to go on."""
        self.problems.append(problem)
        if len(self.problems) >= ENOUGH:
            self.problems.append(f"Vérification arrêtée après {ENOUGH} anomalies.")
            raise EnoughError

    def examine(self, journal: Store, start: int, end: int, watched: int | None) -> None:
        """Examine the leaves from `start` to `end` excluded; note the root of the first `watched` leaves.

        Rows that cannot be read are sought by halves, down to one leaf.
        """
        with journal.transaction() as session:
            rows = _read(session, start, end)
        if rows.unreadable and end - start > 1:
            middle = (start + end) // 2
            self.examine(journal, start, middle, watched)
            self.examine(journal, middle, end, watched)
            return
        for table in sorted(rows.unreadable, key=lambda table: table.__name__):
            self.found(f"Feuille {start} : une ligne de la table {table.__tablename__} est illisible.")
        for number in range(start, end):
            self.known[Place(0, number)] = self._leaf(number, rows)
            self._subtrees(number, rows)
            if number + 1 in rows.checkpoints or number + 1 in {watched, end}:
                self.roots[number + 1] = root([self.known[place] for place in peaks(number + 1)])
            if number + 1 in rows.checkpoints:
                self._checkpoint(number + 1, rows.checkpoints[number + 1])
        self.known = {place: self.known[place] for place in peaks(end)}
        self.met.update(
            {
                JournalLeaf: len(rows.leaves),
                JournalEntry: len(rows.entries),
                JournalSubject: sum(map(len, rows.subjects.values())),
                JournalNode: len(rows.nodes),
                JournalCheckpoint: len(rows.checkpoints),
            }
        )

    def body(self, where: str, row: JournalEntry | JournalOutbox, *others: str) -> Body | None:
        """Check a recorded event against its authentication code and its columns; None unless it is authentic.

        `others` are the columns of its table that repeat the body, beside those that both tables have.
        """
        if not is_authentic(self.mac_key, row.body, row.mac):
            self.found(f"{where} : le contenu ou son code d'authentification a été modifié.")
            return None
        body = read_body(row.body)
        if row.recorded_at != body.at:
            self.found(f"{where} : la colonne recorded_at a été modifiée.")
        for name in ("writer", "sequence", *others):
            if getattr(row, name) != getattr(body, name):
                self.found(f"{where} : la colonne {name} a été modifiée.")
        self.numbers.add(body)
        return body

    def checkpoint(self, where: str, note: str) -> Checkpoint | None:
        """Read a signed note; None, and a problem, when it is not signed by the log's key."""
        try:
            return open_note(note, self.public_key)
        except BadCheckpointError:
            self.found(f"{where} : la signature n'est pas celle du journal.")
            return None

    def _leaf(self, number: int, rows: _Slice) -> bytes:
        where = f"Feuille {number}"
        leaf, entry = rows.leaves.get(number), rows.entries.get(number)
        stored = None if leaf is None else leaf.hash
        gone = number < self.expired
        if gone and (entry is not None or rows.subjects[number]):
            self.found(f"{where} : son contenu avait expiré, il est revenu.")
        for table, row in ((JournalLeaf, leaf), (JournalEntry, entry)):
            if row is None and table not in rows.unreadable and not (gone and table is JournalEntry):
                self.found(f"{where} : elle manque dans la table {table.__tablename__}.")
        body = None if entry is None else self.body(where, entry, "name", "account")
        computed = None
        if entry is not None and body is not None:
            computed = hash_leaf(leaf_data(entry.salt, entry.mac, entry.body))
            if stored not in {None, computed}:
                self.found(f"{where} : l'empreinte ou le sel a été modifié.")
            if leaf is not None and leaf.event != body.event:
                self.found(f"{where} : la colonne event a été modifiée.")
            if JournalSubject not in rows.unreadable and rows.subjects[number] != body.references():
                self.found(f"{where} : l'index des références a été modifié.")
        return stored or computed or bytes(HASH_SIZE)

    def _subtrees(self, number: int, rows: _Slice) -> None:
        # Stored halves are used even when they are wrong: an altered hash then shows at its place and just above.
        for parent, left, right in completed(number):
            computed = hash_node(self.known[left], self.known[right])
            self.known[parent] = rows.nodes.get(parent, computed)
            if JournalNode in rows.unreadable:
                continue
            if parent not in rows.nodes:
                self.found(f"Sous-arbre de niveau {parent.level}, rang {parent.number} : il manque.")
            elif rows.nodes[parent] != computed:
                self.found(f"Sous-arbre de niveau {parent.level}, rang {parent.number} : l'empreinte a été modifiée.")

    def _checkpoint(self, size: int, note: str) -> None:
        where = f"Point de contrôle {size}"
        checkpoint = self.checkpoint(where, note)
        if checkpoint is None:
            return
        if checkpoint != Checkpoint(size, self.roots[size]):
            self.found(f"{where} : l'arbre n'est pas celui qui a été signé.")
        self.signed = size


def _read(session: Session, start: int, end: int) -> _Slice:
    unreadable: set[type[SQLModel]] = set()

    def rows_of(table: type[Row], query: SelectOfScalar[Row]) -> Sequence[Row]:
        try:
            return read_rows(session, query)
        except UnreadableError:
            unreadable.add(table)
            return []

    leaf_number, entry_leaf, subject_leaf = (
        col(JournalLeaf.number),
        col(JournalEntry.leaf),
        col(JournalSubject.leaf),
    )
    leaves = rows_of(JournalLeaf, select(JournalLeaf).where(leaf_number >= start, leaf_number < end))
    entries = rows_of(JournalEntry, select(JournalEntry).where(entry_leaf >= start, entry_leaf < end))
    subjects = rows_of(JournalSubject, select(JournalSubject).where(subject_leaf >= start, subject_leaf < end))
    nodes = rows_of(JournalNode, select(JournalNode).where(_completed_between(start, end)))
    size = col(JournalCheckpoint.size)
    checkpoints = rows_of(JournalCheckpoint, select(JournalCheckpoint).where(size > start, size <= end))
    by_leaf: defaultdict[int, set[str]] = defaultdict(set)
    for subject in subjects:
        by_leaf[subject.leaf].add(subject.reference)
    return _Slice(
        leaves={leaf.number: leaf for leaf in leaves},
        entries={entry.leaf: entry for entry in entries},
        subjects=by_leaf,
        nodes={Place(node.level, node.number): node.hash for node in nodes},
        checkpoints={checkpoint.size: checkpoint.note for checkpoint in checkpoints},
        unreadable=unreadable,
    )


def _completed_between(start: int, end: int) -> sa.ColumnElement[bool]:
    """Select the subtrees that the leaves from `start` to `end` excluded complete, by the primary key."""
    level, number = col(JournalNode.level), col(JournalNode.number)
    return sa.or_(
        *(
            sa.and_(level == height, number >= start >> height, number < end >> height)
            for height in range(1, end.bit_length())
        ),
        sa.false(),
    )
