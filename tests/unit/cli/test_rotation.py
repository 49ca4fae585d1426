"""`cenacle keys status` and rotations: what an operator reads, and a root that goes to a module and back."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col
from typer.testing import CliRunner, Result

from backend.app import initialise, open_house
from backend.audit.models import JournalEntry
from backend.authorization.work import House
from backend.cells.models import Cell
from backend.cli import opening
from backend.cli.command import app
from backend.cli.rotation import HEADERS, Progress
from backend.crypto.keyring import Rotations
from backend.crypto.keyring.standing import active_root_of, mark_due
from backend.crypto.roots import InstalledRoots
from backend.custody.actions import rotating
from backend.kernel.clock import DrivenClock
from backend.kernel.identifiers import new_id
from backend.settings import Settings
from policies.charter_words import CharterKind
from policies.rotation import PERIOD, RootPlace, RotationGround
from tests.support.house import MORNING
from tests.support.modules import Module, new_module


class Machine:
    """An installation with one cell and three subjects, and who types commands on it."""

    def __init__(self, settings: Settings, clock: DrivenClock) -> None:
        self.settings, self.clock = settings, clock
        self.cell = Cell(
            id=new_id(),
            kind=CharterKind.CENOMED,
            territory="13",
            name="CENOMED du 13e",
            charter_version="cenomed-2023",
            opened_on=date(2026, 1, 1),
        )
        self.subjects = [uuid4() for _ in range(3)]
        house = initialise(settings, clock)
        house.keyring.create_cell(self.cell.id)
        for subject in self.subjects:
            house.keyring.create_subject(subject, self.cell.id)
        with house.transaction() as uow:
            uow.session.add(self.cell)
        house.stores.dispose()

    def types(self, *words: str) -> Result:
        return CliRunner().invoke(app, ["keys", *words])

    def ask(self, question: Callable[[House], object]) -> object:
        house = open_house(Settings(), self.clock)
        try:
            return question(house)
        finally:
            house.stores.dispose()

    def readable(self) -> set[UUID]:
        wanted = {(subject, self.cell.id) for subject in self.subjects}
        found = self.ask(lambda house: set(house.keyring.open_subjects(wanted)))
        assert isinstance(found, set)
        return found

    def journal(self) -> list[str]:
        def names(house: House) -> list[str]:
            house.journal.seal_outbox()
            with house.stores.journal.transaction() as session:
                wanted = col(JournalEntry.name).startswith("custody:rotation:")
                query = sa.select(col(JournalEntry.name)).where(wanted).order_by(col(JournalEntry.leaf))
                return [name.rpartition(":")[2] for name in session.scalars(query)]

        found = self.ask(names)
        assert isinstance(found, list)
        return found


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("CENACLE_MODE", "demo")
    monkeypatch.setenv("CENACLE_DATA", str(tmp_path / "data"))
    clock = DrivenClock(MORNING)
    monkeypatch.setattr(opening, "open_house", lambda settings, **how: open_house(settings, clock, **how))
    return Machine(Settings(), clock)


def test_the_state_of_the_keys_is_a_table_or_json_and_says_what_is_due(machine: Machine) -> None:
    machine.clock.advance(PERIOD - timedelta(days=1))
    told = machine.types("status")
    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert re.split(r"  +", lines[0]) == list(HEADERS)
    assert lines[1].startswith("clé racine")
    assert "729 j" in lines[1]
    assert re.split(r"  +", lines[-1])[:3] == ["CENOMED du 13e", machine.cell.reference, "1"]
    assert told.stderr == ""
    machine.ask(lambda house: mark_due(house.stores.keys, [machine.cell.id], RotationGround.DEPARTURE, machine.clock()))
    machine.clock.advance(timedelta(days=1))
    late = machine.types("status").stderr
    assert "À renouveler : CENOMED du 13e (départ d'une personne)." in late
    assert "À renouveler : clé racine." in late
    read = json.loads(machine.types("status", "--json").stdout)
    assert read[0]["label"] == "clé racine"
    assert read[-1]["cell"] == machine.cell.reference
    assert (read[-1]["late"], read[-1]["age"], read[-1]["behind"], read[-1]["due"]) == (True, 730, 0, 0)


def test_the_keys_of_a_cell_are_renewed_and_the_next_steps_are_said(machine: Machine) -> None:
    told = machine.types("rotate-cell", machine.cell.reference.lower(), "--because", "lost_copy")
    assert told.exit_code == 0, told.output
    assert "100 %  3 clés sur 3" in told.stdout
    assert "cenacle backup --only keys" in told.stdout
    assert machine.readable() == set(machine.subjects)
    assert machine.journal() == ["taken", "ended"]
    read = json.loads(machine.types("status", "--json").stdout)[-1]
    assert (read["generation"], read["behind"], read["due"], read["renewed_on"]) == (2, 0, 3, "2026-11-23")
    unknown = machine.types("rotate-cell", "0000-0000-0000")
    assert (unknown.exit_code, "Aucune cellule" in unknown.stderr) == (1, True)
    assert machine.types("resume").stdout == "Renouvellements terminés : 0.\n"


def test_another_process_at_work_is_said_and_left_alone(machine: Machine) -> None:
    def begin(house: House) -> None:
        rotations = Rotations(house.stores.keys, house.keyring.root)
        assert rotations.begin_cell(machine.cell.id, 1, RotationGround.PERIOD)
        assert rotations.begin_root(1, 2, RootPlace.FILE, RotationGround.PERIOD)
        for rotation in rotations.unfinished():
            assert rotations.take(rotation, new_id()) is not None

    machine.ask(begin)
    for words in (("rotate-cell", machine.cell.reference), ("rotate-root",)):
        told = machine.types(*words)
        assert (told.exit_code, "Un autre processus y travaille" in told.stderr) == (1, True)
    assert machine.types("resume").stdout == "Renouvellements terminés : 0.\n"
    machine.clock.advance(timedelta(minutes=3))
    # Nobody but who is asked to draws a root: it must be where it will stay.
    machine.ask(rotating.keep_up)
    assert machine.ask(lambda house: active_root_of(house.stores.keys)) == 1
    assert machine.types("resume").stdout.endswith("Renouvellements terminés : 1.\n")
    assert machine.ask(lambda house: active_root_of(house.stores.keys)) == 2
    assert machine.readable() == set(machine.subjects)


def test_the_root_is_renewed_and_what_becomes_of_the_old_one_is_said(machine: Machine) -> None:
    path = machine.settings.root_key_path()
    # A key that another history of these stores may need is never taken for ours, nor replaced.
    foreign = path.with_name(f"{path.name}.2")
    foreign.write_bytes(path.read_bytes())
    foreign.chmod(0o600)
    told = machine.types("rotate-root")
    assert told.exit_code == 0, told.output
    new = path.with_name(f"{path.name}.3")
    assert str(new) in told.stdout
    assert f"Gardez {path} au coffre jusqu'au 01/12/2026" in told.stdout
    assert new.read_bytes() != path.read_bytes() == foreign.read_bytes()
    path.rename(path.with_name("coffre"))
    foreign.unlink()
    assert machine.readable() == set(machine.subjects)
    assert machine.journal() == ["taken", "ended"]
    assert json.loads(machine.types("status", "--json").stdout)[0]["generation"] == 3
    again = machine.types("rotate-root", "--to", "module")
    assert (again.exit_code, "Aucun module de sécurité" in again.stderr) == (1, True)
    assert machine.readable() == set(machine.subjects)


def test_a_root_goes_from_its_file_to_a_module_and_back_through_a_loss_in_the_middle(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module: Module = new_module(tmp_path, monkeypatch)
    monkeypatch.setenv("CENACLE_PKCS11_LIBRARY", str(module.place.library))
    monkeypatch.setenv("CENACLE_PKCS11_PIN_FILE", str(module.place.pin_file))
    path = machine.settings.root_key_path()
    stale = open_house(Settings(), machine.clock)
    establish = rotating._establish  # noqa: SLF001  the token is taken away just after

    def unplugged(*given: object, **named: object) -> bool:
        done: bool = establish(*given, **named)  # type: ignore[arg-type]
        module.unplug()
        return done

    monkeypatch.setattr(rotating, "_establish", unplugged)
    lost = machine.types("rotate-root", "--to", "module")
    assert (lost.exit_code, "Rien n'est perdu" in lost.stderr) == (1, True), lost.output
    monkeypatch.setattr(rotating, "_establish", establish)
    module.plug()
    assert machine.readable() == set(machine.subjects)
    assert machine.types("resume").stdout.endswith("Renouvellements terminés : 1.\n")
    path.unlink()
    assert machine.readable() == set(machine.subjects)
    assert InstalledRoots(Settings()).place_of(2) is RootPlace.MODULE
    wanted = {(subject, machine.cell.id) for subject in machine.subjects}
    machine.clock.advance(timedelta(minutes=6))
    assert len(stale.keyring.open_subjects(wanted)) == 3, "a process that served before follows"
    split = machine.types("split")
    assert (split.exit_code, "il n'y a rien à partager" in split.stderr) == (1, True)
    back = machine.types("rotate-root", "--to", "file")
    assert back.exit_code == 0, back.output
    assert "l'ancienne clé du jeton" in back.stdout
    monkeypatch.delenv("CENACLE_PKCS11_LIBRARY")
    assert machine.readable() == set(machine.subjects)
    stale.stores.dispose()


def test_a_terminal_shows_a_bar_and_a_file_one_line_per_tenth(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    bar = Progress()
    bar(1, 2)
    bar(2, 2)
    assert capsys.readouterr().out == (
        f"\r[{'#' * 15}{'.' * 15}]  50 %  1 clés sur 2\r[{'#' * 30}] 100 %  2 clés sur 2\n"
    )
    monkeypatch.setattr("sys.stdout.isatty", lambda: False, raising=False)
    lines = Progress()
    for moved in range(101):
        lines(moved, 100)
    assert len(capsys.readouterr().out.splitlines()) == 11
    lines = Progress()
    lines(0, 0)
    assert capsys.readouterr().out == "100 %  0 clés sur 0\n"
