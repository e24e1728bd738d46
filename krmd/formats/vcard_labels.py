"""What a phone, an address or a date is called: types (RFC 6350 5.6) and Apple's own words."""

from __future__ import annotations

import re
from functools import lru_cache

# They say nothing that tells one phone or address from another.
_SILENT = frozenset("voice msg sms text video iphone internet x400 dom intl postal parcel".split())
_PLACES = ("home", "work", "other")
_TYPES = {
    "home": "home",
    "work": "work",
    "other": "other",
    "mobile": "cell",
    "fax": "fax",
    "pager": "pager",
    "main": "main",
    "car": "car",
}
"""Words that the writer spells as types, and the types."""
_WORDS = {"cell": "mobile"}
# Apple's own labels, which its programs translate: `_$!<HomePage>!$_`.
_BUILT_IN = re.compile(r"_\$!<(.*)>!\$_", re.DOTALL)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=1024)
def label_of_types(types: tuple[str, ...]) -> str:
    """Types in small letters as words, the place first: `home fax`, `mobile`, `` for none."""
    words = [_WORDS.get(it, it) for it in types if it not in _SILENT]
    return " ".join(sorted(words, key=lambda word: word not in _PLACES))


@lru_cache(maxsize=1024)
def types_of_label(label: str) -> tuple[str, ...] | None:
    """The types that read as this label, or None if the usual ones can't."""
    words = label.split(" ")
    if not all(word in _TYPES for word in words):
        return None
    types = tuple(_TYPES[word] for word in dict.fromkeys(words))
    return types if label_of_types(types) == label else None


def label_of_apple(text: str) -> str:
    """The words of an X-ABLabel: `anniversary` for `_$!<Anniversary>!$_`, others as they are."""
    found = _BUILT_IN.fullmatch(text)
    return text if found is None else _HUMP.sub(" ", found[1]).lower()
