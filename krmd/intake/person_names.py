"""Display names made comparable: for shared addresses, and for finding WHO by name.

`"Lovelace, Dr. Ada (Engines Ltd)" via Office` and `ada lovelace` are the same name here. What
comes out is for comparing, never for showing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 200
"""So many characters are looked at."""

# Letters that Unicode doesn't take apart into a base and an accent.
_BASE_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>")
_VIA = re.compile(r"\s(?:via|por|über|uber|durch)\s.*\Z|\s[|/]\s.*\Z")
_APOSTROPHES = re.compile("['’‘`´ʼ\"“”„«»]")
_NO_LETTERS = re.compile(r"[^\w]+|_+")
_HONORIFICS = frozenset(
    "mr mrs ms miss mx sir dr prof professor herr frau fr hr dipl ing mag mme mlle monsieur madame"
    " sr sra srta dott ir drs".split()
)
_SUFFIXES = frozenset("jr sr ii iii iv phd md mba msc bsc ma ba esq cpa llm rer nat med".split())


@lru_cache(maxsize=8192)
def normalise_name(name: str) -> str:
    """`name` without accents, case, titles, asides and punctuation, first name first; "" for none.

    Of two words or fewer, none is taken for a title only if nothing else would be left.
    """
    folded = _folded(name[:LONGEST])
    plain = _ASIDE.sub(" ", folded)
    plain = _VIA.sub("", plain)
    words = _words(_first_name_first(plain))
    kept = [word for word in words if word not in _HONORIFICS]
    while len(kept) > 2 and kept[-1] in _SUFFIXES:
        kept.pop()
    return " ".join(kept or words)


def _folded(name: str) -> str:
    """Compatibility forms resolved, accents off, case folded."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join([letter for letter in apart if not unicodedata.combining(letter)])
    return bare.casefold().translate(_BASE_LETTERS)


def _first_name_first(name: str) -> str:
    """`last, first` turned round; `ada lovelace, phd` is not such a pair."""
    last, comma, first = name.partition(",")
    if not comma or "," in first:
        return name
    words = _words(first)
    if not words or all(word in _SUFFIXES for word in words):
        return name
    return f"{first} {last}"


def _words(text: str) -> list[str]:
    return _NO_LETTERS.sub(" ", _APOSTROPHES.sub("", text)).split()
