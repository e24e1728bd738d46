"""Whether a text names somebody: by a full name, in either order, or by an address or a phone.

First names alone name too many people; who has only one name isn't looked for in others' texts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from krmd.base.address import ascii_lower

INSTEAD = "[forgotten]"
"""What stands in a text where somebody was named."""

_LEAST_SIGNS = 5
_LEAST_CASELESS = 3
_LEAST_PIECE = 2
_PUNCTUATION = "'\"`´“”„.,; "


class Mentions:
    """Finds mentions of somebody. `names` that are no full names are passed over."""

    __slots__ = ("_pattern", "likely")

    likely: tuple[tuple[str, ...], ...]
    """Every text that names them holds all pieces of one of these, lower-case and in ASCII: for a
    database to look for first. Empty where any text may, or none does.
    """

    def __init__(self, names: Iterable[str], exact: Iterable[str] = ()) -> None:
        spelled = {it for name in names if is_full_name(name) for it in _spellings(name)}
        marked = {it for it in exact if it}
        patterns = [_of_name(it) for it in sorted(spelled, key=_longest_first)]
        patterns += [_of_text(it) for it in sorted(marked, key=_longest_first)]
        self._pattern = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None
        pieces = {_pieces(it, r"[0-9a-z]+") for it in spelled}
        pieces |= {_pieces(it, r"[\x20-\x7e]+") for it in marked}
        self.likely = () if () in pieces else tuple(sorted(pieces))

    def __bool__(self) -> bool:
        return self._pattern is not None

    def found_in(self, text: str | None) -> bool:
        """Whether a text names them."""
        if not text or self._pattern is None:
            return False
        composed = _composed(text)
        return self._may_be_in(composed) and bool(self._pattern.search(composed))

    def _may_be_in(self, text: str) -> bool:
        """Few texts have the pieces, and a search costs twenty times as much."""
        lowered = text.lower()
        return not self.likely or any(all(it in lowered for it in pieces) for pieces in self.likely)

    def taken_out(self, text: str) -> str:
        """The text without their name; INSTEAD stands in its place."""
        return self._pattern.sub(INSTEAD, _composed(text)) if self._pattern else text


def is_full_name(name: str) -> bool:
    """Whether a name is one person's rather than many's: two words, or letters of a script that
    doesn't part them.
    """
    if "@" in name:
        return False
    caseless = sum(unicodedata.category(sign) == "Lo" for sign in name)
    words = [it for it in name.split() if it.strip(_PUNCTUATION)]
    return caseless >= _LEAST_CASELESS or (len(words) > 1 and len(" ".join(words)) >= _LEAST_SIGNS)


def _spellings(name: str) -> Iterator[str]:
    """A name in both orders, with its accents and without."""
    plain = _composed(" ".join(name.split())).strip(_PUNCTUATION)
    forms = {plain, plain.replace('"', "")}
    last, comma, first = plain.partition(",")
    if comma:
        forms.add(f"{first.strip()} {last.strip()}")
    elif " " in plain:
        first, _, last = plain.rpartition(" ")
        forms.add(f"{last}, {first}")
    for form in forms:
        yield form
        yield _without_accents(form)


def _of_name(name: str) -> str:
    words = r"\s+".join(map(re.escape, name.replace(",", ", ").split())).replace(r",\s+", r",\s*")
    before = "" if _is_caseless(name[0]) else r"(?<!\w)"
    after = "" if _is_caseless(name[-1]) else r"(?!\w)"
    return f"{before}{words}{after}"


def _of_text(text: str) -> str:
    """Not as a part of a longer address or number."""
    return rf"(?<![\w.+-]){re.escape(text)}(?![\w-]|\.\w)"


def _is_caseless(sign: str) -> bool:
    return unicodedata.category(sign) == "Lo"


def _pieces(text: str, pattern: str) -> tuple[str, ...]:
    """What of a text stands in every spelling of it."""
    found = re.findall(pattern, ascii_lower(text))
    return tuple(sorted({it for it in found if len(it) >= _LEAST_PIECE}))


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _longest_first(text: str) -> tuple[int, str]:
    return -len(text), text
