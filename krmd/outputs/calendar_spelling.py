"""How a language spells dates and counts, by babel; and where a text that is too long is cut."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from unicodedata import combining

from krmd.ledger.partial_date import PartialDate
from krmd.outputs.calendar_phrases import Phrases, Plural

_LEAP_YEAR = 2000
_JOINERS = "\u200d\ufe0e\ufe0f"


def spelled_date(date: PartialDate | dt.date, words: Phrases) -> str:
    """`12 March 1985`, `12 March`; "" where there is no day."""
    if date.month is None or date.day is None:
        return ""
    spelled = _spelled(words.locale, (date.year, date.month, date.day))
    first = words.first_of_month
    return first + spelled[1:] if first and spelled.startswith("1 ") else spelled


def plural(phrase: Plural, number: int, words: Phrases, **said: str) -> str:
    """A phrase as it is for a number, the number and what else is said in it."""
    form = phrase.get(_form(number, words.locale), phrase["other"])
    return form.format(number=number, **said)


def cut(text: str, most: int) -> str:
    """So many characters of a text at most: to the end of a word, where one is near."""
    if len(text) <= most:
        return text
    end = most - 1
    while end and (combining(text[end]) or text[end] in _JOINERS or text[end - 1] == "\u200d"):
        end -= 1
    kept = text[: end or most - 1]
    blank = max(kept.rfind(" "), kept.rfind("\n"))
    return kept[: blank if blank > len(kept) // 2 else None].rstrip(" \n,;:.-") + "\u2026"


@lru_cache(maxsize=4096)
def _spelled(locale: str, date: tuple[int | None, int, int]) -> str:
    # Here, since most feeds show titles only, and babel takes 12 MB.
    from babel.dates import format_date, format_skeleton

    year, month, day = date
    if year is None:
        return format_skeleton("MMMMd", dt.date(_LEAP_YEAR, month, day), locale=locale)
    return format_date(dt.date(year, month, day), "long", locale=locale)


@lru_cache(maxsize=1024)
def _form(number: int, locale: str) -> str:
    from babel import Locale

    return Locale.parse(locale).plural_form(number)
