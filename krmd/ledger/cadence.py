"""How often the owner wants to be in touch, and who is due: a query, never a timer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from krmd.base.errors import UserError
from krmd.base.instant import Instant, days_since, local_date

LONGEST_CADENCE = 36_500
"""A hundred years, in days."""


@dataclass(frozen=True, slots=True)
class Due:
    """How due somebody is. `score` is days over cadence; 1 or more means due."""

    days: int
    cadence_days: int
    never: bool

    @property
    def score(self) -> float:
        """Days over cadence: 1.0 is due today, 2.0 is late by as much again."""
        return self.days / self.cadence_days

    @property
    def is_due(self) -> bool:
        """Whether the cadence has run out."""
        return self.days >= self.cadence_days


def check_cadence(days: int) -> None:
    """Raise UserError for a number of days that is no cadence; 0 is none at all."""
    if not 0 <= days <= LONGEST_CADENCE:
        raise UserError(f"a cadence is a number of days from 1 to {LONGEST_CADENCE}; 0 removes it")


def effective_cadence(own: int | None, of_categories: Iterable[int | None]) -> int | None:
    """The person's own cadence, else the strictest of their categories; days, None for none."""
    if own is not None:
        return own
    return min((days for days in of_categories if days is not None), default=None)


def how_due(
    last_contacted: Instant | None,
    added: Instant,
    *,
    cadence_days: int,
    now: Instant,
    zone: ZoneInfo,
) -> Due:
    """Due-ness of somebody: counted from last contacted, else from the day they were added."""
    since = _counted_from(last_contacted, added)
    return Due(max(0, days_since(since, now, zone)), cadence_days, last_contacted is None)


def becomes_due(
    last_contacted: Instant | None, added: Instant, *, cadence_days: int, zone: ZoneInfo
) -> date | None:
    """The first day on which somebody is due by `how_due`; None where no calendar goes so far."""
    try:
        return local_date(_counted_from(last_contacted, added), zone) + timedelta(cadence_days)
    except (OverflowError, ValueError, OSError):
        return None


def _counted_from(last_contacted: Instant | None, added: Instant) -> Instant:
    return last_contacted if last_contacted is not None else added
