"""Who holds the root key: it only wraps and unwraps, and never leaves its provider (architecture.md section 4)."""

import base64
import binascii
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.crypto.wrapping import KEY_BYTES, WrapBroken, new_key, unwrap, wrap

OWNER_ONLY = 0o600

FIRST_GENERATION = 1
"""The generation of a key that was never renewed."""


class RootKeyError(Exception):
    """The root key is missing, ill kept or not the one of these stores; the French message is for the operator."""


class RootProvider(Protocol):
    """Wraps and unwraps under the root key of one generation."""

    @property
    def generation(self) -> int:
        """The generation of the root key, 1 for the first."""

    def wrap(self, secret: bytes, associated: bytes) -> bytes:
        """Wrap a secret."""

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        """Open a wrapped secret; raise `RootKeyError` when this root did not wrap it for this use."""


class Roots(Protocol):
    """Every generation of the root key of an installation."""

    def at(self, generation: int) -> RootProvider:
        """Open a generation; raise `RootKeyError` when its key is missing or ill kept."""


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Where the root key is: the module's library, the label of the token, the file of its PIN."""

    library: Path
    token: str
    pin_file: Path


class FileRoot:
    """A root key as 32 random bytes in base64, in a file of its owner alone, outside the data folder.

    Each generation has a file of its own, beside the first one's.
    """

    __slots__ = ("_cipher", "_data", "_path", "generation")

    def __init__(self, path: Path, data: Path, generation: int = FIRST_GENERATION) -> None:
        """Read the key of a generation; `path` is the first one's file, `data` the folder of the stores.

        Raise `RootKeyError` when it is missing or ill kept.
        """
        self._cipher = AESGCM(read_root_key(generation_path(path, generation), data))
        self._path, self._data = path, data
        self.generation = generation

    @classmethod
    def create(cls, path: Path, data: Path, key: bytes | None = None, generation: int = FIRST_GENERATION) -> "FileRoot":
        """Write the file of a root key, durably: one that is drawn, or one that was rebuilt from its shares.

        It takes its place whole or not at all. Raise `RootKeyError` when the file exists.
        """
        place = generation_path(path, generation)
        _refuse_inside(place, data)
        partial = place.with_name(f"{place.name}.{os.getpid()}.partial")
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, OWNER_ONLY), "wb") as file:
            file.write(base64.b64encode(key or new_key()) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, place)
        except FileExistsError:
            raise RootKeyError(
                f"Une clé racine existe déjà : {place}. Rien n'a été remplacé, car des données en dépendent peut-être."
            ) from None
        finally:
            partial.unlink()
        _sync_folder(place.parent)
        return cls(path, data, generation)

    def at(self, generation: int) -> "FileRoot":
        """Open another generation, beside this one; raise `RootKeyError` when it is missing or ill kept."""
        return self if generation == self.generation else FileRoot(self._path, self._data, generation)

    def wrap(self, secret: bytes, associated: bytes) -> bytes:
        """Wrap a secret under the root key."""
        return wrap(self._cipher, secret, associated)

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        """Open a wrapped secret; raise `RootKeyError` when this root did not wrap it for this use."""
        try:
            return unwrap(self._cipher, wrapped, associated)
        except WrapBroken:
            raise not_this_root() from None


def generation_path(path: Path, generation: int) -> Path:
    """Give the file of a generation of the root key: the first keeps the name that it always had."""
    return path if generation == FIRST_GENERATION else path.with_name(f"{path.name}.{generation}")


def read_private(path: Path, what: str, missing: str = "Remettez-le à sa place.") -> bytes:
    """Read a secret in a file of its owner alone; raise `RootKeyError`, which says `what` the file is and the cure."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read()
    except OSError:
        raise RootKeyError(f"{what} est absent, ou ne peut pas être lu : {path}. {missing}") from None
    if mode & 0o077:
        raise RootKeyError(f"{what} est lisible par d'autres comptes. Restreignez l'accès : chmod 600 {path}")
    return text


def not_this_root() -> RootKeyError:
    """Give the error of a wrap that this root did not make, or that was altered."""
    return RootKeyError(
        "La clé racine n'est pas celle de ces magasins, ou un magasin a été altéré. Le service s'arrête : "
        "remettez la clé racine d'origine."
    )


def read_root_key(path: Path, data: Path) -> bytes:
    """Read the 32 bytes of a root key, for its provider, and for the ceremony that splits it in shares.

    Raise `RootKeyError` when the file is missing, readable by others, in the folder of the data, or holds no key.
    """
    _refuse_inside(path, data)
    text = read_private(
        path,
        "Le fichier de la clé racine",
        "Sans elle, les données ne s'ouvrent pas : remettez le fichier d'origine à sa place. N'en créez pas un autre.",
    )
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise RootKeyError(f"Le fichier {path} ne contient pas une clé racine. Remettez le fichier d'origine.")
    return key


def _refuse_inside(path: Path, data: Path) -> None:
    if path.resolve().is_relative_to(data.resolve()):
        raise RootKeyError(
            f"La clé racine {path} est dans le dossier des données : une copie de ce dossier ouvrirait tout. Rangez-la "
            "ailleurs (CENACLE_ROOT_KEY_FILE)."
        )


def _sync_folder(folder: Path) -> None:
    # The name must survive a power cut too: the stores written next are nothing without this file.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
