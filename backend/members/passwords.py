"""Passwords: Argon2id (RFC 9106), in turns as many as cores, and what a password must be (CNIL 2022-100, R16).

The only module that imports passlib. Call it outside any transaction: a computation takes a tenth of a second.
"""

import os
import threading
import unicodedata
from collections.abc import Iterable

from passlib.context import CryptContext

from policies.habilitation import PASSWORD_LENGTH

LONGEST = 256
"""Characters beyond which nothing is computed for free."""

PASSPHRASE_LENGTH = 20
"""Characters from which four words do, without digits or capitals."""

PASSPHRASE_WORDS = 4

KINDS = 3
"""Kinds of characters, of lower case, upper case, digits and others, that a shorter password mixes."""

COMMON = ("azerty", "qwerty", "motdepasse", "password", "cenacle", "bonjour", "soleil", "doudou", "123456", "paris")
"""What everybody tries first in French: these characters do not count."""

SHORTEST_OWN_WORD = 4

_CONTEXT = CryptContext(
    schemes=["argon2"],
    argon2__type="ID",
    argon2__memory_cost=65536,  # RFC 9106 section 4, second recommended option: 64 MiB, 3 passes, 4 lanes
    argon2__time_cost=3,
    argon2__parallelism=4,
)
_TURNS = threading.BoundedSemaphore(os.cpu_count() or 1)


def hash_password(password: str) -> str:
    """Give the hash to store: PHC string, Argon2id with a random salt."""
    with _TURNS:
        return str(_CONTEXT.hash(_normal(password)))


def verify_password(password: str, stored: str | None) -> bool:
    """Check a password; without a stored hash, compute as long and answer no: nobody learns who has an account."""
    with _TURNS:
        if stored is None or len(password) > LONGEST:
            _CONTEXT.dummy_verify()
            return False
        return bool(_CONTEXT.verify(_normal(password), stored))


def weakness(password: str, about: Iterable[str]) -> str | None:
    """Say in French what a new password lacks, or None; `about` is what anybody knows of the person.

    Twelve characters of three kinds, or four words of twenty characters: more than the 50 bits of CNIL 2022-100.
    """
    if len(password) > LONGEST:
        return f"Raccourcissez ce mot de passe : {LONGEST} caractères au plus."
    folded = _folded(password)
    for word in (*COMMON, *_words_about(about)):
        folded = folded.replace(word, "")
    if len(set(folded)) < PASSWORD_LENGTH // 2 or len(password) < PASSWORD_LENGTH:
        return (
            f"Choisissez au moins {PASSWORD_LENGTH} caractères, sans répétition, sans suite courante "
            "et sans votre nom ni votre adresse."
        )
    if len(password) >= PASSPHRASE_LENGTH and len(set(password.split())) >= PASSPHRASE_WORDS:
        return None
    kinds = {_kind(character) for character in password}
    if len(kinds) < KINDS:
        return (
            "Mêlez trois sortes de caractères au moins, parmi minuscules, majuscules, chiffres et signes ; "
            f"ou écrivez une phrase de {PASSPHRASE_WORDS} mots différents."
        )
    return None


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalnum())


def _words_about(about: Iterable[str]) -> Iterable[str]:
    for text in about:
        for separator in "@.-_'’":
            text = text.replace(separator, " ")  # noqa: PLW2901
        yield from (word for part in text.split() if len(word := _folded(part)) >= SHORTEST_OWN_WORD)


def _kind(character: str) -> str:
    if character.islower():
        return "lower"
    if character.isupper():
        return "upper"
    return "digit" if character.isdigit() else "other"
