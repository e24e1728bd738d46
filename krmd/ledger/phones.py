"""When two spellings are one phone number, without a library and without knowing any country.

`+49 (0)30 1234567`, `0049 30 1234567` and `030 1234567` are one number here. What comes out is for
comparing, never for dialling or showing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

LONGEST = 80
"""So many characters are looked at."""

_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_SCHEME = re.compile(r"\A(?:tel|callto|sms|fax):(?://)?")
_PARAMETER = re.compile(r";(?!ext=).*\Z")
# After at least one digit, so that the word "extension" alone is no extension.
_EXTENSION = re.compile(
    r"(?<=[\d)])\s*+[,;]?\s*+(?:ext(?:ension|n)?|x|dw|durchwahl|poste|int|#)[.:=\s]*+(\d{1,7})\s*\Z"
)
_INTERNATIONAL = re.compile(r"\A\s*(?:\(\s*)?(?:\+|00(?=\s*[1-9])|011(?=(?:\D*\d){10}))")
_LETTERS = re.compile(r"[^\W\d_]")
_BLANKS = re.compile(r"\s+")
_NO_DIGIT = re.compile(r"\D+")

_KEY_DIGITS = 9
_FEWEST_IN_COMMON = 7
_LONGEST_COUNTRY_CODE = 3


class PhoneDigits(NamedTuple):
    """A number taken apart: its digits without prefixes and trunk zero, and an extension or "".

    `international` where the digits begin with a country code for certain. `text` is set, and
    nothing else, where this is no number that could be compared by its digits.
    """

    digits: str
    international: bool = False
    extension: str = ""
    text: str = ""


def phone_key(text: str) -> str:
    """What all spellings of one number have in common: its last nine digits, without zeros before
    them, and the extension (`301234567`, `125550100x12`); "" for no number at all.

    Numbers of different countries may share it; `same_phone` looks closer.
    """
    digits, _, extension, other = _taken_apart(text[:LONGEST])
    if other or not digits:
        return other
    key = digits[-_KEY_DIGITS:].lstrip("0")
    return f"{key}x{extension}" if extension else key


def same_phone(one: str, other: str) -> bool:
    """Whether two spellings are, as far as digits can tell, one number.

    Two international ones are if all their digits are the same; a national one is the same as any
    that ends like it, since where it is national isn't known.
    """
    a, b = _taken_apart(one[:LONGEST]), _taken_apart(other[:LONGEST])
    if a == b:
        return bool(a.digits or a.text)
    if not a.digits or not b.digits or a.extension != b.extension:
        return False
    if a.digits == b.digits:
        return True
    if a.international and b.international:
        return False
    if len(a.digits) < len(b.digits):
        a, b = b, a
    before = len(a.digits) - len(b.digits)
    if len(b.digits) >= _FEWEST_IN_COMMON and a.digits.endswith(b.digits):
        # Italy keeps the zero behind its country code.
        return len(a.digits[:before].rstrip("0")) <= _LONGEST_COUNTRY_CODE
    return _russian(a.digits, b.digits)


def _russian(one: str, other: str) -> bool:
    """+7 495 1234567 is dialled 8 495 1234567 within Russia and Kazakhstan."""
    return one[1:] == other[1:] and len(one) == 11 and {one[0], other[0]} == {"7", "8"}


def distinct_phones(texts: Iterable[str]) -> list[str]:
    """Each number once, in the order in which they first stand; where several spellings are one
    number, an international one is taken.
    """
    kept: list[str] = []
    for text in texts:
        place = next((at for at, it in enumerate(kept) if same_phone(it, text)), None)
        if place is None:
            kept.append(text)
        elif _taken_apart(text[:LONGEST]).international and not (
            _taken_apart(kept[place][:LONGEST]).international
        ):
            kept[place] = text
    return kept


@lru_cache(maxsize=8192)
def _taken_apart(text: str) -> PhoneDigits:
    plain = text if text.isascii() else _ascii_digits(text)
    plain = _PARAMETER.sub("", _SCHEME.sub("", plain.strip().lower()))
    extension = _EXTENSION.search(plain)
    if extension is not None:
        plain = plain[: extension.start()]
    if _LETTERS.search(plain):  # 0800-FLOWERS, or no number: compared letter by letter
        return PhoneDigits("", text=_BLANKS.sub("", plain))
    prefix = _INTERNATIONAL.match(plain)
    if prefix is not None:
        plain = plain[prefix.end() :]
    digits = _NO_DIGIT.sub("", _TRUNK_ZERO.sub("", plain))
    after = extension[1] if extension is not None else ""
    return PhoneDigits(digits.lstrip("0"), prefix is not None, after)


def _ascii_digits(text: str) -> str:
    """Digits of all scripts as 0 to 9, and compatibility forms (a full-width plus) resolved."""
    return "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        for sign in unicodedata.normalize("NFKC", text)
    )
