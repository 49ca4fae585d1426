"""The root key in a hardware security module, over PKCS#11 (architecture.md section 4; legal.md R15).

The key is drawn in the module and never leaves it: AES, 256 bits, sensitive, not extractable. What the module opens
stays in memory for `keyring.rooted.CACHE_LIFE`, as with a file.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, cast

from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass, Session, lib
from pkcs11.exceptions import NoSuchKey, NoSuchToken, PinIncorrect, PinLocked, PKCS11Error

from backend.crypto.providers import FIRST_GENERATION, RootKeyError, TokenPlace, not_this_root, read_private
from backend.crypto.sealed import NONCE_BYTES
from backend.crypto.wrapping import KEY_BYTES
from backend.kernel.errors import Unavailable

LOG = logging.getLogger("cenacle")

LABEL = "cenacle-root"
"""How the first generation of the key is named in its token; the next ones add their number."""

TAG_BYTES = 16
"""Bytes of the authentication tag of AES-GCM, the longest there is (NIST SP 800-38D)."""


class _Cipher(Protocol):
    """What the library gives of a secret key, which its own annotations do not say."""

    def encrypt(self, data: bytes, *, mechanism: Mechanism, mechanism_param: GCMParams) -> bytes:
        """Encrypt in the module; raise `PKCS11Error`."""

    def decrypt(self, data: bytes, *, mechanism: Mechanism, mechanism_param: GCMParams) -> bytes:
        """Decrypt in the module; raise `PKCS11Error`."""


class TokenRoot:
    """A generation of the root key in a token, whose session it shares with the others."""

    __slots__ = ("_slot", "generation")

    def __init__(self, place: TokenPlace, generation: int = FIRST_GENERATION) -> None:
        """Open the token and find the key; raise `RootKeyError` with what the operator must do."""
        self._slot = _Slot(place)
        self.generation = generation
        with _told(place):
            self._slot.find(_label(generation))

    @classmethod
    def create(cls, place: TokenPlace, generation: int = FIRST_GENERATION) -> "TokenRoot":
        """Draw the key in the token; raise `RootKeyError` when there is one already."""
        with _told(place), _session(place, _pin(place), writes=True) as session:
            if _held(session, generation):
                raise RootKeyError(
                    f"Le jeton « {place.token} » contient déjà une clé racine. Rien n'a été remplacé, car des données "
                    "en dépendent peut-être."
                )
            kept_inside = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
            session.generate_key(KeyType.AES, KEY_BYTES * 8, label=_label(generation), store=True, template=kept_inside)
        return cls(place, generation)

    def at(self, generation: int) -> "TokenRoot":
        """Open another generation of the same token; raise `RootKeyError` with what the operator must do."""
        other = object.__new__(TokenRoot)
        other._slot, other.generation = self._slot, generation
        with _told(self._slot.place):
            self._slot.find(_label(generation))
        return other

    def wrap(self, secret: bytes, associated: bytes) -> bytes:
        """Wrap a secret in the module; raise `Unavailable` when it does not answer."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ask(lambda key: key.encrypt(secret, **_gcm(nonce, associated)), Unavailable())

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        """Open a wrapped secret in the module.

        Raise `RootKeyError` when this root did not wrap it for this use, `Unavailable` when the module does not answer.
        """
        if len(wrapped) < NONCE_BYTES + TAG_BYTES:
            raise not_this_root()
        nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        # A module says « general error » for a wrong tag: opened again, it is there, and refuses.
        return self._ask(lambda key: key.decrypt(sealed, **_gcm(nonce, associated)), not_this_root())

    def _ask(self, work: Callable[["_Cipher"], bytes], refused: Exception) -> bytes:
        return self._slot.ask(_label(self.generation), work, refused)


