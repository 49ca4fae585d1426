"""`cenacle keys`: three people split the root key on paper, the file is lost, two of them bring it back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import typer
from sqlmodel import col
from typer.testing import CliRunner

from backend.app import initialise, open_house
from backend.audit.models import JournalEntry
from backend.cli import keys
from backend.crypto.providers import generation_path
from backend.custody.actions.rotating import rotate_root
from backend.settings import Settings
from policies.rotation import RootPlace, RotationGround


class Room:
    """The terminal of a ceremony, and the people before it: each writes down what is shown, and types what is asked."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.papers: list[list[str]] = []
        self.asked: list[str] = []
        self.answers: Iterator[str] = iter(())
        self.mistakes = 0

    def echo(self, text: str = "", *, err: bool = False, nl: bool = True) -> None:
        self.said.append(text)

    def prompt(self, text: str, **_options: object) -> str:
        self.asked.append(text)
        if text.startswith("Tout est écrit"):
            shown = [found[1] for line in self.said if (found := re.fullmatch(r" *\d+\. (\w+)", line))]
            self.papers.append(shown[-33:])
        if found := re.fullmatch(r"Mot (\d+)", text):
            if self.mistakes:
                self.mistakes -= 1
                return "cenacle"
            return f" {self.papers[-1][int(found[1]) - 1].upper()} "
        return next(self.answers) if "vos mots" in text else ""


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    made = Room()
    monkeypatch.setattr(typer, "echo", made.echo)
    monkeypatch.setattr(typer, "prompt", made.prompt)
    return made


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("CENACLE_MODE", "demo")
    monkeypatch.setenv("CENACLE_DATA", str(tmp_path / "data"))
    made = Settings()
    initialise(made).stores.dispose()
    return made


def events(settings: Settings) -> list[str]:
    house = open_house(settings)
    with house.stores.journal.transaction() as session:
        names = session.scalars(sa.select(col(JournalEntry.name)).order_by(col(JournalEntry.leaf))).all()
    house.stores.dispose()
    return list(names)


def test_three_people_split_the_root_key_it_is_lost_and_two_of_them_bring_it_back(
    room: Room, settings: Settings
) -> None:
    path = settings.root_key_path()
    before = path.read_bytes()
    room.mistakes = 1
    keys.split(count=3, needed=2)
    first, again, second, third = room.papers
    assert first == again, "one word was wrong: the share was shown once more"
    assert len({tuple(first), tuple(second), tuple(third)}) == 3
    assert room.said.count(keys.WIPE) >= 2 * len(room.papers), "no share stays on the screen"
    assert not [
        name for name in path.parent.rglob("*") if name.is_file() and " ".join(second).encode() in name.read_bytes()
    ]
    path.unlink()
    paper = [" ".join(words) for words in (third, first)]
    mistyped = paper[0].replace(third[4], "cenacle", 1)
    room.answers = iter((mistyped, paper[0], paper[0], paper[1]))
    keys.rebuild()
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o077 == 0
    assert "mot par mot" in " ".join(room.said)
    assert "déjà été saisie" in " ".join(room.said)
    assert events(settings)[-2:] == ["custody:root_key:split", "custody:root_key:rebuilt"]
    with pytest.raises(typer.Exit):
        keys.rebuild()
    assert "Rien n'a été remplacé" in room.said[-1]


def test_shares_of_another_key_do_not_take_its_place(
    room: Room, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.split(count=2, needed=2)
    monkeypatch.setenv("CENACLE_DATA", str(tmp_path / "other"))
    initialise(Settings()).stores.dispose()
    keys.split(count=2, needed=2)
    mine, _, foreign, other = (" ".join(words) for words in room.papers)
    monkeypatch.setenv("CENACLE_DATA", str(settings.data))
    path = settings.root_key_path()
    path.unlink()
    room.answers = iter((foreign, mine, other))
    with pytest.raises(typer.Exit):
        keys.rebuild()
    assert "autre partage" in " ".join(room.said)
    assert [name.name for name in path.parent.glob("data.root-key*")] == []


@pytest.mark.usefixtures("settings")
def test_a_key_that_never_leaves_its_module_is_not_rebuilt(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENACLE_PKCS11_LIBRARY", "/usr/lib/softhsm/libsofthsm2.so")
    with pytest.raises(typer.Exit):
        keys.rebuild()
    assert "restaurez la copie de son jeton" in room.said[-1]


def test_after_a_rotation_the_shares_of_the_new_key_bring_it_back_and_the_old_ones_nothing(
    room: Room, settings: Settings
) -> None:
    keys.split(count=2, needed=2)
    house = open_house(settings)
    assert rotate_root(house, RootPlace.FILE, RotationGround.PERIOD, lambda _moved, _total: None)
    house.stores.dispose()
    keys.split(count=2, needed=2)
    old, new = room.papers[:2], room.papers[2:]
    path = generation_path(settings.root_key_path(), 2)
    before = path.read_bytes()
    path.unlink()
    room.answers = iter(" ".join(words) for words in old)
    with pytest.raises(typer.Exit):
        keys.rebuild()
    assert "n'est pas celle de ces magasins" in room.said[-1]
    room.answers = iter(" ".join(words) for words in new)
    keys.rebuild()
    assert path.read_bytes() == before


@pytest.mark.usefixtures("settings")
def test_more_shares_needed_than_there_are_is_refused(room: Room) -> None:
    with pytest.raises(typer.Exit):
        keys.split(count=2, needed=3)
    assert room.asked == []


def test_the_key_of_the_backups_is_drawn_once(settings: Settings, tmp_path: Path) -> None:
    private = tmp_path / "privee"
    drawn = CliRunner().invoke(keys.app, ["backup-key", "--private", str(private)])
    assert drawn.exit_code == 0
    assert private.stat().st_mode & 0o077 == 0
    assert private.read_text() != settings.backup_key_path().read_text()
    again = CliRunner().invoke(keys.app, ["backup-key", "--private", str(tmp_path / "autre")])
    assert (again.exit_code, "rien n'a été remplacé" in again.stderr) == (1, True)
