"""When a recurrence rule comes round (RFC 5545 3.3.10), in the local time it is meant in.

dateutil does the same, and looks on to the year 9999 for a rule that never does: 16 s for
`FREQ=DAILY;BYSETPOS=2`, which anybody may send in an invitation. Here the work is bounded by the
days looked at, and what no calendar of meetings needs is refused: rules within a day, and weeks of
the year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import count, product
from math import prod
from typing import Literal, assert_never

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
_FREQUENCIES: tuple[Frequency, ...] = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_WITHIN_A_DAY = ("SECONDLY", "MINUTELY", "HOURLY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER = re.compile(r"[+-]?\d{1,9}")
_REFUSED = ("BYWEEKNO", "BYEASTER", "SKIP")
LONGEST_RULE = 1_000
MOST_A_DAY = 24
"""So many times a day a rule may come round."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule. Sets and tuples are empty where the rule says nothing.

    `until` is as it is spelled, "" for none; `days` are (position or 0, weekday from Monday 0),
    `times` the hours, minutes and seconds.
    """

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: str = ""
    week_start: int = 0
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    days: tuple[tuple[int, int], ...] = ()
    times: tuple[tuple[int, ...], ...] = ((), (), ())
    positions: frozenset[int] = frozenset()


def read_rule(text: str) -> Rule:
    """The rule that a value of RRULE spells; ValueError says what about it can't be used."""
    if len(text) > LONGEST_RULE:
        raise ValueError(f"repeats by a rule of more than {LONGEST_RULE:,} characters")
    pairs = (part.partition("=")[::2] for part in text.upper().replace(" ", "").split(";") if part)
    parts = dict(pairs)
    frequency = parts.get("FREQ", "")
    if frequency in _WITHIN_A_DAY:
        raise ValueError(f"repeats within a day (FREQ={frequency}), which no meetings do")
    known: list[Frequency] = [it for it in _FREQUENCIES if it == frequency]
    refused = next((name for name in _REFUSED if name in parts), None)
    if not known or refused or parts.get("RSCALE", "GREGORIAN") != "GREGORIAN":
        raise ValueError(f"repeats by a rule krmd doesn't know: {refused or text[:80]}")
    rule = Rule(
        known[0],
        interval=_one(parts, "INTERVAL") or 1,
        count=_one(parts, "COUNT"),
        until=parts.get("UNTIL", ""),
        week_start=_weekday(parts.get("WKST", "MO")),
        months=_numbers(parts, "BYMONTH", 1, 12),
        month_days=_numbers(parts, "BYMONTHDAY", -31, 31),
        year_days=_numbers(parts, "BYYEARDAY", -366, 366),
        days=_days(parts.get("BYDAY", "")),
        times=(
            tuple(_numbers(parts, "BYHOUR", 0, 23)),
            tuple(_numbers(parts, "BYMINUTE", 0, 59)),
            tuple(_numbers(parts, "BYSECOND", 0, 59)),
        ),
        positions=_numbers(parts, "BYSETPOS", -366, 366),
    )
    if prod(len(it) or 1 for it in rule.times) > MOST_A_DAY:
        raise ValueError(f"repeats more than {MOST_A_DAY} times a day, which no meetings do")
    return rule


def starts(
    rule: Rule,
    start: datetime,
    last: date,
    *,
    spend: Callable[[int], None] = lambda _moments: None,
) -> Iterator[datetime]:
    """Every time from `start` on, as local and naive as it is, at which the rule comes round, to
    the end of the day `last`, or until it has done so COUNT times. UNTIL is the caller's to heed.

    `spend` hears how many moments are looked at before they are.
    """
    rule = _completed(rule, start)
    times = _times(rule, start)
    left = rule.count
    for days in _periods(rule, start.date(), last):
        spend(len(days) * len(times))
        fitting = [day for day in days if _falls_on(rule, day)]
        for moment in _chosen(rule, [datetime.combine(*it) for it in product(fitting, times)]):
            if moment < start:
                continue
            if moment.date() > last or left == 0:
                return
            yield moment
            left = None if left is None else left - 1


def _completed(rule: Rule, start: datetime) -> Rule:
    """With what the rule leaves to the start: the weekday, the day of the month, the month."""
    if rule.days or rule.month_days or rule.year_days or rule.frequency == "DAILY":
        return rule
    if rule.frequency == "WEEKLY":
        return replace(rule, days=((0, start.weekday()),))
    if rule.frequency == "YEARLY" and not rule.months:
        rule = replace(rule, months=frozenset((start.month,)))
    return replace(rule, month_days=frozenset((start.day,)))


