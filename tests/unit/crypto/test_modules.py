"""The root key in a security module: it never leaves it, and its loss is a pause, not a disaster (SoftHSM2)."""

import shutil
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from pkcs11 import Attribute, ObjectClass, lib
from pkcs11.exceptions import AttributeSensitive

from backend.app import initialise, open_house
from backend.crypto.keyring import Keyring
from backend.crypto.modules import LABEL, TokenRoot
from backend.crypto.providers import RootKeyError
from backend.kernel.clock import DrivenClock
from backend.kernel.database import Store
from backend.kernel.errors import Unavailable
from backend.settings import Settings
from tests.support.modules import PIN, Module, new_module


@pytest.fixture
def engine_kind() -> str:
    return "sqlite"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Module:
    return new_module(tmp_path, monkeypatch)


@pytest.fixture
def token(module: Module) -> TokenRoot:
    return TokenRoot.create(module.place)


def test_what_the_module_wraps_it_opens_for_the_same_use_only(module: Module, token: TokenRoot) -> None:
    wrapped = token.wrap(b"secret", b"use")
    assert TokenRoot(module.place).unwrap(wrapped, b"use") == b"secret"
    for altered in (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), wrapped[:27], b""):
        with pytest.raises(RootKeyError, match="n'est pas celle de ces magasins"):
            token.unwrap(altered, b"use")
    with pytest.raises(RootKeyError, match="n'est pas celle de ces magasins"):
        token.unwrap(wrapped, b"another use")
    assert token.unwrap(wrapped, b"use") == b"secret"
    assert token.generation == 1


def test_the_key_never_leaves_the_module(module: Module) -> None:
    TokenRoot.create(module.place)
    library = lib(str(module.place.library))
    library.reinitialize()
    session = library.get_token(token_label=module.place.token).open(user_pin=PIN)
    key = session.get_key(object_class=ObjectClass.SECRET_KEY, label=LABEL)
    with pytest.raises(AttributeSensitive):
        key[Attribute.VALUE]
    assert key[Attribute.SENSITIVE]
    assert key[Attribute.NEVER_EXTRACTABLE]


def test_creating_never_replaces_a_key(module: Module, token: TokenRoot) -> None:
    wrapped = token.wrap(b"secret", b"use")
    with pytest.raises(RootKeyError, match="contient déjà une clé racine"):
        TokenRoot.create(module.place)
    assert TokenRoot(module.place).unwrap(wrapped, b"use") == b"secret"


def test_two_modules_open_nothing_of_each_other(
    token: TokenRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrapped = token.wrap(b"secret", b"use")
    (tmp_path / "elsewhere").mkdir()
    other = TokenRoot.create(new_module(tmp_path / "elsewhere", monkeypatch).place)
    with pytest.raises(RootKeyError, match="n'est pas celle de ces magasins"):
        other.unwrap(wrapped, b"use")


def test_a_module_unplugged_is_a_pause_and_the_operator_reads_why(
    module: Module, token: TokenRoot, caplog: pytest.LogCaptureFixture
) -> None:
    wrapped = token.wrap(b"secret", b"use")
    module.unplug()
    for ask in (partial(token.wrap, b"secret", b"use"), partial(token.unwrap, wrapped, b"use")):
        with pytest.raises(Unavailable) as refusal:
            ask()
        assert refusal.value.status == 503
    assert "the token of the root key does not answer" in caplog.text
    assert "secret" not in caplog.text
    module.plug()
    assert token.unwrap(wrapped, b"use") == b"secret"


@pytest.mark.parametrize(
    "harm, said",
    [
        ("token", "est absent du module"),
        ("key", "ne contient pas de clé racine"),
        ("pin", "Le code PIN du jeton « cenacle » est refusé"),
        ("library", "ne répond pas"),
        ("pin file", "Le code PIN du jeton est absent"),
        ("pin mode", "chmod 600"),
    ],
)
def test_at_start_each_fault_says_what_to_do_and_no_code(module: Module, harm: str, said: str) -> None:
    place = module.place
    if harm == "token":
        place = replace(place, token="autre")
    elif harm == "pin":
        place.pin_file.write_text("000000")
    elif harm == "library":
        place = replace(place, library=Path("/usr/lib/none.so"))
    elif harm == "pin file":
        place.pin_file.unlink()
    elif harm == "pin mode":
        place.pin_file.chmod(0o644)
    with pytest.raises(RootKeyError, match=said) as refusal:
        TokenRoot(place)
    assert PIN not in str(refusal.value)


def test_an_installation_lives_in_a_module_survives_its_loss_and_is_recovered_from_its_copy(
    module: Module, tmp_path: Path, clock: DrivenClock
) -> None:
    settings = Settings(
        mode="demo",
        data=tmp_path / "data",
        pkcs11_library=module.place.library,
        pkcs11_pin_file=module.place.pin_file,
    )
    cell, subject = uuid4(), uuid4()
    house = initialise(settings, clock)
    house.keyring.create_cell(cell)
    house.keyring.create_subject(subject, cell)
    house.stores.dispose()
    assert not settings.root_key_path().exists()
    copy = module.back_up()

    house = open_house(settings, clock)
    shutil.rmtree(module.tokens)
    # What is in memory still opens for five minutes; then everything waits for the module.
    clock.advance(timedelta(minutes=6))
    with pytest.raises(Unavailable):
        house.keyring.open_subjects({(subject, cell)})
    house.stores.dispose()
    with pytest.raises(RootKeyError, match="ne répond pas"):
        open_house(settings, clock)

    copy.rename(module.tokens)
    house = open_house(settings, clock)
    assert set(house.keyring.open_subjects({(subject, cell)})) == {subject}
    house.stores.dispose()


def test_the_keyring_asks_the_module_once_per_key_and_five_minutes(
    token: TokenRoot, module: Module, store: Store, clock: DrivenClock
) -> None:
    keyring = Keyring.initialise(store, token, clock, "demo", uuid4())
    cell, subject = uuid4(), uuid4()
    keyring.create_cell(cell)
    keyring.create_subject(subject, cell)
    keyring.open_subjects({(subject, cell)})
    module.unplug()
    assert set(keyring.open_subjects({(subject, cell)})) == {subject}
