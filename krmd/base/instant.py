"""Points in time: whole seconds in UTC inside, aware datetimes at the edges.

The ledger's resolution is a second (PRODUCT: "whole seconds, UTC"), so an instant is an integer:
it orders, folds and is stored without a thought about zones.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NewType, Protocol
from zoneinfo import ZoneInfo

Instant = NewType("Instant", int)
"""Seconds since 1970-01-01T00:00:00Z."""


class Clock(Protocol):
    """Where the time comes from; handed in, so that tests own it."""

    def now(self) -> Instant:
        """The present instant."""
        ...


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a datetime without a zone is no instant")
    return Instant(int(moment.timestamp()))


def to_datetime(instant: Instant) -> datetime:
    """The aware UTC datetime of an instant."""
    return datetime.fromtimestamp(instant, UTC)


def to_rfc3339(instant: Instant) -> str:
    """As JSON has it: `2026-11-20T18:03:00Z`."""
    return to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_date(instant: Instant, zone: ZoneInfo) -> date:
    """The calendar day of an instant in the owner's zone."""
    return datetime.fromtimestamp(instant, zone).date()


def days_since(then: Instant, now: Instant, zone: ZoneInfo) -> int:
    """Calendar days between two instants as the owner counts them."""
    return (local_date(now, zone) - local_date(then, zone)).days


def from_rfc3339(text: str) -> Instant | None:
    """The instant that `to_rfc3339` spells so, or None for anything else."""
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return from_datetime(moment)
