"""Dates in tables: what is plain, what can't be told, what is none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.formats.csv_dates import NoDate, find_order, read_date
from krmd.formats.csv_headings import DateOrder
from krmd.ledger.partial_date import PartialDate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1985-03-12", "1985-03-12"),
        (" --03-12", "--03-12"),
        ("--0312", "--03-12"),
        ("19850312", "1985-03-12"),
        ("1985/3/12", "1985-03-12"),
        ("1985.3.12.", "1985-03-12"),
        ("1985", "1985"),
        ("1985-04", "1985-04"),
        ("---07", "---07"),
        ("1985-04-07T23:59:59Z", "1985-04-07"),
        ("1985-04-07 23:59:59 +0200", "1985-04-07"),
        ("25/12/1985 00:00", "1985-12-25"),
        ("12/25/1985 12:00:00 AM", "1985-12-25"),
        ("3/3/1985", "1985-03-03"),
        ("12.03.1985", "1985-03-12"),
        ("12. 3. 85", "1985-03-12"),
        ("12.3.", "--03-12"),
        ("85/03/12", "1985-03-12"),
        ("1604-04-16", "--04-16"),
        ("16.4.1604", "--04-16"),
        ("0000-04-16", "--04-16"),
        ("2026年2月8日", "2026-02-08"),
        ("08 Feb 2026", "2026-02-08"),
        ("8. März 2026", "2026-03-08"),
        ("8 févr. 2026", "2026-02-08"),
        ("1er août 2026", "2026-08-01"),
        ("8 de febrero de 2026", "2026-02-08"),
        ("8 gen 2026", "2026-01-08"),
        ("8 mrt. 2026", "2026-03-08"),
        ("8 października 2026", "2026-10-08"),
        ("8 de fev. de 2026", "2026-02-08"),
        ("Feb 8, 2026", "2026-02-08"),
        ("February 8th, 2026", "2026-02-08"),
        ("12 March", "--03-12"),
        ("March 1985", "1985-03"),
        ("29.2.2000", "2000-02-29"),
    ],
)
def test_what_is_written_without_doubt_is_read(text: str, expected: str) -> None:
    """In the ways of programs and of people in nine languages."""
    assert expected == str(read_date(text))


@pytest.mark.parametrize(
    "text",
    ["", "0/0/00", "00-00-0000", "0.0.00", "0000-00-00", "1/1/4501", "4501-01-01", "1900-01-00",
     "1/0/1900", "1899-12-30", "1604", "1/1/1601 0:00"],
)  # fmt: skip
def test_what_programs_write_for_no_date_is_none(text: str) -> None:
    """Outlook's, Excel's and Windows' own ways."""
    assert NoDate.MEANT is read_date(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("31/02/1985", NoDate.IMPOSSIBLE),
        ("30 Feb 1985", NoDate.IMPOSSIBLE),
        ("29/2/1985", NoDate.IMPOSSIBLE),
        ("99/99/9999", NoDate.IMPOSSIBLE),
        ("12.13.1985", NoDate.IMPOSSIBLE),
        ("3/4/1985", NoDate.AMBIGUOUS),
        ("3/4", NoDate.AMBIGUOUS),
        ("03-04-85", NoDate.AMBIGUOUS),
        ("in spring", NoDate.UNREADABLE),
        ("12 Jui 1985", NoDate.UNREADABLE),
        ("555-1234", NoDate.UNREADABLE),
        ("12-34", NoDate.UNREADABLE),
        ("9" * 5000, NoDate.UNREADABLE),
    ],
)
def test_what_is_no_date_says_why(text: str, why: NoDate) -> None:
    """And isn't guessed."""
    assert why is read_date(text)


@pytest.mark.parametrize(
    ("order", "expected"), [("mdy", "1985-03-04"), ("dmy", "1985-04-03"), ("ymd", "1985-03-04")]
)
def test_an_order_settles_what_is_in_doubt(order: DateOrder, expected: str) -> None:
    """Of a short date with the year first, too."""
    text = "85/3/4" if order == "ymd" else "3/4/85"
    assert expected == str(read_date(text, order))


def test_an_order_isnt_bent() -> None:
    """Told that the day comes first, the 25th month is none."""
    assert NoDate.IMPOSSIBLE is read_date("3/25/1985", "dmy")
    assert NoDate.IMPOSSIBLE is read_date("25/3/1985", "mdy")


@pytest.mark.parametrize(
    ("short", "year"), [("00", 2000), ("26", 2026), ("27", 1927), ("85", 1985), ("99", 1999)]
)
def test_a_short_year_is_never_in_the_future(short: str, year: int) -> None:
    """A birthday in 2085 is none."""
    assert PartialDate(year, 12, 25) == read_date(f"25/12/{short}")


def test_a_column_tells_its_order() -> None:
    """By one day beyond 12; what contradicts itself tells nothing."""
    assert ("dmy", "1/2/85") == find_order(["1/2/85", "13/2/85", "0/0/00", "1985-02-03"])
    assert ("mdy", None) == find_order(["2/13/85", "3/3/85"])
    assert ("ymd", None) == find_order(["85/02/13"])
    assert (None, "1/2/85") == find_order(["13/2/85", "1/2/85", "2/13/85"])
    assert (None, None) == find_order(["3/3/1985", "12.1.1985", "soon", "0/0/00"])


@given(st.text(max_size=30), st.sampled_from([None, "mdy", "dmy", "ymd"]))
def test_any_text_is_a_date_or_none(text: str, order: DateOrder | None) -> None:
    """And never an accident."""
    found = read_date(text, order)
    assert isinstance(found, PartialDate | NoDate)


@given(st.dates(date(1605, 1, 1)), st.sampled_from(["mdy", "dmy"]), st.sampled_from("/-"))
def test_every_day_is_read_in_its_order(day: date, order: DateOrder, mark: str) -> None:
    """With the order told."""
    parts = (day.month, day.day) if order == "mdy" else (day.day, day.month)
    text = f"{parts[0]}{mark}{parts[1]}{mark}{day.year}"
    if (day.year, day.month, day.day) not in {(4501, 1, 1), (1601, 1, 1)}:
        assert PartialDate(day.year, day.month, day.day) == read_date(text, order)
