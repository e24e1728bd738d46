"""Dates as vCards of all versions and vendors write them; what of them isn't meant is left out."""

from __future__ import annotations

import re
from functools import lru_cache

from krmd.ledger.partial_date import PartialDate, partial_date

APPLE_NO_YEAR = 1604
"""Stands for no year with Apple, whose parameter X-APPLE-OMIT-YEAR iOS at times leaves out."""
THUNDERBIRD_NO_YEAR = 1904
"""Stood for no year with Thunderbird, in birthdays; but the dead may be born in it."""
PLACEHOLDERS = frozenset((APPLE_NO_YEAR, THUNDERBIRD_NO_YEAR))

# RFC 6350 4.3.1 in both of ISO 8601's forms, and what programs make of it: slashes, day before
# month between dots, a time behind it. The written day counts, whatever zone follows.
_LONGEST = 60
_DATE = re.compile(
    r"(?:(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2}))?)?"
    r"|(?P<year2>[0-9]{4})(?P<month2>[0-9]{2})(?P<day2>[0-9]{2})"
    r"|(?P<year3>[0-9]{4})[/.](?P<month3>[0-9]{1,2})[/.](?P<day3>[0-9]{1,2})"
    r"|(?P<day4>[0-9]{1,2})\.(?P<month4>[0-9]{1,2})\.(?P<year4>[0-9]{4})"
    r"|--(?P<month5>[0-9]{1,2})(?:-(?P<day5>[0-9]{1,2}))?"
    r"|--(?P<month6>[0-9]{2})(?P<day6>[0-9]{2})"
    r"|---(?P<day7>[0-9]{2}))"
    r"(?:[Tt ].*|Z)?",
    re.DOTALL,
)


def read_date(text: str, no_year: str | None) -> PartialDate | None:
    """The date that a value spells, or None where it is none that exists.

    The year is unknown if it is Apple's 1604 or the one that `no_year` (X-APPLE-OMIT-YEAR) names.
    """
    found = written_date(text)
    if found is None or found.year is None:
        return found
    if found.year != APPLE_NO_YEAR and (no_year is None or f"{found.year:04}" != no_year.strip()):
        return found
    return partial_date(None, found.month, found.day)


def written_date(text: str) -> PartialDate | None:
    """The date that a value spells, with its year whichever it is; 0 stands for not known."""
    text = text.strip()
    return _date(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=8192)
def _date(text: str) -> PartialDate | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    parts = {name.rstrip("234567"): int(it) for name, it in found.groupdict().items() if it}
    year, month, day = (parts.get(name) or None for name in ("year", "month", "day"))
    return partial_date(year, month, day)


def basic(day: PartialDate) -> str:
    """A date as vCard 4.0 spells it (RFC 6350 4.3.1): `19850312`, `--0312`, `1985-03`, `---12`."""
    text = str(day)
    if day.month is None or day.day is None:
        return text
    return f"--{day.month:02}{day.day:02}" if day.year is None else text.replace("-", "")
