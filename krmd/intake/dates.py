"""The Date field as an instant: RFC 5322 3.3 with the obsolete forms of 4.3, or nothing.

Own code rather than `email.utils`, which takes `32 Jan 2020 25:61:00 +9999` for a date and guesses
differently from one Python to the next.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from krmd.base.instant import Instant

FIRST_YEAR, LAST_YEAR = 1970, 2100
"""A year outside is a broken clock, not a date (and year 9999 overflows in other people's code)."""

MAX_LENGTH = 200
"""A longer value is no date."""

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        start=1,
    )
}
# RFC 5322 4.3, and European and Asian names that mean one thing only. All other letters, the
# military ones among them, mean nothing reliable and count as UTC, as the RFC says.
_ZONES = {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "WEST": 1, "CET": 1, "MET": 1, "MEZ": 1, "CEST": 2, "MEST": 2, "MESZ": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "JST": 9, "KST": 9,
}  # fmt: skip
_OFFSET = re.compile(r"(?:GMT|UTC?)?([+-])([0-9]{2}):?([0-9]{2})\Z", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")
_CLOCK = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?"
_RFC5322 = re.compile(
    r"(?:[A-Za-z]{2,9}\.? ?,? ?)?([0-9]{1,2})[ -]([A-Za-z]{3,9})\.?[ -]([0-9]{2,4}),? "
    + _CLOCK
    + r"(?: ?([A-Za-z+-][A-Za-z0-9:+-]*))?(?: .*)?\Z"
)
_ASCTIME = re.compile(
    r"[A-Za-z]{3},? ([A-Za-z]{3}) ([0-9]{1,2}) " + _CLOCK + r"(?: ([A-Z]{1,5}))? ([0-9]{4})\Z"
)
_PLAIN_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]):\Z")
_PLAIN_SECOND = {f"{second:02}": second for second in range(60)}


def parse_date(value: str) -> Instant | None:
    """The instant a Date field names, in whole seconds UTC; None where it names none.

    A date without a zone counts as UTC. The name of the day is not looked at.
    """
    if value[:1] == " ":
        value = value[1:]
    # "Thu, 12 Mar 2026 09:05:00 +0100", as nine mails in ten have it, or with GMT; behind a blank
    # the offset may be explained, and that is of no account.
    if value[31:32] in ("", " ") and len(value) <= MAX_LENGTH:
        day, clock = _plain_day(value[:17]), _plain_clock(value[17:23])
        second, offset = _PLAIN_SECOND.get(value[23:25]), _plain_offset(value[25:31])
        if day is not None and clock is not None and second is not None and offset is not None:
            return Instant(day + clock + second - offset)
    return read_date(value)


def read_date(value: str) -> Instant | None:
    """As `parse_date`, with care and without haste."""
    if len(value) > MAX_LENGTH:
        return None
    value = " ".join(_COMMENT.sub(" ", value).split())
    if found := _RFC5322.match(value):
        day, month, year, hour, minute, second, zone = found.groups()
    elif found := _ASCTIME.match(value):
        month, day, hour, minute, second, zone, year = found.groups()
    else:
        return None
    midnight = _midnight(int(day), month, year)
    offset = _offset(zone or "")
    if midnight is None or offset is None:
        return None
    hours, minutes, seconds = int(hour), int(minute), int(second or 0)
    if hours > 23 or minutes > 59 or seconds > 60:  # 60: a leap second
        return None
    return Instant(midnight + hours * 3600 + minutes * 60 + seconds - offset)


def _midnight(day: int, month: str, year: str) -> int | None:
    """Seconds from 1970 to the beginning of a day; short years as in RFC 5322 4.3."""
    number = int(year)
    if len(year) < 4:
        number += 2000 if len(year) == 2 and number < 50 else 1900
    if not FIRST_YEAR <= number <= LAST_YEAR or (month := month[:3].lower()) not in _MONTHS:
        return None
    try:
        return (date(number, _MONTHS[month], day) - date(1970, 1, 1)).days * 86400
    except ValueError:
        return None


def _offset(zone: str) -> int | None:
    """Seconds east of UTC; None where no place on earth is so far away."""
    if found := _OFFSET.match(zone):
        hours, minutes = int(found[2]), int(found[3])
        if hours > 15 or minutes > 59:
            return None
        seconds = hours * 3600 + minutes * 60
        return -seconds if found[1] == "-" else seconds
    if zone.upper() in ("AM", "PM"):  # a clock of twelve hours: not worth a guess
        return None
    return _ZONES.get(zone.upper(), 0) * 3600


_PLAIN_DAY = re.compile(r"[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) \Z")
_PLAIN_OFFSET = re.compile(r" (?:[+-][0-9]{4}|GMT)\Z")


@lru_cache(maxsize=4096)
def _plain_day(text: str) -> int | None:
    found = _PLAIN_DAY.match(text)
    return _midnight(int(found[1]), found[2], found[3]) if found else None


@lru_cache(maxsize=1440)
def _plain_clock(text: str) -> int | None:
    found = _PLAIN_CLOCK.match(text)
    return int(found[1]) * 3600 + int(found[2]) * 60 if found else None


@lru_cache(maxsize=256)
def _plain_offset(text: str) -> int | None:
    return _offset(text[1:]) if _PLAIN_OFFSET.match(text) else None
