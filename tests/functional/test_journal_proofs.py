"""An outsider checks an export of the journal with `docs/verify_journal.py` alone, honest or tampered with.

The program is run as its readers run it: another process, isolated from the project.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.audit.checkpoints import Checkpoint, public_half, sign
from backend.audit.proving import prove_event
from backend.audit.tiles import export
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Stores
from tests.support.journal import LOG_KEY, NOON, OTHER, SITUATION, new_journal, open_stores, write
from tests.support.tree import ROOT

PROGRAM = ROOT / "docs" / "verify_journal.py"
KEY = public_half(LOG_KEY)
EARLIER, LATER = 260, 300
MOST_LINES = 150


@dataclass(frozen=True, slots=True)
class Kept:
    """What an outsider holds: an export, and the checkpoint that they kept from before."""

    stores: Stores
    folder: Path
    export: Path
    earlier: Path


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(PROGRAM), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("journal")
    stores = open_stores({name: f"sqlite:///{folder / name}.sqlite" for name in ("main", "keys", "journal")})
    journal = new_journal(stores, DrivenClock(NOON))
    earlier = folder / "kept-elsewhere"
    write(journal, EARLIER, SITUATION)
    journal.seal_outbox()
    earlier.write_text(str(journal.checkpoint()), encoding="utf-8")
    write(journal, LATER - EARLIER, OTHER)
    journal.seal_outbox()
    export(stores.journal, folder / "export", KEY, entries=True)
    yield Kept(stores, folder, folder / "export", earlier)
    stores.dispose()


@pytest.fixture
def kept(written: Kept, tmp_path: Path) -> Kept:
    """Give a copy that the test may alter."""
    shutil.copytree(written.export, tmp_path / "export")
    return Kept(written.stores, tmp_path, tmp_path / "export", written.earlier)


def test_an_outsider_reads_a_program_of_one_sitting_that_needs_nothing_of_ours() -> None:
    source = PROGRAM.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MOST_LINES
    imported = {
        line.split()[1].partition(".")[0] for line in source.splitlines() if line.startswith(("import", "from"))
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_nothing_was_removed_between_two_checkpoints(written: Kept) -> None:
    told = run(KEY.hex(), written.export, written.earlier)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == (
        f"Les {EARLIER} événements de l'ancien point de contrôle sont les premiers des {LATER} du nouveau.\n"
    )


def flip_a_leaf(kept: Kept) -> None:
    tile = kept.export / "tile/0/000"
    data = bytearray(tile.read_bytes())
    data[40] ^= 1
    tile.write_bytes(data)


def flip_an_entry(kept: Kept) -> None:
    bundle = kept.export / "tile/entries/000"
    bundle.write_bytes(bundle.read_bytes().replace(b'"sequence":7,', b'"sequence":8,'))


def swap_leaves(kept: Kept) -> None:
    tile = kept.export / "tile/0/001.p/44"
    data = tile.read_bytes()
    tile.write_bytes(data[32:64] + data[:32] + data[64:])
    (kept.export / "tile/entries/001.p/44").unlink()


def drop_a_tile(kept: Kept) -> None:
    (kept.export / "tile/0/001.p/44").unlink()


def lie_about_the_size(kept: Kept) -> None:
    note = kept.export / "checkpoint"
    note.write_text(note.read_text().replace(f"\n{LATER}\n", f"\n{EARLIER}\n"))


def sign_with_another_key(kept: Kept) -> None:
    (kept.export / "checkpoint").write_text(sign(Checkpoint(LATER, bytes(32)), bytes(32)), encoding="utf-8")


@pytest.mark.parametrize(
    "tamper, told",
    [
        (flip_a_leaf, "les contenus du paquet 0 ne sont pas ceux des feuilles"),
        (flip_an_entry, "les contenus du paquet 0 ne sont pas ceux des feuilles"),
        (swap_leaves, "l'export n'est pas l'arbre que signe le nouveau point de contrôle"),
        (drop_a_tile, "la tuile 1 manque ou est incomplète"),
        (lie_about_the_size, "un point de contrôle n'est pas signé par cette clé"),
        (sign_with_another_key, "un point de contrôle n'est pas signé par cette clé"),
    ],
)
def test_a_tampered_export_is_refused(kept: Kept, tamper: Callable[[Kept], None], told: str) -> None:
    tamper(kept)
    found = run(KEY.hex(), kept.export, kept.earlier)
    assert (found.returncode, found.stdout, found.stderr) == (1, "", f"REFUSÉ : {told}\n")


def test_a_journal_rewritten_and_signed_again_contradicts_the_checkpoint_kept_elsewhere(
    written: Kept, tmp_path: Path
) -> None:
    stores = open_stores({name: f"sqlite:///{tmp_path / name}.sqlite" for name in ("main", "keys", "journal")})
    forger = new_journal(stores, DrivenClock(NOON))
    write(forger, LATER, OTHER)
    forger.seal_outbox()
    export(stores.journal, tmp_path / "export", KEY, entries=False)
    told = run(KEY.hex(), tmp_path / "export", written.earlier)
    assert told.stderr == "REFUSÉ : l'export contredit l'ancien point de contrôle : le journal a été récrit\n"
    stores.dispose()


def test_a_journal_that_lost_its_end_is_refused(written: Kept, tmp_path: Path) -> None:
    later = tmp_path / "later"
    later.write_text((written.export / "checkpoint").read_text(encoding="utf-8"), encoding="utf-8")
    told = run(KEY.hex(), written.export, later, written.earlier)
    assert told.stderr == (
        f"REFUSÉ : l'ancien point de contrôle compte {LATER} événements, le nouveau {EARLIER} : il en manque\n"
    )


def test_the_proof_of_an_event_is_read_without_the_service(written: Kept, tmp_path: Path) -> None:
    file = tmp_path / "259.tlog-proof"
    file.write_text(prove_event(written.stores.journal, 259, KEY), encoding="utf-8")
    told = run(KEY.hex(), file)
    assert told.stdout.startswith(f"L'événement 259 est dans l'arbre signé de {LATER} événements. Il dit :\n{{")
    assert str(SITUATION) in told.stdout
    file.write_text(file.read_text(encoding="utf-8").replace("index 259", "index 258"), encoding="utf-8")
    assert run(KEY.hex(), file).stderr == "REFUSÉ : cet événement n'est pas dans l'arbre signé\n"


def test_what_is_not_an_export_is_refused_in_a_sentence(tmp_path: Path) -> None:
    assert run("pas-une-clé", tmp_path, tmp_path / "rien").stderr.startswith("REFUSÉ : ")
    assert run().stderr.startswith("REFUSÉ : ")
