"""When a mail happened: what its Date is worth against the time it arrived."""

from __future__ import annotations

from krmd.base.instant import Instant

OLDEST_BELIEVED = Instant(631152000)
"""1990-01-01T00:00:00Z: a Date before it is a broken clock."""


def happened_at(date: Instant | None, received: Instant) -> Instant:
    """The Date header if it lies between 1990 and the arrival, else the arrival.

    `received` is the least INTERNALDATE of all known copies.
    """
    return date if date is not None and OLDEST_BELIEVED <= date <= received else received
