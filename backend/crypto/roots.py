"""Where an installation keeps each generation of its root key: files, a security module, or both while it moves.

A generation is in its file when there is one, and in the module otherwise (architecture.md section 4).
"""

from typing import TYPE_CHECKING

from backend.crypto.providers import (
    FIRST_GENERATION,
    FileRoot,
    RootKeyError,
    RootProvider,
    TokenPlace,
    generation_path,
)
from backend.settings import Settings
from policies.rotation import RootPlace

if TYPE_CHECKING:
    from backend.crypto.modules import TokenRoot


class InstalledRoots:
    """The generations of the root key of an installation, by its settings; each is opened when it is asked for."""

    __slots__ = ("_place", "_settings", "_token")

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._place = _place(settings)
        self._token: TokenRoot | None = None

    def at(self, generation: int) -> RootProvider:
        """Open a generation; raise `RootKeyError` with what the operator must do."""
        if self._place is None or self._in_file(generation):
            return FileRoot(self._settings.root_key_path(), self._settings.data, generation)
        from backend.crypto.modules import TokenRoot  # noqa: PLC0415  a file needs no library of modules at start

        if self._token is None:
            self._token = TokenRoot(self._place, generation)
        return self._token.at(generation)

    def place_of(self, generation: int) -> RootPlace:
        """Say where a generation is to be found."""
        return RootPlace.FILE if self._place is None or self._in_file(generation) else RootPlace.MODULE

    def draw(self, generation: int, place: RootPlace) -> None:
        """Draw the key of a generation; raise `RootKeyError` when there is one already, or no module to draw it in."""
        if place is RootPlace.FILE or self._in_file(generation):
            FileRoot.create(self._settings.root_key_path(), self._settings.data, generation=generation)
            return
        if self._place is None:
            raise RootKeyError(
                "Aucun module de sécurité n'est réglé : donnez CENACLE_PKCS11_LIBRARY, puis recommencez (docs/keys.md)."
            )
        from backend.crypto.modules import TokenRoot  # noqa: PLC0415  the same

        self._token = TokenRoot.create(self._place, generation)

    def is_taken(self, generation: int) -> bool:
        """Tell whether there is a key of a generation already, which another history of the stores may need."""
        if self._place is None or self._in_file(generation):
            return self._in_file(generation)
        from backend.crypto.modules import holds  # noqa: PLC0415  the same

        return holds(self._place, generation)

    def _in_file(self, generation: int) -> bool:
        return generation_path(self._settings.root_key_path(), generation).exists()


def open_root(settings: Settings) -> InstalledRoots:
    """Give the generations of the root key; none is opened yet."""
    return InstalledRoots(settings)


def create_root(settings: Settings) -> InstalledRoots:
    """Draw the root key of a new installation; raise `RootKeyError` when there is one already."""
    roots = InstalledRoots(settings)
    roots.draw(FIRST_GENERATION, RootPlace.FILE if _place(settings) is None else RootPlace.MODULE)
    return roots


def _place(settings: Settings) -> TokenPlace | None:
    if settings.pkcs11_library is None:
        return None
    return TokenPlace(settings.pkcs11_library, settings.pkcs11_token, settings.pkcs11_pin_path())
