"""A birthday as people type it: `1985-03-12`, `12 March 1985`, `--03-12`, `12 March`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from krmd.base.errors import UserError
from krmd.base.instant import Instant, to_datetime

_FULL = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\Z")
_NO_YEAR = re.compile(r"--?(\d{1,2})-(\d{1,2})\Z")
_LEAP_YEAR = 2000
_EARLIEST = 1850
_AHEAD_OF_UTC = timedelta(hours=14)
"""Somewhere it is tomorrow already."""


def read_birthday(text: str, *, now: Instant) -> str:
    """The birthday as it is kept: `YYYY-MM-DD`, or `--MM-DD` without a year (RFC 6350 4.3.1).

    Raises UserError for what is no date, has not come yet, or is before 1850, when nobody alive
    was born.
    """
    text = " ".join(text.split())
    birthday = _read(text)
    if not birthday.startswith("--"):
        if int(birthday[:4]) < _EARLIEST:
            raise UserError(
                f"“{text}” is before {_EARLIEST}; write --03-12 where the year is unknown"
            )
        if date.fromisoformat(birthday) > (to_datetime(now) + _AHEAD_OF_UTC).date():
            raise UserError(f"“{text}” has not come yet; nobody is born then")
    return birthday


def _read(text: str) -> str:
    full = _FULL.match(text)
    if full is not None:
        return _checked(text, int(full[1]), int(full[2]), int(full[3]))
    no_year = _NO_YEAR.match(text)
    if no_year is not None:
        return _checked(text, None, int(no_year[1]), int(no_year[2]))
    return _in_words(text)


def _checked(text: str, year: int | None, month: int, day: int) -> str:
    try:
        date(year or _LEAP_YEAR, month, day)
    except ValueError as error:
        raise UserError(f"“{text}” is no date: {error}") from error
    return f"--{month:02}-{day:02}" if year is None else f"{year:04}-{month:02}-{day:02}"


def _in_words(text: str) -> str:
    # Loaded only here: half a second.
    from dateparser.date import DateDataParser

    found = DateDataParser(settings={"REQUIRE_PARTS": ["day", "month"]}).get_date_data(text)
    if found.date_obj is None:
        raise UserError(f"“{text}” is no birthday; write 1985-03-12, or --03-12 without the year")
    has_year = re.search(r"\d{4}", text) is not None
    return _checked(text, found.date_obj.year if has_year else None, *_month_day(found.date_obj))


def _month_day(day: date) -> tuple[int, int]:
    return day.month, day.day
