"""The subscribers' parsers agree on a plain calendar, and tell of what is wrong with another."""

import datetime as dt

import pytest

from tests.servers.calendars import Entry, Reader, lines_of
from tests.servers.processes import ServerFailed

YEARS = range(2026, 2029)
TITLE = "Ada\\, Example\\; \\\\ 😀"
TOLD = "Ada, Example; \\ 😀"


def calendar(*more: str, uids: tuple[str, ...] = ("1", "2")) -> bytes:
    """Two events, with more lines in each."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example//EN"]
    days = (("20260228", "20260301"), ("20280229", "20280301"))
    for uid, (day, after) in zip(uids, days, strict=False):
        lines += [
            *("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z"),
            *(f"DTSTART;VALUE=DATE:{day}", f"DTEND;VALUE=DATE:{after}", f"SUMMARY:{TITLE}"),
            *("DESCRIPTION:one\\ntwo", "CATEGORIES:BIRTHDAY,Fri\\,ends", *more, "END:VEVENT"),
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def test_all_see_the_same_in_a_plain_calendar(calendar_readers: dict[str, Reader]) -> None:
    """Days, texts with all that is escaped in them, categories; and nobody complains."""
    more = ("one\ntwo", ("BIRTHDAY", "Fri,ends"))
    expected = (
        Entry("1", dt.date(2026, 2, 28), dt.date(2026, 3, 1), TOLD, *more),
        Entry("2", dt.date(2028, 2, 29), dt.date(2028, 3, 1), TOLD, *more),
    )
    for name, read in calendar_readers.items():
        assert (name, expected, ()) == (name, *read(calendar(), YEARS))


def test_they_differ_on_29_february_by_a_rule(calendar_readers: dict[str, Reader]) -> None:
    """Which is why there is an event for each year."""
    told = calendar("RRULE:FREQ=YEARLY", uids=("1",)).replace(b"20260228", b"20240229")
    told = told.replace(b"20260301", b"20240301")
    days = {
        name: [entry.first.isoformat()[5:] for entry in read(told, YEARS).entries]
        for name, read in calendar_readers.items()
    }
    assert ["03-01", "03-01", "02-29"] == days["ical.js"]
    assert ["02-29"] == days["libical"] == days["icalendar"]


@pytest.mark.parametrize(
    ("fault", "who"),
    [
        ("FOO-BAR:1", {"ical.js", "libical"}),
        ("PRIORITY:high", {"icalendar"}),
        ("METHOD:PUBLISH", {"libical"}),
        ("SUMMARY:again", {"libical"}),
    ],
)
def test_a_fault_is_told_by_one_at_least(
    calendar_readers: dict[str, Reader], fault: str, who: set[str]
) -> None:
    """Each of them sees others."""
    told = calendar(fault)
    assert who == {name for name, read in calendar_readers.items() if read(told, YEARS).warnings}


def test_a_split_character_is_told(calendar_readers: dict[str, Reader]) -> None:
    """By Thunderbird, which decodes before it unfolds."""
    told = calendar().replace("😀".encode(), b"\xf0\x9f\r\n \x98\x80")
    with pytest.raises(ServerFailed, match="not valid"):
        calendar_readers["ical.js"](told, YEARS)
    with pytest.raises(UnicodeDecodeError):
        lines_of(told)
