"""The export of the journal as static files, for whoever distrusts it: C2SP tlog-tiles (c2sp.org/tlog-tiles).

Tiles hold hashes alone. Entries, when they are asked for, go in bundles of 256; a bundle of which some expired is left
out whole, as the format prunes them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, col, select

from backend.audit.bodies import leaf_data
from backend.audit.checkpoints import open_note
from backend.audit.models import JournalEntry, JournalLeaf, JournalNode
from backend.audit.proving import last_note
from backend.kernel.database import Store

HEIGHT = 8
"""Levels of the tree that a tile spans."""

WIDTH = 1 << HEIGHT
"""Hashes of a full tile, and entries of a full bundle."""


class NothingToExportError(Exception):
    """Nothing was sealed yet."""


class NotEmptyError(Exception):
    """The folder already holds something."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the size of the tree, and the number of bundles of entries."""

    size: int
    bundles: int


def export(journal: Store, folder: Path, public_key: bytes, *, entries: bool) -> Exported:
    """Write the tree of the last checkpoint, and its entries when asked, in a folder that is new or empty.

    Raises `NothingToExportError`, `NotEmptyError`, or `BadCheckpointError` for a checkpoint of another key.
    """
    with journal.transaction() as session:
        note = last_note(session)
    if note is None:
        raise NothingToExportError
    if folder.is_dir() and any(folder.iterdir()):
        raise NotEmptyError
    size = open_note(note, public_key).size
    bundles = 0
    for level, number, width in tiles_of(size):
        with journal.transaction() as session:
            hashes = _hashes(session, level, number, width)
            bundle = _bundle(session, number, width) if entries and level == 0 else None
        _write(folder / tile_path(str(level), number, width), b"".join(hashes))
        if bundle is not None:
            _write(folder / tile_path("entries", number, width), bundle)
            bundles += 1
    _write(folder / "checkpoint", note.encode())
    return Exported(size, bundles)


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Give level, number and width of each tile of a tree, the lowest first."""
    level = 0
    while size:
        full, rest = divmod(size, WIDTH)
        yield from ((level, number, WIDTH) for number in range(full))
        if rest:
            yield level, full, rest
        level, size = level + 1, full


def tile_path(level: str, number: int, width: int) -> str:
    """Give where a tile stands: `tile/0/x001/x234/067`, with `.p/` and its width when it is partial."""
    digits = f"{number:03d}"
    digits = digits.zfill((len(digits) + 2) // 3 * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{path}" + ("" if width == WIDTH else f".p/{width}")


def _hashes(session: Session, level: int, number: int, width: int) -> Sequence[bytes]:
    start, end = number * WIDTH, number * WIDTH + width
    if level == 0:
        place = col(JournalLeaf.number)
        return session.exec(select(JournalLeaf.hash).where(place >= start, place < end).order_by(place)).all()
    place = col(JournalNode.number)
    wanted = select(JournalNode.hash).where(col(JournalNode.level) == level * HEIGHT, place >= start, place < end)
    return session.exec(wanted.order_by(place)).all()


def _bundle(session: Session, number: int, width: int) -> bytes | None:
    leaf = col(JournalEntry.leaf)
    wanted = select(JournalEntry).where(leaf >= number * WIDTH, leaf < number * WIDTH + width).order_by(leaf)
    rows = session.exec(wanted).all()
    if len(rows) != width:
        return None
    written = [leaf_data(row.salt, row.mac, row.body) for row in rows]
    return b"".join(len(data).to_bytes(2, "big") + data for data in written)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
