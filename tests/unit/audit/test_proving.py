"""Proofs and exports from the stored tree, and what is refused when the tree is not the one that was signed."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.audit.checkpoints import BadCheckpointError, Checkpoint, open_note, public_half, sign
from backend.audit.journal import Journal
from backend.audit.merkle import EMPTY_ROOT
from backend.audit.proving import BadProofError, NothingToProveError, check_event, prove_consistency, prove_event
from backend.audit.tiles import NotEmptyError, NothingToExportError, export, tile_path, tiles_of
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Stores
from tests.support.journal import (
    ACCOUNT,
    CHECKPOINT,
    LEAF,
    LOG_KEY,
    NODE,
    SITUATION,
    filled,
    new_journal,
    owner,
    write,
)

KEY = public_half(LOG_KEY)
OTHER_KEY = public_half(bytes(32))
WRITTEN = 11
SQLITE = pytest.mark.parametrize("engine_kind", ["sqlite"])


@pytest.fixture
def journal(stores: Stores, clock: DrivenClock) -> Journal:
    """Give a journal of 11 events under checkpoints at 4, 8 and 11."""
    return filled(stores, clock)


def checkpoint(stores: Stores, size: int) -> Checkpoint:
    with stores.journal.transaction() as session:
        return open_note(session.scalars(sa.select(CHECKPOINT.c.note).where(CHECKPOINT.c.size == size)).one(), KEY)


def test_every_event_is_proved_by_a_file_that_says_what_it_was(stores: Stores, journal: Journal) -> None:
    for number in range(WRITTEN):
        proved = check_event(prove_event(stores.journal, number, KEY), KEY)
        assert (proved.number, proved.checkpoint.size, proved.body.account) == (number, WRITTEN, ACCOUNT)
    assert journal.verify().ok


@SQLITE
def test_a_proof_of_anything_else_is_refused(stores: Stores, journal: Journal) -> None:
    proof = prove_event(stores.journal, 5, KEY)
    other = prove_event(stores.journal, 6, KEY)
    extra, other_extra = (text.split("\n")[1] for text in (proof, other))
    forged = [
        proof.replace("index 5", "index 4"),
        proof.replace("index 5", "index cinq"),
        proof.replace(extra, other_extra),
        proof.replace("tlog-proof@v1", "tlog-proof@v2"),
        proof.partition("\n\n")[0],
        "",
    ]
    for text in forged:
        with pytest.raises(BadProofError):
            check_event(text, KEY)
    with pytest.raises(BadProofError):
        check_event(proof, OTHER_KEY)
    assert journal.verify().ok


@SQLITE
def test_what_is_not_sealed_what_expired_and_what_lost_its_subtrees_has_no_proof(
    stores: Stores, clock: DrivenClock
) -> None:
    journal = new_journal(stores, clock)
    with pytest.raises(NothingToProveError):
        prove_event(stores.journal, 0, KEY)
    write(journal, 3, SITUATION)
    journal.seal_outbox()
    at = clock()
    clock.advance(timedelta(days=366))
    write(journal)
    journal.seal_outbox()
    assert journal.expire(at + timedelta(days=1), KEY) == 3
    with pytest.raises(NothingToProveError):
        prove_event(stores.journal, 1, KEY)
    assert check_event(prove_event(stores.journal, 3, KEY), KEY).number == 3
    with pytest.raises(NothingToProveError):
        prove_event(stores.journal, 3, OTHER_KEY)
    with owner(stores.journal) as attacker:
        attacker.execute(sa.delete(NODE))
    with pytest.raises(NothingToProveError):
        prove_event(stores.journal, 3, KEY)


def test_each_checkpoint_is_proved_to_begin_the_next(stores: Stores, journal: Journal) -> None:
    last = checkpoint(stores, WRITTEN)
    for size in (4, 8, WRITTEN):
        assert prove_consistency(stores.journal, checkpoint(stores, size), last) is not None
    assert prove_consistency(stores.journal, Checkpoint(0, EMPTY_ROOT), last) == ()
    assert journal.verify().ok


@SQLITE
def test_a_checkpoint_of_another_journal_is_contradicted(stores: Stores, journal: Journal) -> None:
    first, last = checkpoint(stores, 4), checkpoint(stores, WRITTEN)
    assert prove_consistency(stores.journal, Checkpoint(4, bytes(32)), last) is None
    assert prove_consistency(stores.journal, last, first) is None
    assert prove_consistency(stores.journal, first, Checkpoint(400, last.root)) is None
    with owner(stores.journal) as attacker:
        attacker.execute(sa.delete(NODE).where(NODE.c.level == 2))
    assert prove_consistency(stores.journal, first, last) is None
    assert not journal.verify().ok


@pytest.mark.parametrize(
    "number, width, path",
    [
        (0, 256, "tile/0/000"),
        (67, 112, "tile/0/067.p/112"),
        (1234, 256, "tile/0/x001/234"),
        (1234067, 256, "tile/0/x001/x234/067"),
    ],
)
def test_a_tile_stands_where_the_format_says(number: int, width: int, path: str) -> None:
    assert tile_path("0", number, width) == path


def test_the_tiles_of_a_tree_are_those_of_the_format() -> None:
    assert list(tiles_of(256)) == [(0, 0, 256), (1, 0, 1)]
    tiles = list(tiles_of(70_000))
    assert len([tile for tile in tiles if tile[0] == 0 and tile[2] == 256]) == 273
    assert [tile for tile in tiles if tile[2] != 256] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(tiles_of(0)) == []


def test_an_export_holds_hashes_and_only_on_demand_what_events_say(
    stores: Stores, journal: Journal, tmp_path: Path
) -> None:
    bare, whole = tmp_path / "bare", tmp_path / "whole"
    assert export(stores.journal, bare, KEY, entries=False).bundles == 0
    assert export(stores.journal, whole, KEY, entries=True).bundles == 1
    assert (bare / "checkpoint").read_text() == journal.checkpoint()
    files = {path.relative_to(bare).as_posix() for path in bare.rglob("*") if path.is_file()}
    assert files == {"checkpoint", "tile/0/000.p/11"}
    with stores.journal.transaction() as session:
        leaves = session.scalars(sa.select(LEAF.c.hash).order_by(LEAF.c.number)).all()
    assert (whole / "tile/0/000.p/11").read_bytes() == b"".join(leaves)
    assert str(SITUATION).encode() in (whole / "tile/entries/000.p/11").read_bytes()
    with pytest.raises(NotEmptyError):
        export(stores.journal, bare, KEY, entries=False)


@SQLITE
def test_nothing_is_exported_before_the_first_checkpoint_or_under_another_key(
    stores: Stores, clock: DrivenClock, tmp_path: Path
) -> None:
    journal = new_journal(stores, clock)
    with pytest.raises(NothingToExportError):
        export(stores.journal, tmp_path / "export", KEY, entries=False)
    write(journal)
    journal.seal_outbox()
    with pytest.raises(BadCheckpointError):
        export(stores.journal, tmp_path / "export", OTHER_KEY, entries=False)


@SQLITE
def test_a_bundle_of_which_some_expired_is_left_out(stores: Stores, clock: DrivenClock, tmp_path: Path) -> None:
    journal = new_journal(stores, clock)
    write(journal, 2)
    journal.seal_outbox()
    at = clock()
    clock.advance(timedelta(days=366))
    write(journal, 300)
    journal.seal_outbox()
    journal.expire(at + timedelta(days=1), KEY)
    exported = export(stores.journal, tmp_path / "export", KEY, entries=True)
    assert (exported.size, exported.bundles) == (302, 1)
    assert (tmp_path / "export/tile/1/000.p/1").read_bytes() == root_of_first_tile(stores)
    assert sign(checkpoint(stores, 302), LOG_KEY) == journal.checkpoint()


def root_of_first_tile(stores: Stores) -> bytes:
    with stores.journal.transaction() as session:
        return bytes(session.scalars(sa.select(NODE.c.hash).where(NODE.c.level == 8)).one())
