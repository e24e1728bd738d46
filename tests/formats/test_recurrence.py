"""Recurrence rules: as dateutil has them, wherever it comes to an end."""

from datetime import date, datetime, timedelta
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from krmd.formats.recurrence import read_rule, starts

MONDAY = datetime.fromisoformat("2024-01-01T10:30")
YEARS = (datetime.fromisoformat("1995-01-01"), datetime.fromisoformat("2030-12-31"))
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def _list(values: st.SearchStrategy[object], most: int = 4) -> st.SearchStrategy[str]:
    """Some values as a rule lists them."""
    return st.lists(values, min_size=1, max_size=most, unique=True).map(
        lambda some: ",".join(map(str, some))
    )


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules as programs write them and as nobody does, each of which comes round now and then."""
    often = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": often, "INTERVAL": str(draw(st.integers(1, 4)))}
    long = often in ("MONTHLY", "YEARLY")
    day = _list(st.sampled_from(DAYS))
    if long:
        day |= _list(
            st.tuples(st.sampled_from([1, 2, 3, 4, 5, -1, -2]), st.sampled_from(DAYS)).map(
                lambda it: f"{it[0]}{it[1]}"
            )
        )
    choices = {
        "BYMONTH": _list(st.integers(1, 12)),
        "BYMONTHDAY": _list(st.integers(1, 28) | st.integers(-28, -1), 8),
        "BYYEARDAY": _list(st.integers(1, 366) | st.integers(-366, -1), 100),
        "BYDAY": day,
        "BYHOUR": _list(st.integers(0, 23)),
        "WKST": st.sampled_from(DAYS),
        "COUNT": st.integers(1, 40).map(str),
    }
    for name in draw(st.sets(st.sampled_from(sorted(choices)), max_size=3)):
        parts[name] = draw(choices[name])
    # dateutil begins its first week, and so its positions in it, in the middle.
    if long and draw(st.booleans()) and any(it.startswith("BY") for it in parts):
        parts["BYSETPOS"] = draw(_list(st.sampled_from([1, 2, 3, -1, -2])))
    return ";".join(f"{name}={value}" for name, value in parts.items())


@given(
    rules(),
    st.datetimes(*YEARS).map(lambda it: it.replace(microsecond=0)),
    st.integers(0, 2_500),
)
def test_rules_come_round_when_dateutil_says(rule: str, start: datetime, days: int) -> None:
    """The same times in the same order, to the last day asked for."""
    last = start.date() + timedelta(days)
    found = list(starts(read_rule(rule), start, last))
    # What follows the last keeps dateutil from looking on to the year 9999 for it.
    oracle = rrulestr(rule, dtstart=start)
    if found:
        known = list(takewhile(lambda it: it <= found[-1], oracle))
        assert known == found
    short = min(last, start.date() + timedelta(60))
    if "COUNT" not in rule:
        until = datetime.combine(short, datetime.max.time())
        bounded = rrulestr(f"{rule};UNTIL={short:%Y%m%d}T235959", dtstart=start)
        if any(it <= until for it in found):
            assert [it for it in found if it <= until] == list(bounded)


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY", ["01-01", "01-08", "01-15", "01-22", "01-29"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", ["01-01", "01-05", "01-15", "01-19", "01-29"]),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU", ["01-14", "01-28"]),
        ("FREQ=MONTHLY;BYDAY=-1WE;COUNT=1", ["01-31"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["01-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["01-31"]),
        ("FREQ=MONTHLY;BYDAY=MO,2TU", ["01-01", "01-08", "01-09", "01-15", "01-22", "01-29"]),
        ("FREQ=DAILY;INTERVAL=10", ["01-01", "01-11", "01-21", "01-31"]),
        ("FREQ=DAILY;COUNT=2", ["01-01", "01-02"]),
        ("FREQ=YEARLY", ["01-01"]),
        ("freq=weekly; byday=mo ;X-VENDOR=1;count=1", ["01-01"]),
    ],
)
def test_the_rules_that_calendars_hold(rule: str, days: list[str]) -> None:
    """From Monday, 1 January 2024, to the end of the month."""
    found = [f"{it:%m-%d}" for it in starts(read_rule(rule), MONDAY, date(2024, 1, 31))]
    assert days == [it for it in found if it < "02"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYSETPOS=2",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300",
        "FREQ=YEARLY;INTERVAL=999999999;BYMONTHDAY=31;BYMONTH=4",
        "FREQ=WEEKLY;INTERVAL=999999999;BYDAY=SU;BYMONTH=2",
    ],
)
def test_a_rule_that_never_comes_round_ends(rule: str) -> None:
    """When the last day asked for was looked at, and each was looked at once."""
    looked_at: list[int] = []
    found = starts(read_rule(rule), MONDAY, date(2043, 12, 31), spend=looked_at.append)
    assert [] == list(found)
    assert sum(looked_at) <= 7_305


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=SECONDLY", "within a day"),
        ("FREQ=MINUTELY;COUNT=2", "within a day"),
        ("FREQ=HOURLY", "within a day"),
        ("FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=0,10,20,30,40", "more than 24 times a day"),
        ("FREQ=YEARLY;BYWEEKNO=20", "BYWEEKNO"),
        ("RSCALE=CHINESE;FREQ=YEARLY", "doesn't know"),
        ("FREQ=SOMETIMES", "doesn't know"),
        ("", "doesn't know"),
        ("W2 MO 20000101T000000Z", "doesn't know"),
        ("FREQ=DAILY;INTERVAL=0", "strange INTERVAL"),
        ("FREQ=DAILY;COUNT=-1", "strange COUNT"),
        ("FREQ=DAILY;COUNT=99999999999", "strange COUNT"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "strange BYMONTHDAY"),
        ("FREQ=YEARLY;BYMONTH=13", "strange BYMONTH"),
        ("FREQ=WEEKLY;BYDAY=XX", "strange BYDAY"),
        ("FREQ=WEEKLY;WKST=", "strange WKST"),
        ("FREQ=WEEKLY;BYDAY=" + "MO," * 500, "1,000 characters"),
    ],
)
def test_a_rule_that_cannot_be_used_says_why(rule: str, why: str) -> None:
    """Within a day, beyond what meetings need, or no rule at all."""
    with pytest.raises(ValueError, match=why):
        read_rule(rule)
