"""Calendars read: every program's, broken ones, hostile ones; a bad event costs itself."""

import time
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.errors import UserError
from krmd.base.instant import Instant, local_date, to_rfc3339
from krmd.formats.calendar_parts import LONGEST_COMPONENT, is_calendar
from krmd.formats.events import MOST_EVENTS, Calendar, Event, Remark, Series
from krmd.formats.occurrences import Past
from krmd.formats.reading import Skipped
from tests.formats.calendars import EXPECTED, GOOGLE, VENDORS, calendar, meeting, octets_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = Instant(1_790_000_000)


def _read(octets: bytes) -> tuple[list[Event], list[Skipped], list[Remark]]:
    events: list[Event] = []
    skipped: list[Skipped] = []
    remarks: list[Remark] = []
    for part in Calendar(octets, BERLIN).series():
        match part:
            case Series():
                events += part.events
            case Skipped():
                skipped.append(part)
            case Remark():
                remarks.append(part)
    return events, skipped, remarks


def _times(octets: bytes) -> list[str]:
    """When everything in a calendar was."""
    read = Calendar(octets, BERLIN)
    past = Past(read.zones, now=NOW, zone=BERLIN)
    over = [it for part in read.series() if isinstance(part, Series) for it in past.of(part)]
    return [to_rfc3339(it.at) for it in over]


def _event(*lines: str) -> Event:
    events, skipped, _ = _read(calendar(meeting("1", "20240305T113000Z", *lines, who="")))
    assert [] == skipped
    return events[0]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"], ids=["crlf", "lf", "cr"])
def test_every_programs_export_is_read(vendor: str, ends: str) -> None:
    """With any line ends: title, time, and whom the owner met."""
    title, who, at = EXPECTED
    read = Calendar(VENDORS[vendor].replace("\n", ends).encode(), BERLIN)
    past = Past(read.zones, now=NOW, zone=BERLIN)
    series = [it for it in read.series() if isinstance(it, Series)]
    over = past.of(series[0])
    assert [(title, at)] == [(it.event.summary, it.at) for it in over]
    people = {
        it.address
        for it in over[0].event.attendees
        if it.kind not in ("ROOM", "RESOURCE") and it.address != "kim@example.org"
    }
    assert {who} == people
    assert [] == read.zones.unknown


