"""Times and numbers as people say them, in the owner's zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from krmd.base.instant import Instant, days_since
from krmd.ledger.partial_date import PartialDate, read_partial_date

_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_LONG_MONTHS = (
    "January February March April May June July August September October November December"
).split()


def ago(then: Instant, now: Instant, zone: ZoneInfo) -> str:
    """How long ago in calendar days of the owner's: "today", "3 weeks ago", "2 years ago"."""
    days = days_since(then, now, zone)
    if days < 0:
        return "in the future"
    if days < 2:
        return ("today", "yesterday")[days]
    return f"{span(days)} ago"


def span(days: int) -> str:
    """A number of days in the unit people would choose, rounded down."""
    if days < 14:
        return counted(days, "day")
    if days < 60:
        return counted(days // 7, "week")
    if days < 730:
        return counted(days * 12 // 365, "month")
    return counted(days * 4 // 1461, "year")


def counted(number: int, thing: str, plural: str | None = None) -> str:
    """A number of things: "1 day", "2 days"; thousands are told apart."""
    return f"{number:,} {thing if number == 1 else plural or thing + 's'}"


def moment(then: Instant, zone: ZoneInfo) -> str:
    """As "Fri 20 Nov 2026, 18:03" in the zone, whatever the machine's language."""
    local = datetime.fromtimestamp(then, zone)
    return f"{_day(local)}, {local:%H:%M}"


def day(then: Instant, zone: ZoneInfo) -> str:
    """As "Fri 20 Nov 2026" in the zone."""
    return _day(datetime.fromtimestamp(then, zone))


def short_day(of: date) -> str:
    """As "Fri 12 Mar"."""
    return f"{_DAYS[of.weekday()]} {of.day} {_MONTHS[of.month - 1]}"


def plain(then: Instant, zone: ZoneInfo) -> str:
    """As "2026-11-20 18:03" in the zone: for pipes, where it sorts."""
    return f"{datetime.fromtimestamp(then, zone):%Y-%m-%d %H:%M}"


def birthday(kept: str) -> str:
    """`1985-03-12` and `--03-12` as "12 March 1985" and "12 March"."""
    date = read_partial_date(kept)
    return partial_date(date) if date else kept


def partial_date(date: PartialDate) -> str:
    """As "12 March 1985", "12 March", "March 1985", "1985", "day 12"."""
    if date.month is None:
        return str(date.year) if date.year is not None else f"day {date.day}"
    words = (date.day, _LONG_MONTHS[date.month - 1], date.year)
    return " ".join(str(it) for it in words if it is not None)


def duration(seconds: float) -> str:
    """As "0.4 s", "12 s", "3 min 5 s"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _day(local: datetime) -> str:
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"
