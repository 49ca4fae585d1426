"""The few words of the command line's library, in French.

It looks them up through gettext, for which nobody ships a French catalogue; `speak` must run before it is imported.
"""

import gettext
from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "Commands": "Commandes",
        "Aborted.": "Interrompu.",
        "(deprecated) ": "(abandonné) ",
        "[default: {}]": "[par défaut : {}]",
        "default: {default}": "par défaut : {default}",
        "[required]": "[obligatoire]",
        "required": "obligatoire",
        "[env var: {}]": "[variable : {}]",
        "Missing command.": "il manque une commande.",
        "No such command {name!r}.": "cette commande n'existe pas : {name}.",
        "Option {name!r} requires an argument.": "l'option {name} demande une valeur.",
        "Option {name!r} does not take a value.": "l'option {name} ne prend pas de valeur.",
        "Got unexpected extra argument ({args})": "argument en trop ({args}).",
        "Got unexpected extra arguments ({args})": "arguments en trop ({args}).",
    }
)
"""What the library says, and how we say it."""


def speak() -> None:
    """Make gettext give these words; what is not among them stays as the library wrote it."""
    gettext.gettext = lambda message: WORDS.get(message, message)
    gettext.ngettext = _several


def _several(msgid1: str, msgid2: str, n: int) -> str:
    message = msgid1 if n == 1 else msgid2
    return WORDS.get(message, message)
