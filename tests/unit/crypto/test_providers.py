"""The root key in a file: made once, kept apart, readable by its owner alone, and missed at once."""

import base64
import stat
from pathlib import Path

import pytest

from backend.crypto.providers import FileRoot, RootKeyError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data.root-key"


def test_a_root_key_is_256_bits_in_a_file_of_its_owner_alone(path: Path, data: Path) -> None:
    FileRoot.create(path, data)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(base64.b64decode(path.read_bytes())) == 32


def test_the_key_that_was_created_is_the_key_that_is_read(path: Path, data: Path) -> None:
    created = FileRoot.create(path, data)
    wrapped = created.wrap(b"secret", b"use")
    assert FileRoot(path, data).unwrap(wrapped, b"use") == b"secret"
    assert created.generation == 1


def test_a_root_opens_nothing_that_was_wrapped_for_another_use(path: Path, data: Path) -> None:
    root = FileRoot.create(path, data)
    with pytest.raises(RootKeyError, match="n'est pas celle de ces magasins"):
        root.unwrap(root.wrap(b"secret", b"use"), b"another use")


def test_another_root_opens_nothing(path: Path, data: Path, tmp_path: Path) -> None:
    wrapped = FileRoot.create(path, data).wrap(b"secret", b"use")
    with pytest.raises(RootKeyError):
        FileRoot.create(tmp_path / "other", data).unwrap(wrapped, b"use")


@pytest.mark.parametrize("wrapped", [b"", b"short", bytes(27)])
def test_a_truncated_wrap_does_not_open(path: Path, data: Path, wrapped: bytes) -> None:
    with pytest.raises(RootKeyError):
        FileRoot.create(path, data).unwrap(wrapped, b"use")


def test_creating_never_replaces_a_root_key(path: Path, data: Path) -> None:
    FileRoot.create(path, data)
    before = path.read_bytes()
    with pytest.raises(RootKeyError, match="existe déjà"):
        FileRoot.create(path, data)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_root_key_that_others_can_reach_is_refused(path: Path, data: Path, mode: int) -> None:
    FileRoot.create(path, data)
    path.chmod(mode)
    with pytest.raises(RootKeyError, match="chmod 600"):
        FileRoot(path, data)


def test_a_root_key_beside_the_data_is_welcome_and_inside_it_is_refused(path: Path, data: Path) -> None:
    FileRoot.create(path, data)
    inside = data / "keys" / ".." / "root-key"
    with pytest.raises(RootKeyError, match="dans le dossier des données"):
        FileRoot.create(inside, data)
    (data / "link").symlink_to(data.parent)
    assert FileRoot(data / "link" / path.name, data).generation == 1
    (data.parent / "outside").symlink_to(data)
    with pytest.raises(RootKeyError, match="dans le dossier des données"):
        FileRoot(data.parent / "outside" / "root-key", data)


def test_a_missing_root_key_is_said_in_french_with_what_to_do(path: Path, data: Path) -> None:
    with pytest.raises(RootKeyError, match="remettez le fichier d'origine à sa place"):
        FileRoot(path, data)


def test_a_folder_in_place_of_the_root_key_is_refused(path: Path, data: Path) -> None:
    path.mkdir(mode=0o700)
    with pytest.raises(RootKeyError, match="est absent, ou ne peut pas être lu"):
        FileRoot(path, data)


@pytest.mark.parametrize(
    "content",
    [b"", b"not base 64 !", base64.b64encode(bytes(16)), base64.b64encode(bytes(33)), b"\xff" * 32],
)
def test_a_file_that_holds_no_root_key_is_refused_without_being_shown(path: Path, data: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(RootKeyError, match="ne contient pas une clé racine") as raised:
        FileRoot(path, data)
    assert not content or content.decode(errors="replace") not in str(raised.value)