@pytest.mark.parametrize(
    "octets",
    [
        octets_of(GOOGLE),
        b"\xef\xbb\xbf" + octets_of(GOOGLE),
        GOOGLE.encode("utf-16"),
        GOOGLE.encode("utf-16-le"),
        b"\r\n \nbegin:vcalendar\r\n" + octets_of(GOOGLE)[17:],
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16-le", "small letters"],
)
def test_a_calendar_is_known_by_its_content(octets: bytes) -> None:
    """In every encoding that programs export."""
    assert is_calendar(octets)
    assert 2 == len(_read(octets)[0])


@pytest.mark.parametrize(
    "octets", [b"", b"at,kind,who\n", b"{}", b"BEGIN:VCARD\r\n", b"x" * 9_000, b"\xff\xfe\x00"]
)
def test_anything_else_is_no_calendar(octets: bytes) -> None:
    """And its events are none."""
    assert not is_calendar(octets)
    assert ([], [], []) == _read(octets)


def test_old_character_sets_are_read() -> None:
    """A title in cp1252 among lines in UTF-8."""
    octets = calendar(meeting(summary="Café")).replace("é".encode(), b"\xe9")
    assert "Café" == _read(octets)[0][0].summary


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ATTENDEE:mailto:ada@example.com", ("ada@example.com", "")),
        ("ATTENDEE;CN=Ada:MAILTO:Ada@Example.com", ("ada@example.com", "Ada")),
        ('ATTENDEE;CN="Example, Ada":mailto:ada@example.com', ("ada@example.com", "Example, Ada")),
        ("ATTENDEE;CN=Ada ^'A^':mailto:ada@example.com", ("ada@example.com", 'Ada "A"')),
        ("ATTENDEE:mailto:ada%2Bx@example.com?subject=x", ("ada+x@example.com", "")),
        ("ATTENDEE:mailto:<ada@example.com>", ("ada@example.com", "")),
        ("ATTENDEE;EMAIL=ada@example.com:urn:uuid:1", ("ada@example.com", "")),
        ("ATTENDEE;EMAIL=b@example.com:mailto:ada@example.com", ("ada@example.com", "")),
        ("ATTENDEE;CN=ada@example.com:invalid:nomail", ("ada@example.com", "ada@example.com")),
        ('ATTENDEE;SENT-BY="mailto:b@example.com":mailto:ada@example.com', ("ada@example.com", "")),
        ("ATTENDEE;X-A=1;;RSVP:mailto:ada@example.com", ("ada@example.com", "")),
        ("ORGANIZER;CN=Ada:mailto:ada@example.com", ("ada@example.com", "Ada")),
        ("ATTENDEE:ada@example.com", ("ada@example.com", "")),
        ("ATTENDEE;CN=Ada:/o=ExchangeLabs/ou=Group/cn=ada", None),
        ("ATTENDEE:mailto:", None),
        ("ATTENDEE:mailto:ada@example.com\\, bo@example.com", None),
    ],
)  # fmt: skip
def test_people_are_named_in_many_ways(line: str, expected: tuple[str, str] | None) -> None:
    """RFC 5545's, RFC 7986's, Apple's paths, Outlook's names; what has no address is nobody."""
    people = [(it.address, it.name) for it in _event(line).attendees]
    assert ([] if expected is None else [expected]) == people


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("DTSTART:20240705T100000Z", "2024-07-05T10:00:00Z"),
        ("DTSTART:20240705T100000", "2024-07-05T08:00:00Z"),
        ("DTSTART;VALUE=DATE:20240705", "2024-07-05T10:00:00Z"),
        ("DTSTART;TZID=America/New_York:20240705T100000", "2024-07-05T14:00:00Z"),
        ("DTSTART;TZID=Eastern Standard Time:20070320T100000", "2007-03-20T14:00:00Z"),
        ("DTSTART;TZID=/mozilla.org/20050126_1/America/New_York:20240705T100000",
         "2024-07-05T14:00:00Z"),
        ('DTSTART;TZID="tzone://Microsoft/Utc":20240705T100000', "2024-07-05T10:00:00Z"),
        ("DTSTART;TZID=Europe/Berlin:20240331T023000", "2024-03-31T01:30:00Z"),
        ("DTSTART:2024-07-05T10:00:00Z", "2024-07-05T10:00:00Z"),
        ("DTSTART:20240705T1000Z", "2024-07-05T10:00:00Z"),
        ("DTSTART:20240705T100060Z", "2024-07-05T10:00:59Z"),
    ],
)  # fmt: skip
def test_times_are_the_right_instants(start: str, expected: str) -> None:
    """In UTC, floating, by names of zones of IANA and Windows, behind vendors' prefixes."""
    assert [expected] == _times(calendar(f"UID:1\n{start}"))