class _Slot:
    """The one session that a process has with a token; one call at a time, opened again when a call fails."""

    __slots__ = ("_keys", "_lock", "_pin", "_session", "place")

    def __init__(self, place: TokenPlace) -> None:
        self.place = place
        self._pin = _pin(place)
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._keys: dict[str, _Cipher] = {}

    def find(self, label: str) -> None:
        """Find a key; raise `PKCS11Error` when the token does not answer or does not hold it."""
        with self._lock:
            try:
                self._key(label)
            except PKCS11Error:
                self._open_again(label)

    def ask(self, label: str, work: Callable[["_Cipher"], bytes], refused: Exception) -> bytes:
        """Do a work with a key; raise `Unavailable` when the token does not answer, `refused` when it refuses."""
        with self._lock:
            try:
                return work(self._key(label))
            except PKCS11Error:
                try:
                    self._open_again(label)
                except PKCS11Error as fault:
                    raise _lost(fault) from None
            try:
                return work(self._key(label))
            except PKCS11Error:
                raise refused from None

    def _key(self, label: str) -> "_Cipher":
        if self._session is None:
            self._session = _session(self.place, self._pin)
        if label not in self._keys:
            self._keys[label] = _found(self._session, label)
        return self._keys[label]

    def _open_again(self, label: str) -> None:
        # A module that was unplugged and came back knows neither the session nor the keys that it had given.
        self._session, self._keys = None, {}
        self._key(label)


def holds(place: TokenPlace, generation: int) -> bool:
    """Tell whether a token holds a generation of the root key; raise `RootKeyError` with what the operator must do."""
    with _told(place), _session(place, _pin(place)) as session:
        return _held(session, generation)


def _label(generation: int) -> str:
    return LABEL if generation == FIRST_GENERATION else f"{LABEL}-{generation}"


def _held(session: Session, generation: int) -> bool:
    wanted = {Attribute.LABEL: _label(generation), Attribute.CLASS: ObjectClass.SECRET_KEY}
    return bool(list(session.get_objects(wanted)))


def _session(place: TokenPlace, pin: str, *, writes: bool = False) -> Session:
    module = lib(str(place.library))
    # A process signs in once to a token: what was open before, alive or dead, is forgotten first.
    module.reinitialize()
    return module.get_token(token_label=place.token).open(rw=writes, user_pin=pin)


def _found(session: Session, label: str) -> "_Cipher":
    return cast("_Cipher", session.get_key(object_class=ObjectClass.SECRET_KEY, label=label))


def _gcm(nonce: bytes, associated: bytes) -> dict[str, Any]:
    return {"mechanism": Mechanism.AES_GCM, "mechanism_param": GCMParams(nonce, associated, TAG_BYTES * 8)}


def _pin(place: TokenPlace) -> str:
    return read_private(place.pin_file, "Le code PIN du jeton").decode().strip()


def _lost(fault: PKCS11Error) -> Unavailable:
    LOG.error("the token of the root key does not answer (%s): see docs/keys.md", type(fault).__name__)
    return Unavailable()


@contextmanager
def _told(place: TokenPlace) -> Iterator[None]:
    """Say in French what the operator must do, whatever the module answers."""
    try:
        yield
    except NoSuchToken:
        found = f"Le jeton « {place.token} » est absent du module {place.library}. Branchez-le, ou corrigez son nom."
    except NoSuchKey:
        found = (
            f"Le jeton « {place.token} » ne contient pas de clé racine. Sans elle, les données ne s'ouvrent pas : "
            "restaurez la sauvegarde du jeton. N'en créez pas une autre."
        )
    except (PinIncorrect, PinLocked) as fault:
        found = (
            f"Le code PIN du jeton « {place.token} » est refusé ({type(fault).__name__}). N'insistez pas : un jeton se "
            "bloque après quelques essais. Vérifiez le fichier du code."
        )
    except PKCS11Error as fault:
        found = f"Le module {place.library} ne répond pas ({type(fault).__name__}). Vérifiez-le, puis recommencez."
    else:
        return
    raise RootKeyError(found)
