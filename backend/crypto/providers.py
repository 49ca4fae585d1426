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


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Where the root key is: the module's library, the label of the token, the file of its PIN."""

    library: Path
    token: str
    pin_file: Path


class FileRoot:
    """The root key as 32 random bytes in base64, in a file of its owner alone, outside the data folder."""

    __slots__ = ("_cipher", "generation")

    def __init__(self, path: Path, data: Path) -> None:
        """Read the key; `data` is the folder of the stores. Raise `RootKeyError` when it is missing or ill kept."""
        self._cipher = AESGCM(read_root_key(path, data))
        self.generation = 1

    @classmethod
    def create(cls, path: Path, data: Path, key: bytes | None = None) -> "FileRoot":
        """Write the file of a root key, durably: one that is drawn, or one that was rebuilt from its shares.

        Raise `RootKeyError` when the file exists.
        """
        _refuse_inside(path, data)
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY)
        except FileExistsError:
            raise RootKeyError(
                f"Une clé racine existe déjà : {path}. Rien n'a été remplacé, car des données en dépendent peut-être."
            ) from None
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(key or new_key()) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(path.parent)
        return cls(path, data)

    def wrap(self, secret: bytes, associated: bytes) -> bytes:
        """Wrap a secret under the root key."""
        return wrap(self._cipher, secret, associated)

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        """Open a wrapped secret; raise `RootKeyError` when this root did not wrap it for this use."""
        try:
            return unwrap(self._cipher, wrapped, associated)
        except WrapBroken:
            raise not_this_root() from None


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
