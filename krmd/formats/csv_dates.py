"""Dates as programs and people write them in tables: `2/8/1985`, `08 Feb 2026`, `0/0/00`.

What is written without doubt is read without asking. Whether `2/8` is in February or in August only
the whole column, the language of the headings, or the owner can tell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum
from functools import cache, lru_cache

from krmd.formats.csv_headings import DateOrder
from krmd.ledger.partial_date import PartialDate, partial_date, read_partial_date

YEARS_UNKNOWN = frozenset((0, 1604))
"""Apple's year for a birthday without one (1604, a leap year), and what others leave there."""
LAST_SHORT_YEAR = 26
"""`26` and below are of this century, so that no date is in the future; `27` is 1927."""

_NO_DATES = re.compile(
    r"0+([./-])0+\1\d{2,4}|0000-00-00"
    # A spreadsheet's day 0; Outlook's own "none"; what Windows and spreadsheets count from.
    r"|1900-01-00|00?([./-])0?1\2(?:19)?00|0?1([./-])00?\3(?:19)?00"
    r"|0?1([./-])0?1\4(?:4501|1601)|(?:4501|1601)-01-01|1899-12-3[01]"
)
_TIME = re.compile(
    r"[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?(?:[AaPp]\.?[Mm]\.?|Z|UTC|[+-]\d\d:?\d\d))?\Z"
)
_COMPACT = re.compile(r"(\d{4}|--)(\d\d)(\d\d)")
_YEAR_FIRST = re.compile(r"(\d{4})\s?(?:[./-]|年)\s?(\d{1,2})\s?(?:[./-]|月)\s?(\d{1,2})[.日]?")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2}))?")
# Between hyphens a year belongs to it, or any two numbers were a date.
_SLASHED = re.compile(
    r"(\d{1,2})\s?([/-])\s?(\d{1,2})(?:\s?\2\s?(\d{4}|\d{1,2})|(?<!-)(?<!-\d)(?<!-\d\d))"
)
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:\.|(?:o|er|st|nd|rd|th)\b)?[ -]*([^\W\d_]{3,})\.?,?[ -]*(\d{4}|\d{2})?"
)
_MONTH_DAY = re.compile(r"([^\W\d_]{3,})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?")
_MONTH_YEAR = re.compile(r"([^\W\d_]{3,})\.?,? (\d{4})")
_OF = re.compile(r" (?:de|del|of) ")
_LONGEST = 60

_MONTHS = (
    "january januar janvier enero gennaio januari janeiro styczen stycznia",
    "february februar fevrier febrero febbraio februari fevereiro feber luty lutego",
    "march marz maerz mars marzo maart mrt mrz marco marzec marca",
    "april avril abril aprile kwiecien kwietnia",
    "may mai mayo maggio mei maio maj maja",
    "june juni juin junio giugno junho czerwiec czerwca",
    "july juli juillet julio luglio julho lipiec lipca",
    "august aout agosto augustus augusti sierpien sierpnia",
    "september septembre septiembre setiembre settembre setembro wrzesien wrzesnia",
    "october oktober octobre octubre ottobre outubro pazdziernik pazdziernika",
    "november novembre noviembre novembro listopad listopada",
    "december dezember decembre diciembre dicembre dezembro grudzien grudnia",
)
"""The months' names without accents, in the languages of `DATE_ORDERS`."""


class NoDate(Enum):
    """Why a text gives no date; the value ends a sentence about it."""

    MEANT = "means no date"
    AMBIGUOUS = "may have the day first or the month: --dates says which"
    IMPOSSIBLE = "is no day of the calendar"
    UNREADABLE = "is no date"


Reading = PartialDate | NoDate


def read_date(text: str, order: DateOrder | None = None) -> Reading:
    """The date that `text` means. `order` says how slashed ones are written, None: as each tells
    by itself.
    """
    return _read(text.strip(), order) if len(text) <= _LONGEST else NoDate.UNREADABLE


def find_order(texts: Iterable[str]) -> tuple[DateOrder | None, str | None]:
    """How the slashed dates of a column are written, as far as a day beyond 12 tells (None where
    none does, or where they contradict each other); and one that doesn't tell by itself.
    """
    orders: set[DateOrder] = set()
    example = None
    for text in texts:
        found = _SLASHED.fullmatch(_TIME.sub("", text[:_LONGEST].strip()))
        if found is None or _NO_DATES.fullmatch(found[0]):
            continue
        first, second = int(found[1]), int(found[3])
        if read_date(text) is NoDate.AMBIGUOUS:
            example = example or found[0]
        elif first > 31:
            orders.add("ymd")
        elif first > 12 >= second:
            orders.add("dmy")
        elif second > 12 >= first:
            orders.add("mdy")
    return (orders.pop() if len(orders) == 1 else None), example


@lru_cache(maxsize=4096)
def _read(text: str, order: DateOrder | None) -> Reading:
    text = _TIME.sub("", text)
    if not text or _NO_DATES.fullmatch(text):
        return NoDate.MEANT
    if (plain := read_partial_date(text)) is not None:
        return _date(plain.year, plain.month, plain.day)
    if found := _COMPACT.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
        year = None if found[1] == "--" else int(found[1])
        return _date(year, int(found[2]), int(found[3]))
    if found := _DOTTED.fullmatch(text):
        return _date(_year(found[3]), int(found[2]), int(found[1]))
    if found := _SLASHED.fullmatch(text):
        return _slashed(int(found[1]), int(found[3]), found[4], order)
    return _worded(text)


def _slashed(first: int, second: int, third: str | None, order: DateOrder | None) -> Reading:
    if third and len(third) <= 2 and (order == "ymd" or (order is None and first > 31)):
        return _date(_year(f"{first:02}"), second, int(third))
    if third and len(third) == 1:
        return NoDate.UNREADABLE
    if order is None and first != second and 1 <= first <= 12 and 1 <= second <= 12:
        return NoDate.AMBIGUOUS
    day_first = order == "dmy" or (order is None and first > 12)
    day, month = (first, second) if day_first else (second, first)
    return _date(_year(third), month, day)


def _worded(text: str) -> Reading:
    plain = _OF.sub(" ", f" {' '.join(_folded(text).split())} ").strip()
    if found := _DAY_MONTH.fullmatch(plain):
        month, day, year = found[2], found[1], found[3]
    elif found := _MONTH_DAY.fullmatch(plain):
        month, day, year = found[1], found[2], found[3]
    elif found := _MONTH_YEAR.fullmatch(plain):
        month, day, year = found[1], None, found[2]
    else:
        return NoDate.UNREADABLE
    number = _months().get(month)
    if number is None:
        return NoDate.UNREADABLE
    return _date(_year(year), number, None if day is None else int(day))


def _date(year: int | None, month: int | None, day: int | None) -> Reading:
    if year in YEARS_UNKNOWN:
        if month is None:
            return NoDate.MEANT
        year = None
    return partial_date(year, month, day) or NoDate.IMPOSSIBLE


def _year(digits: str | None) -> int | None:
    if digits is None:
        return None
    number = int(digits)
    if len(digits) == 2:
        return number + (2000 if number <= LAST_SHORT_YEAR else 1900)
    return number


@cache
def _months() -> dict[str, int]:
    """Each beginning of a month's name, of three letters or more, that no other month has."""
    table: dict[str, int] = {}
    doubtful = set()
    for number, names in enumerate(_MONTHS, 1):
        for name in names.split():
            for end in range(3, len(name) + 1):
                if table.setdefault(name[:end], number) != number:
                    doubtful.add(name[:end])
    return {name: number for name, number in table.items() if name not in doubtful}


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
