"""Calendars into the log: who was met and when, which events are none, and never anything twice."""

from dataclasses import replace

import pytest

from krmd.app.log_entries import Entry
from krmd.app.log_events import entries_of_events
from krmd.app.log_import import Imported, import_calendar
from krmd.base.address import AddressSet
from krmd.base.command import Actor, AddContact, Drop, EditContact, LogInteraction, Undo
from krmd.base.errors import UserError
from krmd.base.instant import Instant, to_rfc3339
from krmd.formats.events import Remark
from krmd.formats.occurrences import MOST_OCCURRENCES
from tests.app.conftest import NOW, Book
from tests.app.mails import OWNER, header, mail
from tests.formats.calendars import EXPECTED, VENDORS, calendar, meeting, octets_of

WEEKLY = meeting(
    "weekly",
    "20240305T113000Z",
    "DTEND:20240305T123000Z",
    "RRULE:FREQ=WEEKLY;COUNT=10",
    "EXDATE:20240312T113000Z",
)


def _import(book: Book, octets: bytes, many: int = 12) -> Imported:
    performer = replace(book.performer, owner=AddressSet([OWNER], tags=True))
    return import_calendar(octets, performer, Actor("cli", "home.ics"), many=many)


def _ignored(found: Imported) -> dict[str, int]:
    return dict(found.ignored)


@pytest.fixture
def ada(book: Book) -> Book:
    """A book with Ada in it, and Grace who wrote once."""
    book.do(AddContact("Ada Example", ("ada@example.com",)))
    book.read(mail(header("Grace <grace@example.net>", OWNER), received=Instant(NOW - 9_000_000)))
    return book


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_programs_export_is_understood(ada: Book, vendor: str) -> None:
    """Ada was met at that time; rooms, the owner and the dentist are nobody."""
    title, _, at = EXPECTED
    found = _import(ada, octets_of(VENDORS[vendor]))
    assert (1, ()) == (found.created, found.skipped)
    (entry,) = ada.timeline("ada")
    assert (title, at, "meeting", "mutual", True) == (
        entry.summary,
        entry.at,
        entry.kind,
        entry.direction,
        entry.counts,
    )
    assert at == ada.show("ada").recency.last_contacted
    ada.assert_right()


def test_a_calendar_comes_once_and_one_undo_takes_it_back(ada: Book) -> None:
    """However it was exported since; what undo took back can come again."""
    octets = calendar(WEEKLY, meeting("2", "20240401T100000Z"))
    assert 10 == _import(ada, octets).created
    assert Imported(0, 10, ()) == _import(ada, octets)
    assert ("Undone: 10 entries from home.ics",) == ada.do(Undo()).sentences
    assert 0 == ada.show("ada").recency.meeting
    assert 10 == _import(ada, octets).created
    ada.assert_right()


def test_a_newer_export_enters_what_is_new_and_nothing_twice(ada: Book) -> None:
    """Meetings moved since are the same meetings: to another day, the series to another hour, the
    single one become a series.
    """
    assert 10 == _import(ada, calendar(WEEKLY, meeting("2", "20240401T100000Z"))).created
    moved = meeting(
        "weekly", "20240320T090000Z", "RECURRENCE-ID:20240319T133000Z", "SEQUENCE:2", summary="Late"
    )
    newer = calendar(
        WEEKLY.replace("T113000Z", "T133000Z").replace("T123000Z", "T143000Z"),
        moved,
        meeting("2", "20240402T100000Z", "RRULE:FREQ=MONTHLY;COUNT=2"),
    )
    found = _import(ada, newer)
    assert (1, 10) == (found.created, found.unchanged)
    assert 11 == ada.show("ada").recency.meeting


def test_a_changed_occurrence_takes_the_place_of_the_planned_one(ada: Book) -> None:
    """Moved, cancelled, or with other people; the others are as the series says."""
    series = calendar(
        WEEKLY,
        meeting("weekly", "20240327T090000Z", "RECURRENCE-ID:20240326T113000Z", summary="Moved"),
        meeting("weekly", "20240402T113000Z", "RECURRENCE-ID:20240402T113000Z", "STATUS:CANCELLED"),
        meeting(
            "weekly", "20240409T113000Z", "RECURRENCE-ID:20240409T113000Z", who="grace@example.net"
        ),
    )
    assert 8 == _import(ada, series).created
    times = [to_rfc3339(it.at)[5:13] for it in reversed(ada.timeline("ada"))]
    assert [
        "03-05T11", "03-19T11", "03-27T09", "04-16T11", "04-23T11", "04-30T11", "05-07T11",
    ] == times  # fmt: skip
    assert "Moved" == ada.timeline("ada")[4].summary
    assert 1 == ada.show("grace").recency.meeting


