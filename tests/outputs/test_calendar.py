"""Events as octets: read back by icalendar, line by line, and by what others do with lines."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Alarm, Calendar, Event

from krmd.base.instant import Instant, to_datetime
from krmd.ledger.portrait import clean, clean_lines
from krmd.outputs.calendar import (
    CALENDAR_TAIL,
    COLORS,
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    calendar_head,
    calendar_of_one,
    write_events,
)
from krmd.outputs.event import Draft, Stamp, Stamped
from tests.outputs.drafts import draft, stamped, texts

HEAD = calendar_head("Birthdays")
stamps = st.builds(Stamp, st.integers(0, 99), st.integers(0, 4_000_000_000).map(Instant))
alarms = st.one_of(st.none(), st.integers(0, 7 * 24 * 60))


def written(event: Draft) -> bytes:
    """The octets of one event."""
    return write_events([stamped(event)])[0]


def unfolded(octets: bytes) -> list[bytes]:
    """Content lines (RFC 5545 3.1)."""
    return octets.replace(b"\r\n ", b"").split(b"\r\n")


def read(octets: bytes) -> Event:
    """The only event of a calendar of it."""
    calendar = Calendar.from_ical(calendar_of_one(HEAD, octets))
    (event,) = calendar.events
    assert ([event], []) == (calendar.subcomponents, event.errors)
    return event


def one_line(text: str) -> str:
    """What may come back of a title."""
    return clean(text, most=LONGEST_TITLE)


def lines(text: str) -> str:
    """What may come back of a description: Unicode's own line breaks are line breaks."""
    plain = text.replace("\u2028", "\n").replace("\u2029", "\n")
    return clean_lines(plain, most=LONGEST_DESCRIPTION)


def test_an_event_is_all_day_and_busies_nobody() -> None:
    """Every line of one, as subscribers get it."""
    expected = [
        b"BEGIN:VEVENT",
        b"SUMMARY:Ada Example (41)",
        b"DTSTART;VALUE=DATE:20261231",
        b"DTEND;VALUE=DATE:20270101",
        b"DTSTAMP:20231114T221320Z",
        b"UID:birthday-00000000000000000000000000000007-2026@krmd.invalid",
        b"SEQUENCE:3",
        b"CATEGORIES:BIRTHDAY",
        b"CLASS:PRIVATE",
        b"DESCRIPTION:Born: 12 March 1985\\nPhone: +44 1632 960 118",
        b"LAST-MODIFIED:20231114T221320Z",
        b"TRANSP:TRANSPARENT",
        b"BEGIN:VALARM",
        b"ACTION:DISPLAY",
        b"DESCRIPTION:Ada Example (41)",
        b"TRIGGER:-PT15M",
        b"END:VALARM",
        b"END:VEVENT",
        b"",
    ]
    told = "Born: 12 March 1985\nPhone: +44 1632 960 118"
    event = draft(description=told, day="2026-12-31", alarm_minutes=15)
    assert expected == write_events([stamped(event, 3)])[0].split(b"\r\n")


def test_without_description_category_and_alarm_there_is_no_line_of_them() -> None:
    """Not an empty one."""
    octets = written(draft(categories=()))
    for word in (b"DESCRIPTION", b"CATEGORIES", b"VALARM", b"RRULE", b"TZ", b"METHOD"):
        assert word not in octets


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, b"PT0S"), (15, b"-PT15M"), (90, b"-PT1H30M"), (1440, b"-P1D"), (10080, b"-P7D")],
)
def test_an_alarm_is_never_after_the_day_begins(minutes: int, expected: bytes) -> None:
    """Exchange takes the absolute value of a trigger."""
    octets = written(draft(alarm_minutes=minutes))
    assert b"TRIGGER:" + expected in octets.split(b"\r\n")
    assert 1 == octets.count(b"BEGIN:VALARM")


def test_the_head_says_how_the_calendar_is_called_and_how_often_to_ask() -> None:
    """No UID, by which vdirsyncer would take the calendar for one item, no METHOD, no zone."""
    expected = [
        b"BEGIN:VCALENDAR",
        b"VERSION:2.0",
        b"PRODID:-//krmd//calendar feed//EN",
        b"CALSCALE:GREGORIAN",
        b"COLOR:teal",
        b"REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        b"X-APPLE-CALENDAR-COLOR:#008080",
        b"X-PUBLISHED-TTL:PT12H",
        b"NAME:Birthdays\\, all",
        b"X-WR-CALNAME:Birthdays\\, all",
        b"",
    ]
    assert expected == calendar_head("Birthdays, all").split(b"\r\n")


@pytest.mark.parametrize("color", COLORS)
def test_a_calendar_has_the_colour_asked_for(color: str) -> None:
    """As CSS calls it, and in figures."""
    assert f"COLOR:{color}\r\n".encode() in calendar_head("x", color)
    assert re.fullmatch(r"#[0-9A-F]{6}", COLORS[color])