CUSTOM = """\
BEGIN:VTIMEZONE
TZID:Our Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0530
TZOFFSETTO:+0430
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0430
TZOFFSETTO:+0530
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("20240105T100000", "2024-01-05T05:30:00Z"),
        ("20240705T100000", "2024-07-05T04:30:00Z"),
        ("20240331T015900", "2024-03-30T21:29:00Z"),
        ("20240331T030000", "2024-03-30T21:30:00Z"),
        ("20241027T040000", "2024-10-26T23:30:00Z"),
    ],
)
def test_a_zone_is_as_the_calendar_defines_it(local: str, expected: str) -> None:
    """Where its name says nothing."""
    octets = calendar(f"UID:1\nDTSTART;TZID=Our Time:{local}", head=CUSTOM)
    assert [expected] == _times(octets)
    assert [] == _read(octets)[2]


def test_a_zone_nobody_knows_is_the_owners_and_said_once() -> None:
    """With the line that names it first."""
    events = (f"UID:{it}\nDTSTART;TZID=Middle Earth:20240705T100000" for it in range(3))
    octets = calendar(*events)
    assert 3 * ["2024-07-05T08:00:00Z"] == _times(octets)
    assert [(4, True)] == [(it.line, "“Middle Earth”" in it.sentence) for it in _read(octets)[2]]


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "FREQ=DAILY", "nonsense"],
)
def test_a_zone_is_no_bomb(rule: str) -> None:
    """What no clock does is left out of it."""
    head = CUSTOM.replace("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", rule) * 50
    begun = time.monotonic()
    assert 1 == len(_times(calendar("UID:1\nDTSTART;TZID=Our Time:20240705T100000", head=head)))
    assert time.monotonic() - begun < 10


SERIES = "DTSTART;TZID=Europe/Berlin:20240318T100000"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("RRULE:FREQ=WEEKLY;COUNT=3", ["03-18T09", "03-25T09", "04-01T08"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20240325T090000Z", ["03-18T09", "03-25T09"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20240325T085959Z", ["03-18T09"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20240325", ["03-18T09", "03-25T09"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20240325T100000", ["03-18T09", "03-25T09"]),
        ("RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=2", ["03-18T09", "03-20T09", "03-27T09"]),
        ("RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20240325T090000Z", ["03-18T09", "04-01T08"]),
        ("RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=Europe/Berlin:20240325T100000,20240401T100000",
         ["03-18T09"]),
        ("RRULE:FREQ=WEEKLY;COUNT=2\nEXDATE;VALUE=DATE:20240318", ["03-25T09"]),
        ("RDATE:20240320T110000Z,20240321T110000Z/PT1H", ["03-18T09", "03-20T11", "03-21T11"]),
        ("RRULE:FREQ=DAILY;BYHOUR=8,17;COUNT=2", ["03-18T09", "03-18T16", "03-19T07"]),
    ],
)  # fmt: skip
def test_series_come_round(lines: str, expected: list[str]) -> None:
    """Across the change of the clock, until they end, without what was taken out."""
    times = _times(calendar(f"UID:1\n{SERIES}\n{lines}"))
    assert expected == [it[5:13] for it in times]


def test_whole_days_recur_by_the_day() -> None:
    """UNTIL and EXDATE with hours, as Outlook writes them, mean their day."""
    lines = (
        "UID:1\nDTSTART;VALUE=DATE:20240329\nRRULE:FREQ=DAILY;UNTIL=20240401T000000Z"
        "\nEXDATE:20240330T000000\n"
    )
    changed = "UID:1\nDTSTART;VALUE=DATE:20240410\nRECURRENCE-ID;VALUE=DATE:20240401"
    assert ["03-29T11", "03-31T10", "04-10T10"] == [
        it[5:13] for it in _times(calendar(lines, changed))
    ]


def test_a_changed_occurrence_needs_no_series() -> None:
    """As in files that hold a single meeting of one; what was taken out stays out."""
    changed = "UID:1\nRECURRENCE-ID:20240318T090000Z\nDTSTART:20240319T090000Z"
    assert ["2024-03-19T09:00:00Z"] == _times(calendar(changed))
    series = f"UID:1\n{SERIES}\nRRULE:FREQ=WEEKLY;COUNT=2\nEXDATE:20240318T090000Z"
    assert ["2024-03-25T09:00:00Z"] == _times(calendar(series, changed))


def test_occurrences_keep_their_names() -> None:
    """Whatever hour they are moved to; the first is named as if it were the only one, and two of a
    day are told apart.
    """

    def keys(octets: bytes) -> list[str]:
        read = Calendar(octets, BERLIN)
        past = Past(read.zones, now=NOW, zone=BERLIN)
        over = [it for part in read.series() if isinstance(part, Series) for it in past.of(part)]
        return [it.key for it in over]

    weekly = calendar(f"UID:a\n{SERIES}\nRRULE:FREQ=WEEKLY;COUNT=2")
    assert ["a", "a\x1f20240325"] == keys(weekly)
    assert keys(weekly) == keys(weekly.replace(b"T100000", b"T163000"))
    assert ["a"] == keys(calendar(f"UID:a\n{SERIES}"))
    twice = calendar(f"UID:a\n{SERIES}\nRRULE:FREQ=DAILY;BYHOUR=10,17;COUNT=4")
    assert ["a", "a\x1f2", "a\x1f20240319", "a\x1f20240319\x1f2"] == keys(twice)
    nameless = calendar(SERIES, SERIES, f"{SERIES}\nSUMMARY:other")
    assert 2 == len(set(keys(nameless)))
    assert keys(nameless) == keys(nameless)


def test_of_two_versions_the_newest_counts() -> None:
    """By SEQUENCE, then by when it was changed, then by the order of the file."""

    def said(*lines: str) -> list[str]:
        events = (
            meeting("1", "20240305T113000Z", *line.split(), summary=f"number {at}")
            for at, line in enumerate(lines)
        )
        return [it.summary for it in _read(calendar(*events))[0]]

    assert ["number 1"] == said("SEQUENCE:1", "SEQUENCE:10", "SEQUENCE:2")
    stamps = ("LAST-MODIFIED:20240202T000000Z", "LAST-MODIFIED:20240101T000000Z")
    assert ["number 0"] == said(*stamps)
    assert ["number 2"] == said("", "", "SEQUENCE:zero")


def test_a_uid_that_several_events_have_is_told() -> None:
    """One of them is taken; the same event twice is nothing to tell of."""
    octets = calendar(meeting(), meeting(), meeting("1", "20240401T100000Z"), meeting("2"))
    events, _, remarks = _read(octets)
    assert ["20240401", "20240305"] == [f"{it.start.local:%Y%m%d}" for it in events]
    assert [4, 10] == [it.line for it in remarks]
    assert "has the UID of the event in line 16" in remarks[0].sentence


def test_what_is_cut_off_is_told() -> None:
    """An event that has no end is skipped with its line; of a calendar it is remarked."""
    whole = octets_of(GOOGLE)
    for at in range(whole.index(b"UID:dentist"), whole.rindex(b"END:VEVENT"), 7):
        events, skipped, remarks = _read(whole[:at])
        assert (1, 55) == (len(events), skipped[0].line)
        assert "cut off" in skipped[0].reason
        assert "END:VCALENDAR" in remarks[0].sentence
    events, skipped, remarks = _read(whole[: whole.index(b"END:VCALENDAR")])
    assert (2, [], 1) == (len(events), skipped, len(remarks))
    begun = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n" + whole
    assert ([2], 2) == ([it.line for it in _read(begun)[1]], len(_read(begun)[0]))


def test_alarms_and_other_parts_are_not_the_event() -> None:
    """However deep they lie, and whether they end or not."""
    deep = "BEGIN:X-DEEP\n" * 20_000
    event = _event("BEGIN:VALARM\nSUMMARY:wake up", deep)
    assert "Lunch" == event.summary
    todo = octets_of("BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nDTSTART:20240305\nEND:VTODO\n")
    assert [] == _read(todo)[0]


@pytest.mark.parametrize("method", ["CANCEL", "REPLY", "COUNTER"])
def test_what_is_sent_about_an_event_is_none(method: str) -> None:
    """A cancellation, an answer; a calendar after it in the file is one again."""
    octets = calendar(meeting(), head=f"METHOD:{method}\n") + calendar(meeting("2"))
    assert [True, False] == [it.cancelled for it in _read(octets)[0]]


def test_an_attachment_of_megabytes_costs_nothing() -> None:
    """On one line or on many; what is asked for is read."""
    event = _event("ATTACH;ENCODING=BASE64:" + "A" * 5_000_000, "ATTACH:" + "A\n " * 100_000)
    assert "Lunch" == event.summary


def test_an_event_of_megabytes_is_skipped() -> None:
    """Nobody invites so many."""
    crowd = "\n".join(f"ATTENDEE:mailto:guest{it:07}@example.net" for it in range(40_000))
    events, skipped, _ = _read(calendar(meeting("1", "20240305T113000Z", crowd), meeting("2")))
    assert (["2"], [4]) == ([it.uid for it in events], [it.line for it in skipped])
    assert f"longer than {LONGEST_COMPONENT:,} octets" in skipped[0].reason


def test_a_file_of_nothing_but_events_is_refused() -> None:
    """Before it fills the memory."""
    octets = b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * (MOST_EVENTS + 1)
    with pytest.raises(UserError, match="200,000 events"):
        Calendar(octets, BERLIN)


def test_a_file_of_series_is_bounded() -> None:
    """So many moments are looked at; then series are refused, and single events still taken."""
    never = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    events = (meeting(str(it), "20160921T113000Z", never) for it in range(30))
    read = Calendar(calendar(*events, meeting("last")), BERLIN)
    past = Past(read.zones, now=NOW, zone=BERLIN, moments=50_000)
    taken: list[str] = []
    for part in read.series():
        assert isinstance(part, Series)
        try:
            taken += [it.key for it in past.of(part)]
        except ValueError as error:
            assert "repeats too much" in str(error)  # noqa: PT017 # some of many raise it
    assert [*map(str, range(13)), "last"] == taken


@pytest.mark.parametrize(
    "event",
    [
        "UID:1\nDTSTART:99991231T235959\nDTEND:99991231T235959Z\nRRULE:FREQ=YEARLY",
        "UID:1\nDTSTART;TZID=America/Los_Angeles:99991231T235959\nDURATION:P9999999W",
        "UID:1\nDTSTART;TZID=Asia/Tokyo:00010101T000000\nRRULE:FREQ=YEARLY;COUNT=2",
        "UID:1\nDTSTART;VALUE=DATE:00010101\nRRULE:FREQ=WEEKLY;UNTIL=00010201",
        "UID:1\nDTSTART:20240101T000000Z\nDTEND:19000101T000000Z",
    ],
)
def test_the_ends_of_time_are_no_bug(event: str) -> None:
    """Neither the first year nor the last."""
    assert len(_times(calendar(event))) <= 1


LINES = st.sampled_from(
    [
        "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM",
        "END:VALARM", "BEGIN:VTIMEZONE", "TZID:X", "BEGIN:STANDARD", "END:STANDARD",
        "END:VTIMEZONE", "UID:1", "UID:", "DTSTART:20240305T113000Z",
        "DTSTART;TZID=X:20240305T113000",
        "DTSTART;VALUE=DATE:20240305", "DTEND:20240305T123000Z", "DURATION:PT1H", "DURATION:P",
        "RECURRENCE-ID:20240312T113000Z", "RECURRENCE-ID;VALUE=DATE:20240312", "RRULE:FREQ=WEEKLY",
        "RRULE:FREQ=DAILY;BYHOUR=1,2;UNTIL=x", "RDATE:20240306,20240307T100000", "EXDATE:20240305",
        "EXDATE;TZID=:20240312T113000", "SUMMARY:x\\", 'ATTENDEE;CN="a:mailto:a@b.example',
        "ORGANIZER;:mailto:a@b.example", "STATUS:CANCELLED", "METHOD:CANCEL", "TZOFFSETTO:+0100",
        "TZOFFSETFROM:-0000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", " folded", "SEQUENCE:²",
    ]
)  # fmt: skip


@given(st.lists(LINES | st.text(max_size=20), max_size=30), st.binary(max_size=10))
def test_any_lines_are_read_or_told(lines: list[str], octets: bytes) -> None:
    """Whatever the order: nothing raised but what a series can say of itself."""
    read = Calendar("\r\n".join(lines).encode("utf-8", "replace") + octets, BERLIN)
    past = Past(read.zones, now=NOW, zone=BERLIN)
    for part in read.series():
        if not isinstance(part, Series):
            assert part.line >= 1
            continue
        try:
            over = past.of(part)
        except ValueError:
            continue
        assert all(it.at <= NOW for it in over)
        assert len(over) == len({it.key for it in over})


def test_the_owners_noon_is_on_the_day() -> None:
    """In every zone, whatever the clock does at midnight."""
    for name in ("Pacific/Apia", "America/Sao_Paulo", "Asia/Beirut"):
        zone = ZoneInfo(name)
        read = Calendar(calendar("UID:1\nDTSTART;VALUE=DATE:20181104"), zone)
        past = Past(read.zones, now=NOW, zone=zone)
        (series,) = read.series()
        assert isinstance(series, Series)
        assert date(2018, 11, 4) == local_date(past.of(series)[0].at, zone)
