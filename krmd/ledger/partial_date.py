"""A date of which each of year, month and day may be missing: birthdays, wedding days, deaths."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

_SPELLED = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?"
    r"|--(?P<month2>\d\d)(?:-(?P<day2>\d\d))?"
    r"|---(?P<day3>\d\d)"
)
_LEAP_YEAR = 2000
_DAYS_OF_MONTH_AT_MOST = 31
_LAST_YEAR = 9999


class PartialDate(NamedTuple):
    """What is known of a date; None is not known. The calendar is Gregorian, no zone is meant."""

    year: int | None
    month: int | None
    day: int | None

    def __str__(self) -> str:
        """As it is kept and exported (RFC 6350 4.3.1, extended): `1985-03-12`, `--03-12`,
        `1985-03`, `1985`, `--03`, `---12`.
        """
        year = "" if self.year is None else f"{self.year:04}"
        if self.month is None:
            return year or f"---{self.day:02}"
        day = "" if self.day is None else f"-{self.day:02}"
        return f"{year or '-'}-{self.month:02}{day}"

    @property
    def is_anniversary(self) -> bool:
        """Whether month and day are known, so that it comes round each year."""
        return self.month is not None and self.day is not None


def partial_date(year: int | None, month: int | None, day: int | None) -> PartialDate | None:
    """The date of these parts, or None where there is no such day (31 February, month 13, year 0,
    a year and a day without a month, nothing at all).
    """
    if month is None:
        if year is None and day is not None and 1 <= day <= _DAYS_OF_MONTH_AT_MOST:
            return PartialDate(None, None, day)
        is_year = day is None and year is not None and 1 <= year <= _LAST_YEAR
        return PartialDate(year, None, None) if is_year else None
    try:
        date(_LEAP_YEAR if year is None else year, month, 1 if day is None else day)
    except ValueError:
        return None
    return PartialDate(year, month, day)


def read_partial_date(text: str) -> PartialDate | None:
    """The date that `str` of one spells, or None for anything else."""
    found = _SPELLED.fullmatch(text)
    if found is None:
        return None
    parts = found.groupdict()
    return partial_date(
        _number(parts["year"]),
        _number(parts["month"] or parts["month2"]),
        _number(parts["day"] or parts["day2"] or parts["day3"]),
    )


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)
