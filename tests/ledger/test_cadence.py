"""The day on which somebody becomes due is the first on which they are."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.instant import Instant, from_datetime, local_date, to_datetime
from krmd.ledger.cadence import LONGEST_CADENCE, becomes_due, how_due

ZONES = tuple(map(ZoneInfo, ("Europe/Berlin", "Pacific/Kiritimati", "America/Los_Angeles", "UTC")))
instants = st.integers(0, 2_000_000_000).map(Instant)


@given(st.none() | instants, instants, st.integers(1, 400), st.sampled_from(ZONES))
def test_who_becomes_due_is_due_on_that_day_and_not_before(
    last: Instant | None, added: Instant, days: int, zone: ZoneInfo
) -> None:
    """In the owner's zone, whatever the hour."""
    day = becomes_due(last, added, cadence_days=days, zone=zone)
    assert day is not None
    for before in (1, 0):
        noon = to_datetime(Instant(0)).replace(tzinfo=zone, hour=12)
        there = noon.replace(year=day.year, month=1, day=1)
        there += timedelta(day.timetuple().tm_yday - 1 - before)
        now = from_datetime(there)
        assert day - timedelta(before) == local_date(now, zone)
        due = how_due(last, added, cadence_days=days, now=now, zone=zone)
        assert (before == 0) == due.is_due


@pytest.mark.parametrize("added", [253_402_300_799, 10**18, -(10**14)])
def test_a_day_that_no_calendar_has_is_none(added: int) -> None:
    """As of somebody added in the last year there is, or at no time at all."""
    assert None is becomes_due(
        None, Instant(added), cadence_days=LONGEST_CADENCE, zone=ZoneInfo("Asia/Tokyo")
    )