def test_correspondents_count_and_strangers_are_left_out(ada: Book) -> None:
    """Of five invited the two known ones were met; one who declined or was only told was not."""
    event = meeting(
        "1",
        "20240305T113000Z",
        "ATTENDEE;CN=Grace:mailto:grace@example.net",
        "ATTENDEE:mailto:stranger@example.net",
        f"ORGANIZER:mailto:{OWNER}",
    )
    assert 1 == _import(ada, calendar(event)).created
    assert 1 == ada.show("ada").recency.meeting == ada.show("grace").recency.meeting
    with pytest.raises(UserError):
        ada.show("stranger@example.net")
    for answer in ("PARTSTAT=DECLINED", "PARTSTAT=DELEGATED", "ROLE=NON-PARTICIPANT"):
        other = meeting(
            "2", "20240306T113000Z", f"ATTENDEE;{answer}:mailto:ada@example.com", who=""
        )
        assert {"nobody_known": 1} == _ignored(_import(ada, calendar(other)))
    ada.assert_right()


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("STATUS:CANCELLED",), "cancelled"),
        ((f"ATTENDEE;PARTSTAT=DECLINED:mailto:{OWNER}",), "declined"),
        ((f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{OWNER}",), "declined"),
        (("DTEND:21000101T000000Z",), "not_over"),
        (("DURATION:P50000D",), "not_over"),
        (("RRULE:FREQ=DAILY;COUNT=2", "EXDATE:20240305T113000Z",
          "EXDATE;VALUE=DATE:20240306"), "not_over"),
    ],
)  # fmt: skip
def test_what_did_not_happen_is_no_entry(ada: Book, lines: tuple[str, ...], reason: str) -> None:
    """And no mistake of the file's: counted by reason."""
    found = _import(ada, calendar(meeting("1", "20240305T113000Z", *lines)))
    assert (0, (), {reason: 1}) == (found.created, found.skipped, _ignored(found))


def test_the_owners_own_meeting_counts_unanswered(ada: Book) -> None:
    """Who invites is there, whatever their own line says; who declines their own meeting isn't."""
    organizer = f"ORGANIZER:mailto:{OWNER}"
    event = meeting("1", "20240305T113000Z", organizer, f"ATTENDEE;PARTSTAT={{}}:mailto:{OWNER}")
    assert 1 == _import(ada, calendar(event.format("NEEDS-ACTION"))).created
    event = event.replace("UID:1", "UID:2")
    assert {"declined": 1} == _ignored(_import(ada, calendar(event.format("DECLINED"))))


def test_days_are_the_owners(ada: Book) -> None:
    """A whole day is its noon; a time without a zone is the owner's."""
    events = (
        meeting("1", "20240701", "DTEND;VALUE=DATE:20240704"),
        meeting("2", "20240801T090000"),
        "UID:3\nDTSTART;TZID=Asia/Tokyo:20240901T090000\nATTENDEE:mailto:ada@example.com",
    )
    assert 3 == _import(ada, calendar(*events)).created
    assert ["2024-09-01T00:00:00Z", "2024-08-01T07:00:00Z", "2024-07-01T10:00:00Z"] == [
        to_rfc3339(it.at) for it in ada.timeline("ada")
    ]


def test_a_crowd_is_a_group_and_moves_nothing(ada: Book) -> None:
    """More people than the setting says, known or not, as with mail."""
    crowd = [f"ATTENDEE:mailto:guest{it}@example.net" for it in range(12)]
    assert 1 == _import(ada, calendar(meeting("1", "20240305T113000Z", *crowd))).created
    assert ("group", False) == (ada.timeline("ada")[0].reach, ada.timeline("ada")[0].counts)
    assert ada.show("ada").recency.last_contacted is None
    assert 1 == _import(ada, calendar(meeting("2", "20240306T113000Z", *crowd[:11]))).created
    assert "one_to_one" == ada.timeline("ada")[0].reach
    ada.assert_right()


@pytest.mark.parametrize(
    ("summary", "kind"),
    [
        ("Call with Ada", "call"),
        ("Phone call: budget", "call"),
        ("Telefonat Ada", "call"),
        ("Weekly call", "call"),
        ("Call for papers", "meeting"),
        ("Ada is on call", "meeting"),
        ("Recall the old days", "meeting"),
    ],
)
def test_a_call_is_told_from_a_meeting(ada: Book, summary: str, kind: str) -> None:
    """Where the title plainly says so, or the category."""
    _import(ada, calendar(meeting(summary=summary)))
    assert kind == ada.timeline("ada")[0].kind
    _import(ada, calendar(meeting("2", "20240307T113000Z", "CATEGORIES:Work,Phone")))
    assert "call" == ada.timeline("ada")[0].kind