def _times(rule: Rule, start: datetime) -> list[time]:
    own = ((start.hour,), (start.minute,), (start.second,))
    parts = (said or its for said, its in zip(rule.times, own, strict=True))
    return sorted(time(hour, minute, second) for hour, minute, second in product(*parts))


def _periods(rule: Rule, start: date, last: date) -> Iterator[list[date]]:
    """The days of each of the rule's days, weeks, months or years."""
    week = start - timedelta((start.weekday() - rule.week_start) % 7)
    try:
        for step in count(0, rule.interval):
            match rule.frequency:
                case "DAILY":
                    first = start + timedelta(step)
                    days = [first]
                case "WEEKLY":
                    first = week + timedelta(7 * step)
                    days = [first + timedelta(it) for it in _days_of_week(rule)]
                case "MONTHLY":
                    first = _month(start.year, start.month + step)
                    days = _days_of(first)
                case "YEARLY":
                    first = date(start.year + step, 1, 1)
                    months = sorted(rule.months) or range(1, 13)
                    days = [day for it in months for day in _days_of(first.replace(month=it))]
                case _:
                    assert_never(rule.frequency)
            if first > last:
                return
            yield days
    except (OverflowError, ValueError):  # beyond the year 9999
        return


def _days_of_week(rule: Rule) -> list[int]:
    """How far from its beginning the days of a week lie that may fit: most rules name one."""
    named = {weekday for _, weekday in rule.days} or range(7)
    return sorted((it - rule.week_start) % 7 for it in named)


def _month(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _days_of(first: date) -> list[date]:
    """The days of the month that begins so."""
    return [first + timedelta(it) for it in range(_length(first))]


def _length(first: date) -> int:
    return (_month(first.year, first.month + 1) - first).days if first.month < 12 else 31


def _falls_on(rule: Rule, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days:
        left = _length(day.replace(day=1)) - day.day + 1
        if day.day not in rule.month_days and -left not in rule.month_days:
            return False
    if rule.year_days:
        number = day.timetuple().tm_yday
        left = (date(day.year, 12, 31) - day).days + 1
        if number not in rule.year_days and -left not in rule.year_days:
            return False
    return not rule.days or any(_is(rule, day, *it) for it in rule.days)


def _is(rule: Rule, day: date, position: int, weekday: int) -> bool:
    """Whether the day is that weekday: any, or by its position in the month or the year."""
    if day.weekday() != weekday:
        return False
    if not position or rule.frequency in ("DAILY", "WEEKLY"):
        return True
    if rule.frequency == "MONTHLY" or rule.months:
        before, left = day.day - 1, _length(day.replace(day=1)) - day.day
    else:
        before, left = day.timetuple().tm_yday - 1, (date(day.year, 12, 31) - day).days
    return position in (before // 7 + 1, -(left // 7 + 1))


def _chosen(rule: Rule, moments: list[datetime]) -> list[datetime]:
    """Those of a period that BYSETPOS names."""
    if not rule.positions:
        return moments
    places = {it - 1 if it > 0 else len(moments) + it for it in rule.positions}
    return [moments[it] for it in sorted(places) if 0 <= it < len(moments)]


def _one(parts: dict[str, str], name: str) -> int | None:
    if name not in parts:
        return None
    number = _NUMBER.fullmatch(parts[name])
    if number is None or int(number[0]) < 1:
        raise ValueError(f"repeats by a rule with a strange {name}: {parts[name][:40]}")
    return int(number[0])


def _numbers(parts: dict[str, str], name: str, least: int, most: int) -> frozenset[int]:
    """The numbers of a part; 0 is none where negative ones count from the end."""
    if name not in parts:
        return frozenset()
    spelled = parts[name].split(",")
    if all(_NUMBER.fullmatch(it) for it in spelled):
        numbers = frozenset(map(int, spelled))
        if all(least <= it <= most and (it or least == 0) for it in numbers):
            return numbers
    raise ValueError(f"repeats by a rule with a strange {name}: {parts[name][:40]}")


def _days(text: str) -> tuple[tuple[int, int], ...]:
    if not text:
        return ()
    found = [_DAY.fullmatch(it) for it in text.split(",")]
    days = {(int(it[1] or 0), _WEEKDAYS.index(it[2])) for it in found if it is not None}
    if None in found:
        raise ValueError(f"repeats by a rule with a strange BYDAY: {text[:40]}")
    return tuple(sorted(days))


def _weekday(text: str) -> int:
    if text not in _WEEKDAYS:
        raise ValueError(f"repeats by a rule with a strange WKST: {text[:40]}")
    return _WEEKDAYS.index(text)