@given(texts)
def test_a_calendar_of_nothing_is_a_calendar(name: str) -> None:
    """Whatever it is called."""
    calendar = Calendar.from_ical(calendar_head(name) + CALENDAR_TAIL)
    assert [] == calendar.subcomponents
    # icalendar leaves both as they are spelled: the one came later than its RFC, the other none.
    for spelled in (calendar["NAME"], calendar["X-WR-CALNAME"]):
        assert clean(name) == re.sub(r"\\([\\;,])", r"\1", str(spelled))
    assert "UID" not in calendar


@given(texts, texts, st.lists(texts, max_size=3), alarms)
def test_any_text_comes_back_within_its_own_event(
    title: str, told: str, groups: list[str], alarm_minutes: int | None
) -> None:
    """Cleaned of what no calendar takes, and in no other line."""
    event = draft(title, told, categories=tuple(groups), alarm_minutes=alarm_minutes)
    back = read(written(event))
    assert one_line(title) == back["SUMMARY"]
    assert lines(told) == back.get("DESCRIPTION", "")
    assert [clean(it) for it in groups if clean(it)] == back.categories
    assert [one_line(title)] * (alarm_minutes is not None) == [
        it["DESCRIPTION"] for it in back.subcomponents
    ]
    assert event.uid == back["UID"]


@given(texts, texts, st.lists(texts, max_size=3), alarms)
def test_lines_are_short_and_no_character_is_cut(
    title: str, told: str, groups: list[str], alarm_minutes: int | None
) -> None:
    """75 octets at most, each line by itself UTF-8, no escape apart from what it escapes."""
    octets = written(draft(title, told, categories=tuple(groups), alarm_minutes=alarm_minutes))
    physical = octets.split(b"\r\n")
    assert b"" == physical.pop()
    for line in physical:
        assert 0 < len(line) <= 75
        text = line.decode()
        assert 0 == (len(text) - len(text.rstrip("\\"))) % 2
        # What ends a line for anybody ends it here: Python's own splitlines, by which
        # vdirsyncer reads, knows eleven ends.
        assert [text] == text.splitlines()


@given(texts, texts, alarms, stamps)
def test_lines_are_what_icalendar_writes(
    title: str, told: str, alarm_minutes: int | None, stamp: Stamp
) -> None:
    r"""All of them, in its order: only the folding is krmd's own, and a written-out `\N`."""
    title, told = (re.sub(r"\\+N", "N", text) for text in (title, told))
    day, modified = to_datetime(stamp.modified).date(), to_datetime(stamp.modified)
    event = draft(title, told, day=day.isoformat(), alarm_minutes=alarm_minutes)
    expected = Event()
    expected.add("summary", one_line(title))
    expected.add("dtstart", day)
    expected.add("dtend", day + timedelta(days=1))
    expected.add("dtstamp", modified)
    expected.add("uid", event.uid)
    expected.add("sequence", stamp.sequence)
    expected.add("categories", list(event.categories))
    expected.add("class", "PRIVATE")
    if lines(told):
        expected.add("description", lines(told))
    expected.add("last-modified", modified)
    expected.add("transp", "TRANSPARENT")
    if alarm_minutes is not None:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", one_line(title))
        alarm.add("trigger", timedelta(minutes=-alarm_minutes))
        expected.add_component(alarm)
    spelled = expected.to_ical().replace(b"TRIGGER:P0D", b"TRIGGER:PT0S")
    assert unfolded(spelled) == unfolded(write_events([Stamped(event, stamp)])[0])


@pytest.mark.parametrize(
    "name",
    [
        "Example, Ada; née \\Beispiel\\",
        "C:\\New\\Names",
        "Ada\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Mallory",
        "Ada\u2028END:VEVENT",
        "\u202eelpmaxE adA",
        "عدا (41)",
        "\U0001f382" * 80,
        "A" * 2000,
    ],
)
def test_no_name_leaves_its_event(name: str) -> None:
    """One event, one title, one line for each."""
    octets = written(draft(name))
    assert one_line(name) == read(octets)["SUMMARY"]
    assert 1 == sum(line == b"END:VEVENT" for line in unfolded(octets))
    assert 1 == sum(line.startswith(b"SUMMARY:") for line in unfolded(octets))


def test_the_same_events_give_the_same_octets_in_their_order() -> None:
    """Whatever was written before."""
    events = [stamped(draft(f"Ada {it}", day=f"2026-03-{it:02}"), it) for it in range(1, 29)]
    once = write_events(events)
    assert once == write_events(events)
    assert list(reversed(once)) == write_events(events[::-1])
    assert [] == write_events([])


def test_a_calendar_of_one_event_is_whole() -> None:
    """As vdir keeps each in a file of its own."""
    octets = calendar_of_one(HEAD, written(draft()))
    assert octets.startswith(b"BEGIN:VCALENDAR\r\n")
    assert octets.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")
    event = Calendar.from_ical(octets).events[0]
    assert (date(2026, 3, 12), date(2026, 3, 13)) == (event.start, event.end)
    assert datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC) == event.last_modified
