"""Which occurrences of a calendar's events are over, when each was, and what names it for good.

An occurrence is named by its UID and the day it was planned for, not by its time: so it is known
again in a newer export, whether it was moved since, or its series to another hour. The first of a
series is named by the UID alone, since it may have been the only one in an older export.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from krmd.base.instant import Instant, local_date
from krmd.formats.calendar_times import When, read_time
from krmd.formats.calendar_zones import Zones
from krmd.formats.events import Event, Series
from krmd.formats.recurrence import Rule, read_rule, starts

EARLIEST_YEAR = 1990
YEARS_BACK = 20
"""What recurs is taken from so many years back; what doesn't, from the earliest year on."""
MOST_OCCURRENCES = 20_000
"""Of what recurs, so many occurrences of one file are taken, of each series the newest."""
MOST_MOMENTS = 10_000_000
_OF_ONE_THAT_FITS = 5
"""So many moments are looked at for one file, where one that fits costs as much as five others:
half a minute's work, and enough for thousands of series of ten years."""


class Occurrence(NamedTuple):
    """An event that is over: `at` its beginning, or the noon of its day where it has no hour."""

    event: Event
    key: str
    at: Instant


class _Slot(NamedTuple):
    """A place in a series: when it begins, and by which local time it was planned."""

    begin: Instant
    local: datetime


class Past:
    """Finds what is over by `now`, looking at so many moments at most. `left_out` counts
    occurrences that were too many.
    """

    def __init__(
        self, zones: Zones, *, now: Instant, zone: ZoneInfo, moments: int = MOST_MOMENTS
    ) -> None:
        self._zones = zones
        self._now = now
        self._today = local_date(now, zone)
        self._since = zones.noon(self._today - timedelta(days=YEARS_BACK * 365.25))
        self._earliest = zones.noon(date(EARLIEST_YEAR, 1, 1))
        self._most = MOST_OCCURRENCES
        self._moments = moments
        self.left_out = 0

    def of(self, series: Series) -> list[Occurrence]:
        """The occurrences of a series that are over, oldest first; ValueError says why a series
        can't be used.
        """
        planned = series.planned
        recurs = planned is None or bool(planned.rules or planned.more)
        found = sorted(self._over(series), key=lambda it: it.at)
        since = self._since if recurs else self._earliest
        recent = [it for it in found if it.at >= since]
        if not recurs:
            if found and not recent:
                raise ValueError(f"is from before {EARLIEST_YEAR}")
            return recent
        kept = recent[-self._most :] if self._most else []
        self.left_out += len(recent) - len(kept)
        self._most -= len(kept)
        return kept

    def _over(self, series: Series) -> Iterator[Occurrence]:
        planned = series.planned
        slots = [] if planned is None else self._slots(planned)
        changed, others = self._changed(series, slots)
        first = None if planned is None else planned.start.local.date()
        for slot, key in _named(series.uid, slots, first):
            event = changed.get(slot)
            if event is not None:
                yield from self._if_over(event, self._slot(event.start), key)
            elif planned is not None:
                yield from self._if_over(planned, slot, key)
        for event, day in others:
            yield from self._if_over(event, self._slot(event.start), f"{series.uid}\x1f{day}")

    def _if_over(self, event: Event, slot: _Slot, key: str) -> Iterator[Occurrence]:
        if slot.begin + event.length <= self._now:
            at = self._zones.noon(slot.local.date()) if event.start.is_date else slot.begin
            yield Occurrence(event, key, at)

    def _slots(self, planned: Event) -> list[_Slot]:
        """When the series was planned to be, without what was taken out, in order."""
        found = {self._slot(planned.start), *map(self._slot, planned.more)}
        for text in planned.rules:
            found.update(self._by_rule(read_rule(text), planned.start))
        out = _Places(self._zones, planned.without, whole_days=planned.start.is_date)
        return sorted(slot for slot in found if slot not in out)

    def _by_rule(self, rule: Rule, start: When) -> Iterator[_Slot]:
        until = read_time(rule.until, start.zone, "UNTIL") if rule.until else None
        for local in starts(rule, start.local, self._today, spend=self._spend):
            self._spend(_OF_ONE_THAT_FITS)
            slot = self._slot(start._replace(local=local))
            if until is not None and self._is_after(slot, until, start):
                return
            yield slot

    def _spend(self, moments: int) -> None:
        self._moments -= moments
        if self._moments < 0:
            raise ValueError("isn't taken: this file repeats too much; export less of it")

    def _is_after(self, slot: _Slot, until: When, start: When) -> bool:
        if until.is_date or start.is_date:
            return slot.local.date() > until.local.date()
        return slot.begin > self._zones.instant(until)

    def _changed(
        self, series: Series, slots: list[_Slot]
    ) -> tuple[dict[_Slot, Event], list[tuple[Event, str]]]:
        """The changed events of a series by the slot they take; and those that take none, with the
        day they were planned for. What was taken out stays out.
        """
        planned = series.planned
        whole_days = planned is not None and planned.start.is_date
        by_slot: dict[_Slot, Event] = {}
        others: list[tuple[Event, str]] = []
        at = {slot.begin: slot for slot in slots}
        on = {slot.local.date(): slot for slot in reversed(slots)}
        out = _Places(self._zones, planned.without if planned else (), whole_days=whole_days)
        for event in series.changed:
            when = event.recurrence
            assert when is not None
            by_day = whole_days or when.is_date
            slot = on.get(when.local.date()) if by_day else at.get(self._zones.instant(when))
            if slot is not None:
                by_slot[slot] = event
            elif self._slot(when) not in out:
                others.append((event, f"{when.local:%Y%m%d}"))
        return by_slot, others

    def _slot(self, when: When) -> _Slot:
        return _Slot(self._zones.instant(when), when.local)


class _Places:
    """A set of times that a calendar lists: by the day where either side knows only that."""

    def __init__(self, zones: Zones, listed: Iterable[When], *, whole_days: bool) -> None:
        self._days = {it.local.date() for it in listed if whole_days or it.is_date}
        self._instants = {zones.instant(it) for it in listed if not it.is_date}

    def __contains__(self, slot: _Slot) -> bool:
        return slot.begin in self._instants or slot.local.date() in self._days


def _named(uid: str, slots: list[_Slot], first: date | None) -> Iterator[tuple[_Slot, str]]:
    """Each slot with its name; the second of a day is told from the first."""
    before: date | None = None
    number = 0
    for slot in slots:
        day = slot.local.date()
        number = number + 1 if day == before else 1
        before = day
        name = uid if day == first else f"{uid}\x1f{day:%Y%m%d}"
        yield slot, name if number == 1 else f"{name}\x1f{number}"
