"""The Date field: RFC 5322, its obsolete forms, and what is no date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.intake.dates import parse_date, read_date


def _at(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Thu, 12 Mar 2026 09:05:00 +0100", (2026, 3, 12, 8, 5)),
        ("12 Mar 2026 09:05 +0100", (2026, 3, 12, 8, 5)),
        ("Thu, 12 Mar 2026 09:05:00 +0100 (CET)", (2026, 3, 12, 8, 5)),
        ("Thu,  2 Mar 2026 09:05:00 -0000", (2026, 3, 2, 9, 5)),
        ("Thu, 12 Mar 2026 09:05:00 GMT", (2026, 3, 12, 9, 5)),
        ("Thu, 12 Mar 2026 09:05:00 EST", (2026, 3, 12, 14, 5)),
        ("Thu, 12 Mar 2026 09:05:00 Q", (2026, 3, 12, 9, 5)),
        ("Thu, 12 Mar 2026 09:05:00 GMT+0200", (2026, 3, 12, 7, 5)),
        ("Thu, 12 Mar 2026 09:05:00 +02:00", (2026, 3, 12, 7, 5)),
        ("Thu, 12 Mar 2026 09:05:00", (2026, 3, 12, 9, 5)),
        ("Thu, 12-Mar-2026 09:05:00 +0000", (2026, 3, 12, 9, 5)),
        ("Thu, 12 March 2026 09:05:00 +0000", (2026, 3, 12, 9, 5)),
        ("Thu, 12 Mar 26 09:05:00 +0000", (2026, 3, 12, 9, 5)),
        ("Fri, 12 Mar 93 09:05:00 +0000", (1993, 3, 12, 9, 5)),
        ("Fri, 12 Mar 103 09:05:00 +0000", (2003, 3, 12, 9, 5)),
        ("Thu Mar 12 09:05:00 2026", (2026, 3, 12, 9, 5)),
        ("Sat, 31 Dec 2016 23:59:60 +0000", (2017, 1, 1, 0, 0)),
        ("Thu (day), 12 Mar 2026 (year) 09:05:00 +0000", (2026, 3, 12, 9, 5)),
    ],
)
def test_dates_are_read_as_they_are_written(written: str, moment: tuple[int, ...]) -> None:
    """RFC 5322 3.3 and 4.3, and the forms of old and careless mailers."""
    assert _at(*moment) == parse_date(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "Thu, 00 Xxx 0000 00:00:00 +0000",
        "Mon, 32 Jan 2020 25:61:00 +9999",
        "30 Feb 2026 09:05:00 +0000",
        "12 Mar 2026 24:00:00 +0000",
        "12 Mar 2026 09:05:00 +9999",
        "12 Mar 2026 09:05:00 PM",
        "1/2/2019 3:04 PM",
        "Fri, 31 Dec 9999 23:59:59 +0000",
        "12 Mar 1903 09:05:00 +0000",
        "12 Mar " + "9" * 4000 + " 09:05:00 +0000",
        "1" * 4000 + " Mar 2026 09:05:00 +0000",
        "١٢ Mar 2026 09:05:00 +0000",
        "(" * 100_000,
    ],
)
def test_what_is_no_date_is_none(written: str) -> None:
    """Guessing is worse than not knowing: the time of arrival is at hand."""
    assert parse_date(written) is None


@given(
    st.integers(86_400, 4_102_444_800),
    st.integers(-15 * 60 + 1, 15 * 60 - 1),
    st.sampled_from(
        ["%a, %d %b %Y %H:%M:%S %z", " %a, %d %b %Y %H:%M:%S %z", "%d %b %Y %H:%M:%S %z"]
    ),
)
def test_every_date_survives_being_written(instant: int, minutes: int, form: str) -> None:
    """What RFC 5322 writes is read to the second, in any zone, quickly and carefully."""
    zone = timezone(timedelta(minutes=minutes))
    written = datetime.fromtimestamp(instant, zone).strftime(form)

    assert instant == parse_date(written) == read_date(written)


_PIECES = st.sampled_from(
    "Thu|, | |12|31|Feb|Mar|2026|99|09:05:00|24:00:00|+0100|-9900|+1560|(x)|:|\t|00|0|1".split("|")
)


@given(st.lists(_PIECES, max_size=12).map("".join) | st.text(max_size=40))
def test_the_quick_way_gives_what_the_careful_one_gives(written: str) -> None:
    """The quick reading of dates is a matter of speed only."""
    assert read_date(written) == parse_date(written)


@given(
    st.from_regex(
        r"[A-Za-z]{3}, [0-9]{2} (Jan|Feb|jan) [0-9]{4} [0-9:]{8} [+-][0-9]{4}", fullmatch=True
    )
)
def test_the_quick_way_errs_on_no_plain_looking_date(written: str) -> None:
    """The same, close to where the quick way is taken."""
    assert read_date(written) == parse_date(written)
