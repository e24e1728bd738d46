"""Dates, times and durations as iCalendar spells them (RFC 5545 3.3.4 to 3.3.6)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from krmd.formats.content_lines import ContentLine
from krmd.ledger.portrait import clean

_DATE_TIME = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:\.\d{1,9})?)?(Z)?)?", re.IGNORECASE
)
_DURATION = re.compile(
    r"([+-])?P(?:(\d{1,7})W)?(?:(\d{1,7})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?"
)


class When(NamedTuple):
    """A date or a time as a calendar spells it: `local` at midnight for a date; `zone` its TZID,
    "UTC", or "" for the time of wherever one is.
    """

    local: datetime
    is_date: bool
    zone: str


def read_when(line: ContentLine, value: str | None = None) -> When:
    """The date or time of a property (or of one `value` it lists); ValueError for what is none."""
    zone = (line.head.parameter("TZID") or "").strip()
    return read_time(line.value if value is None else value, zone, line.head.name)


def read_time(text: str, zone: str, where: str) -> When:
    """A date, or a time in that zone if it isn't in UTC; ValueError says `where` there is none."""
    found = _DATE_TIME.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError(text)
        year, month, day, hour, minute, second, utc = found.groups()
        local = datetime(int(year), int(month), int(day))  # noqa: DTZ001 # local, as spelled
        if hour is None:
            return When(local, True, "")
        # Leap seconds (RFC 5545 3.3.12) aren't for a ledger.
        local = local.replace(hour=int(hour), minute=int(minute), second=min(int(second or 0), 59))
    except ValueError:
        raise ValueError(f"has no date in {where}: “{clean(text, most=40)}”") from None
    return When(local, False, "UTC" if utc else zone)


def read_duration(text: str) -> int:
    """The seconds of a DURATION, 0 for less than none; ValueError for what is none."""
    found = _DURATION.fullmatch(text.strip().upper())
    if found is None or text.strip()[-1:].upper() in ("P", "T"):
        raise ValueError(f"has no length of time in DURATION: “{clean(text, most=40)}”")
    weeks, days, hours, minutes, seconds = (int(it or 0) for it in found.groups()[1:])
    length = ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds
    return 0 if found[1] == "-" else length