@pytest.mark.parametrize(
    ("summary", "created"),
    [
        ("Lunch with Ada Example", 1),
        ("coffee w/ Dr. Ada EXAMPLE", 1),
        ("Abendessen mit Ada Example", 1),
        ("Ada Example", 0),
        ("Ada Example's birthday", 0),
        ("Call Ada Example", 0),
        ("Lunch with Ada", 0),
        ("Lunch with Ada Example (cancelled)", 0),
        ("Lunch with Ada Example?", 0),
        ("Lunch with Ada Example and Bo", 0),
        ("Lunch with Bo", 0),
        ("Lunch with Eve Example", 0),
    ],
)
def test_a_title_may_name_whom_nobody_invited(ada: Book, summary: str, created: int) -> None:
    """A contact who is kept, by a full name that only one has, in words that say they met."""
    for address in ("eve@a.example", "eve@b.example"):
        ada.do(AddContact("Eve Example", (address,)))
    ada.do(AddContact("Bo", ("bo@example.com",)))
    assert created == _import(ada, calendar(meeting(who="", summary=summary))).created
    assert created == ada.show("ada").recency.meeting
    ada.do(Drop("Ada Example"))
    assert 0 == _import(ada, calendar(meeting("2", who="", summary=summary))).created


def test_a_shared_address_is_whose_name_stands_with_it(ada: Book) -> None:
    """And nobody's where the name doesn't tell, which is said."""
    ada.do(AddContact("Bo Example", ("home@example.com",)))
    ada.do(EditContact("ada@example.com", add_addresses=("home@example.com",)))
    event = "UID:1\nDTSTART:20240305T113000Z\nATTENDEE;CN={}:mailto:home@example.com"
    assert 1 == _import(ada, calendar(event.format("Bo Example"))).created
    assert (1, 0) == (ada.show("Bo Example").recency.meeting, ada.show("ada").recency.meeting)
    found = _import(ada, calendar(event.format("Family").replace("UID:1", "UID:2")))
    assert ({"nobody_known": 1}, 4) == (_ignored(found), found.remarks[0].line)
    assert "whose home@example.com is" in found.remarks[0].sentence


def test_people_are_found_by_all_their_addresses_once(ada: Book) -> None:
    """Who was invited twice was met once."""
    ada.do(EditContact("ada@example.com", add_addresses=("ada@work.example",)))
    event = meeting("1", "20240305T113000Z", "ATTENDEE:mailto:ada@work.example")
    assert 1 == _import(ada, calendar(event)).created
    assert 1 == ada.show("ada").recency.meeting


def test_a_bad_event_costs_itself(ada: Book) -> None:
    """Named by its line and why; what stands around it is taken."""
    good = meeting("good", "20240401T100000Z")
    octets = calendar(
        meeting("1", "20240231T100000Z"),
        good,
        meeting("2", "00000101T100000Z"),
        "UID:3\nSUMMARY:nothing",
        meeting("4", "20240305T100000Z", "RRULE:FREQ=SECONDLY"),
        meeting("5", "19850305T100000Z"),
        meeting("6", "99991231T235959Z"),
        meeting("7", "20240305T100000Z", "EXDATE:tomorrow"),
    )
    found = _import(ada, octets + b"BEGIN:VEVENT\r\nUID:8\r\n")
    assert (1, {"not_over": 1}) == (found.created, _ignored(found))
    reasons = {it.line: it.reason for it in found.skipped}
    assert [4, 16, 22, 26, 33, 45, 53] == list(reasons)
    assert [
        "has no date in DTSTART: “20240231T100000Z”",
        "has no date in DTSTART: “00000101T100000Z”",
        "has no DTSTART",
        "repeats within a day (FREQ=SECONDLY), which no meetings do",
        "is from before 1990",
        "has no date in EXDATE: “tomorrow”",
        "is cut off: END:VEVENT is missing",
    ] == list(reasons.values())
    ada.assert_right()


def test_titles_are_cleaned(ada: Book) -> None:
    """Nothing in them steers a terminal or turns the text around, however long they are."""
    summary = "Lunch\x1b[31m \u202eevil\u202c\x00" + "x" * 5_000
    assert 1 == _import(ada, calendar(meeting(summary=summary))).created
    told = ada.timeline("ada")[0].summary or ""
    assert "Lunch [31m evil x" == told[:17]
    assert 200 == len(told)


def test_a_series_that_never_ends_is_bounded(ada: Book) -> None:
    """Twenty years back and not a day further; of too many the newest, and it is said."""
    events = (meeting(str(it), "19950305T113000Z", "RRULE:FREQ=DAILY") for it in range(3))
    found = list(entries_of_events(calendar(*events), ada.performer, many=12))
    entries = [it for it in found if isinstance(it, Entry)]
    assert MOST_OCCURRENCES == len(entries)
    assert ["2006-09-21", "2006-09-21", "2011-12-22", "2026-09-21"] == [
        to_rfc3339(entries[it].command.at or NOW)[:10] for it in (0, 7_306, 14_612, -1)
    ]
    (remark,) = (it for it in found if isinstance(it, Remark))
    assert "1,918 left out" in remark.sentence


def test_an_entry_by_hand_stays_beside_it(ada: Book) -> None:
    """A calendar knows its own entries only."""
    ada.do(LogInteraction(("ada",), "met", at=Instant(NOW - 86_400)))
    assert 1 == _import(ada, calendar(meeting())).created
    assert 2 == ada.show("ada").recency.meeting
