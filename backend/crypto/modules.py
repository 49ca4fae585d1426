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

from backend.crypto.providers import RootKeyError, TokenPlace, not_this_root, read_private
from backend.crypto.sealed import NONCE_BYTES
from backend.crypto.wrapping import KEY_BYTES
from backend.kernel.errors import Unavailable

LOG = logging.getLogger("cenacle")

LABEL = "cenacle-root"
"""How the key is named in its token."""

TAG_BYTES = 16
"""Bytes of the authentication tag of AES-GCM, the longest there is (NIST SP 800-38D)."""


class _Cipher(Protocol):
    """What the library gives of a secret key, which its own annotations do not say."""

    def encrypt(self, data: bytes, *, mechanism: Mechanism, mechanism_param: GCMParams) -> bytes: ...

    def decrypt(self, data: bytes, *, mechanism: Mechanism, mechanism_param: GCMParams) -> bytes: ...


class TokenRoot:
    """The root key in a token; one call at a time, and the token is opened again when a call fails."""

    __slots__ = ("_key", "_lock", "_pin", "_place", "generation")

    def __init__(self, place: TokenPlace) -> None:
        """Open the token and find the key; raise `RootKeyError` with what the operator must do."""
        self._place = place
        self._pin = _pin(place)
        self._lock = threading.Lock()
        self.generation = 1
        with _told(place):
            self._key = _found(_session(place, self._pin))

    @classmethod
    def create(cls, place: TokenPlace) -> "TokenRoot":
        """Draw the key in the token; raise `RootKeyError` when there is one already."""
        with _told(place), _session(place, _pin(place), writes=True) as session:
            if list(session.get_objects({Attribute.LABEL: LABEL, Attribute.CLASS: ObjectClass.SECRET_KEY})):
                raise RootKeyError(
                    f"Le jeton « {place.token} » contient déjà une clé racine. Rien n'a été remplacé, car des données "
                    "en dépendent peut-être."
                )
            kept_inside = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
            session.generate_key(KeyType.AES, KEY_BYTES * 8, label=LABEL, store=True, template=kept_inside)
        return cls(place)

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
        with self._lock:
            try:
                return work(self._key)
            except PKCS11Error:
                # A module that was unplugged and came back knows neither the session nor the key that it had given.
                try:
                    self._key = _found(_session(self._place, self._pin))
                except PKCS11Error as fault:
                    raise _lost(fault) from None
            try:
                return work(self._key)
            except PKCS11Error:
                raise refused from None


def _session(place: TokenPlace, pin: str, *, writes: bool = False) -> Session:
    module = lib(str(place.library))
    # A process signs in once to a token: what was open before, alive or dead, is forgotten first.
    module.reinitialize()
    return module.get_token(token_label=place.token).open(rw=writes, user_pin=pin)


def _found(session: Session) -> "_Cipher":
    return cast("_Cipher", session.get_key(object_class=ObjectClass.SECRET_KEY, label=LABEL))


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
