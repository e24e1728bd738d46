"""Dates of which parts may be missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.ledger.partial_date import partial_date, read_partial_date

PARTS = st.none() | st.integers(-2, 40)
YEARS = st.none() | st.integers(-2, 12_000)


@pytest.mark.parametrize(
    ("parts", "spelled"),
    [
        ((1985, 3, 12), "1985-03-12"),
        ((None, 2, 29), "--02-29"),
        ((1985, 3, None), "1985-03"),
        ((1985, None, None), "1985"),
        ((None, 3, None), "--03"),
        ((None, None, 12), "---12"),
    ],
)
def test_each_form_is_spelled_as_vcards_do(
    parts: tuple[int | None, int | None, int | None], spelled: str
) -> None:
    """RFC 6350 4.3.1, with dashes."""
    date = partial_date(*parts)
    assert spelled == str(date)
    assert date == read_partial_date(spelled)


@pytest.mark.parametrize(
    "spelled",
    ["1985-02-31", "2001-02-29", "0000-01-01", "--00-12", "--02-00", "--13-01", "---32", "12", ""],
)
def test_what_is_no_day_is_no_date(spelled: str) -> None:
    """31 February is nobody's birthday."""
    assert read_partial_date(spelled) is None


@given(YEARS, PARTS, PARTS)
def test_whatever_is_a_date_is_read_as_it_is_spelled(
    year: int | None, month: int | None, day: int | None
) -> None:
    """And a day is within its month, in some year."""
    date = partial_date(year, month, day)
    if date is not None:
        assert date == read_partial_date(str(date))
        assert (year, month, day) == date
