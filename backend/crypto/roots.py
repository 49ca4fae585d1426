"""Which provider holds the root key of an installation, by its settings (architecture.md section 4)."""

from backend.crypto.providers import FileRoot, RootProvider, TokenPlace
from backend.settings import Settings


def open_root(settings: Settings) -> RootProvider:
    """Open the root key; raise `RootKeyError` with what the operator must do."""
    place = _place(settings)
    if place is None:
        return FileRoot(settings.root_key_path(), settings.data)
    from backend.crypto.modules import TokenRoot  # noqa: PLC0415  a file needs no library of modules at start

    return TokenRoot(place)


def create_root(settings: Settings) -> RootProvider:
    """Draw the root key of a new installation; raise `RootKeyError` when there is one already."""
    place = _place(settings)
    if place is None:
        return FileRoot.create(settings.root_key_path(), settings.data)
    from backend.crypto.modules import TokenRoot  # noqa: PLC0415  the same

    return TokenRoot.create(place)


def _place(settings: Settings) -> TokenPlace | None:
    if settings.pkcs11_library is None:
        return None
    return TokenPlace(settings.pkcs11_library, settings.pkcs11_token, settings.pkcs11_pin_path())
