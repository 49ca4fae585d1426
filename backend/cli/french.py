"""The few words of the command line's library, in French.

It looks them up through gettext, for which nobody ships a French catalogue; `speak` must run before it is imported.
"""

import gettext
from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "Arguments": "Arguments",
        "Options": "Options",
        "Commands": "Commandes",
        "Error": "Erreur",
        "Aborted.": "Interrompu.",
        "Aborted!": "Interrompu.",
        "Usage: ": "Usage : ",
        "Usage:": "Usage :",
        "Error: {message}": "Erreur : {message}",
        "(deprecated) ": "(abandonné) ",
        "[default: {}]": "[par défaut : {}]",
        "default: {default}": "par défaut : {default}",
        "[required]": "[obligatoire]",
        "required": "obligatoire",
        "[env var: {}]": "[variable : {}]",
        "Show this message and exit.": "Afficher cette aide et s'arrêter.",
        "Try [blue]'{command_path} {help_option}'[/] for help.": "Pour l'aide : [blue]{command_path} {help_option}[/]",
        "Try '{command} {option}' for help.": "Pour l'aide : {command} {option}",
        "Missing command.": "Il manque une commande.",
        "No such command {name!r}.": "Cette commande n'existe pas : {name}.",
        "No such option: {name}": "Cette option n'existe pas : {name}",
        "Missing parameter": "Il manque un paramètre",
        "Missing argument": "Il manque un argument",
        "Missing option": "Il manque l'option",
        "Missing {param_type}": "Il manque : {param_type}",
        "Invalid value: {message}": "Valeur refusée : {message}",
        "Invalid value for {param_hint}: {message}": "Valeur refusée pour {param_hint} : {message}",
        "{value!r} is not a valid {number_type}.": "{value} n'est pas un nombre.",
        "Option {name!r} requires an argument.": "L'option {name} demande une valeur.",
        "Option {name!r} does not take a value.": "L'option {name} ne prend pas de valeur.",
        "Did you mean {possibility}?": "Vouliez-vous dire {possibility} ?",
        "Did you mean {possibilities}?": "Vouliez-vous dire {possibilities} ?",
        "(Possible options: {possibilities})": "(Options proches : {possibilities})",
        "Got unexpected extra argument ({args})": "Argument en trop ({args})",
        "Got unexpected extra arguments ({args})": "Arguments en trop ({args})",
    }
)
"""What the library says, and how we say it."""


def speak() -> None:
    """Make gettext give these words; what is not among them stays as the library wrote it."""
    gettext.gettext = lambda message: WORDS.get(message, message)
    gettext.ngettext = lambda one, several, number: WORDS.get(one if number == 1 else several, one)
