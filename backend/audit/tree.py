"""The stored tree: its complete subtrees, read from the tables of the journal."""

from collections import defaultdict
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from backend.audit.merkle import Place, peaks, root
from backend.audit.models import JournalLeaf, JournalNode


def size_of(session: Session) -> int:
    """Give the number of leaves."""
    last = session.scalar(select(func.max(JournalLeaf.number)))
    return 0 if last is None else last + 1


def stored_hashes(session: Session, places: Collection[Place]) -> dict[Place, bytes]:
    """Give the stored hash of each of these complete subtrees; one that is missing is left out."""
    wanted = defaultdict(list)
    for place in places:
        wanted[place.level].append(place.number)
    found = {
        Place(0, leaf.number): leaf.hash
        for leaf in session.exec(select(JournalLeaf).where(col(JournalLeaf.number).in_(wanted.pop(0, []))))
    }
    above = [
        sa.and_(col(JournalNode.level) == level, col(JournalNode.number).in_(numbers))
        for level, numbers in wanted.items()
    ]
    nodes = session.exec(select(JournalNode).where(sa.or_(sa.false(), *above)))
    return found | {Place(node.level, node.number): node.hash for node in nodes}


def stored_root(session: Session, size: int) -> bytes | None:
    """Give the root of the first `size` leaves; None when a subtree it needs is missing."""
    return root_of(stored_hashes(session, peaks(size)), size)


def root_of(hashes: Mapping[Place, bytes], size: int) -> bytes | None:
    """Give the root of the first `size` leaves from the hashes of their peaks; None when one of these is missing."""
    places = peaks(size)
    return root([hashes[place] for place in places]) if all(place in hashes for place in places) else None
