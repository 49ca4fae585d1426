"""French phonetic code of one name, for the blind indexes (architecture.md section 4; issue 2, point 8).

Own rules: published ones miss Beaumont/Bomon and Renault/Reno. Names of Arabic, West African or Iberian origin are
heard by French ears too: Yacine/Yassine, Khadija/Kadidja, Wagué/Ouagué, Marquez/Marques share a code.
"""

import re

MAXIMUM_LETTERS = 40
"""Letters read: a longer name adds nothing to its sound, and the code stays bounded."""

_ENDINGS = (
    (r"^mc", "mac"),
    (r"[aeiy](?=[bdlm]$)", "e"),  # Khalid/Khaled, Bilal/Bilel: the last vowel of a transcription varies
    (r"aul(?=[tdx]?$)", "o"),
    (r"v$", "f"),
    (r"(?<=[^aei])d$|(?<=..)[tsxz]+$", ""),
)
_CONSONANTS = (
    (r"chael", "kael"),
    (r"ch(?=[rl])", "k"),
    (r"t?sch|t?ch|sh", "C"),
    (r"ph", "f"),
    (r"[ae]h(?=[bcdfgjklmnpqrstvwxz])", "a"),  # Mehdi/Mahdi
    (r"dj|di(?=[aeou])", "j"),  # Djeneba/Dieneba, Khadija/Kadidia
    (r"g(?=[eiy])", "j"),
    (r"gu(?=[eiy])", "g"),
    (r"gn", "n"),
    (r"h", ""),
    (r"c(?=[eiy])|z", "s"),
    (r"c?qu?|ck?", "k"),
    (r"x", "ks"),
    (r"dt", "t"),
    (r"([a-zC])\1+", r"\1"),
)
_VOWELS = (
    (r"w", "ou"),
    (r"y", "i"),
    (r"(?:[ae]?in|un|im(?=[bp]))(?![aeiou])", "I"),
    (r"(?:[ae]n|[ae]m(?=[bp]))(?![aeiou])", "A"),
    (r"eau|au|ou|u", "o"),
    (r"oi", "oa"),
    (r"ai|ae|ei|er$", "e"),
    (r"([a-zCIA])\1+", r"\1"),
    (r"(?<=...)e+$", ""),
)
_RULES = tuple((re.compile(pattern), sound) for pattern, sound in _ENDINGS + _CONSONANTS + _VOWELS)


def phonetic(letters: str) -> str:
    """Return the code of a name in lower-case ASCII letters; empty only for an empty name. Linear in its length."""
    code = letters[:MAXIMUM_LETTERS]
    for pattern, sound in _RULES:
        code = pattern.sub(sound, code)
    return code or letters[:1]
