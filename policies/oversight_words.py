"""Closed words of oversight (issue D, points 3 and 5)."""

from policies.vocabulary import Word


class Channel(Word):
    """A way by which checkpoints leave the machine."""

    FOLDER = "folder", "dossier"
    MAIL = "mail", "courriel au délégué"
    COMMAND = "command", "commande d'un témoin"
