"""Opens the house for the commands that work on it, and says plainly when it cannot be opened."""

import typer
from sqlalchemy.exc import SQLAlchemyError

from backend.app import open_house
from backend.authorization.work import House
from backend.cli.refusals import refused
from backend.crypto.keystore import IdentityError
from backend.crypto.providers import RootKeyError
from backend.kernel.errors import Unavailable
from backend.settings import Settings


def house_of(context: typer.Context, *, destroying: bool = True) -> House:
    """Give the house that a command works on: the one it was given, or the one that the environment describes.

    `destroying` as for `open_house`.
    """
    if context.obj is None:
        context.obj = opened(Settings(), destroying=destroying)
    house: House = context.obj
    return house


def require_folder(settings: Settings) -> None:
    """Refuse embedded stores whose folder does not exist: opening them would make it."""
    if settings.main_url is None and not settings.data.is_dir():
        raise refused(
            f"Il n'y a pas d'installation dans « {settings.data} ». Indiquez CENACLE_DATA et CENACLE_MODE,"
            " ou créez-en une avec « cenacle init »."
        )


def opened(settings: Settings, *, destroying: bool = True) -> House:
    """Open an installation, or refuse with a sentence that says what to do; `destroying` as for `open_house`."""
    require_folder(settings)
    try:
        return open_house(settings, destroying=destroying)
    except (IdentityError, RootKeyError) as error:
        raise refused(str(error)) from None
    except (SQLAlchemyError, Unavailable):
        raise refused("Un magasin ne répond pas ou n'est pas à jour : lancez « cenacle doctor ».") from None
