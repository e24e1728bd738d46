"""Occasions: the days of a person that come round each year, and which date falls on which day."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from calendar import isleap
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from krmd.base.instant import Instant
from krmd.ledger.agreement import Saying
from krmd.ledger.feed import LeapDay
from krmd.ledger.occasion_labels import label_key, label_kind
from krmd.ledger.partial_date import PartialDate, read_partial_date
from krmd.ledger.portrait import FactField

FIRST_YEAR = 1583
"""The first whole year of the Gregorian calendar; days before it fell otherwise."""
_OF_AGE = 18
_LEAP_DAY = (2, 29)
_NO_OCCASIONS = ("died", "connected")
"""Fields whose unreadable dates are kept as `date_text` too."""
_WHOLE = re.compile(r"(?:\d{4}|-)-?\d\d-?\d\d")


class Occasion(NamedTuple):
    """A day that comes round, `since` when it is said so.

    `place` tells a person's occasions apart and stands in the UIDs of their events, so it stays
    what it is: `birthday`, else `date-` and eight hex digits of what the label means, a second
    date of that with `-2` behind. `label` is as the source said it.
    """

    kind: Literal["birthday", "date"]
    place: str
    label: str
    date: PartialDate
    since: Instant


class Unusable(NamedTuple):
    """A day that stands nowhere in a calendar. `field` is birthday or date; `reason` ends a
    sentence about the value: `“31 April” can't be read as a day`.
    """

    field: FactField
    label: str
    value: str
    reason: str


class _Told(NamedTuple):
    label: str
    date: PartialDate
    since: Instant


def occasions(told: Iterable[Saying], today: dt.date) -> tuple[list[Occasion], list[Unusable]]:
    """The days of a person that come round, the birthday first, and those that can't be used.

    `today` is the owner's. What several labels say of one day (`anniversary` and `wedding`, with a
    year and without) is one occasion. Deaths and since when two are connected are none.
    """
    born: list[_Told] = []
    dated: dict[str, list[_Told]] = {}
    unusable: list[Unusable] = []
    for saying in told:
        field, value, label = saying.fact
        if field == "date_text" and label not in _NO_OCCASIONS:
            unusable.append(_no_date(label, value))
        if field not in ("birthday", "date"):
            continue
        date = read_partial_date(value)
        if date is None or (reason := _flaw(date, today)):
            why = _no_day(value) if date is None else reason
            unusable.append(Unusable(field, label, value, why))
        elif field == "birthday":
            born.append(_Told(label, date, saying.since))
        else:
            dated.setdefault(_place(label), []).append(_Told(label, date, saying.since))
    birthday = _birthday(born, dated)
    if birthday:
        # Who gave a birthday in place of one that an import couldn't read needs no reminder.
        unusable = [it for it in unusable if it.field != "birthday"]
    return [*birthday, *_dates(dated, birthday)], unusable


def day_in(date: PartialDate, year: int, leap_day: LeapDay) -> dt.date | None:
    """The day a date falls on in a year; None before its own, and where it doesn't come round."""
    if date.month is None or date.day is None or (date.year is not None and year < date.year):
        return None
    if (date.month, date.day) == _LEAP_DAY and not isleap(year):
        return dt.date.fromisoformat(f"{year:04}-{leap_day}")
    return dt.date(year, date.month, date.day)


def number_in(date: PartialDate, year: int) -> int | None:
    """How old somebody gets, or how many years it is, in a year: 0 in the date's own; None before
    it and where it has no year. That of 29 February is the same wherever it is kept.
    """
    return None if date.year is None or year < date.year else year - date.year


def is_round(number: int) -> bool:
    """Whether an age or a count is one to make something of: tens, quarters, 18."""
    return number > 0 and (number % 10 == 0 or number % 25 == 0 or number == _OF_AGE)


def _flaw(date: PartialDate, today: dt.date) -> str:
    """Why a date has no place in a calendar, "" where it has one."""
    match date:
        case (_, None, None):
            return "has neither day nor month"
        case (_, None, _):
            return "has no month"
        case (_, _, None):
            return "has no day"
        case (int(year), _, _) if year < FIRST_YEAR:
            return f"lies before {FIRST_YEAR}, the first full year of the Gregorian calendar"
        case (int(year), int(month), int(day)) if dt.date(year, month, day) > today:
            return "lies in the future"
    return ""


def _no_date(label: str, value: str) -> Unusable:
    born = label_kind(label) == "birthday"
    return Unusable("birthday" if born else "date", "" if born else label, value, _no_day(value))


def _no_day(value: str) -> str:
    whole = _WHOLE.fullmatch(value)
    return "can't be read as a day" if whole is None else "is no day of the calendar"


@lru_cache(maxsize=1024)
def _place(label: str) -> str:
    return "date-" + hashlib.blake2b(label_key(label).encode(), digest_size=4).hexdigest()


def _birthday(born: list[_Told], dated: dict[str, list[_Told]]) -> list[Occasion]:
    """The birthday; where none is said, a date that was labelled so."""
    labelled = dated.get(_place("birthday"), ())
    for label, date, since in (*born, *labelled):
        return [Occasion("birthday", "birthday", label, date, since)]
    return []


def _dates(dated: dict[str, list[_Told]], birthday: list[Occasion]) -> Iterator[Occasion]:
    born = [_Told(it.label, it.date, it.since) for it in birthday]
    for place, told in dated.items():
        days = _different(told)
        if place == _place("birthday"):
            days = [it for it in days if not any(_is_same(it.date, day.date) for day in born)]
        for number, (label, date, since) in enumerate(days, start=1):
            yield Occasion(
                "date", place if number == 1 else f"{place}-{number}", label, date, since
            )


def _different(told: list[_Told]) -> list[_Told]:
    """One for each day, in the order in which they came to be known."""
    days: list[_Told] = []
    places: dict[tuple[int | None, int | None], list[int]] = {}
    for saying in sorted(told, key=lambda it: (it.since, str(it.date), it.label)):
        alike = places.setdefault((saying.date.month, saying.date.day), [])
        for at in alike:
            if _is_same(days[at].date, saying.date):
                days[at] = _both(days[at], saying)
                break
        else:
            alike.append(len(days))
            days.append(saying)
    return days


def _is_same(one: PartialDate, other: PartialDate) -> bool:
    years = {one.year, other.year} - {None}
    return one[1:] == other[1:] and len(years) <= 1


def _both(one: _Told, other: _Told) -> _Told:
    """What two say of one day: with its year, under the word that says more."""
    vague = label_kind(one.label) in ("anniversary", "plain")
    return _Told(
        other.label if vague else one.label,
        other.date if one.date.year is None else one.date,
        max(one.since, other.since),
    )
