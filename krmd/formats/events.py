"""The events of an iCalendar file (RFC 5545 3.6.1), as every program exports them.

A file is cut once; its events are understood one series at a time, a series being all VEVENTs of
one UID: what was planned, and what was changed of it. A bad VEVENT costs itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

from krmd.base.errors import UserError
from krmd.formats.attendees import Attendee, attendees_of
from krmd.formats.calendar_parts import (
    EVERYTHING,
    Component,
    CutOff,
    components,
    in_utf8,
)
from krmd.formats.calendar_times import When, read_duration, read_when
from krmd.formats.calendar_zones import Zones
from krmd.formats.content_lines import ContentLine, contents_of
from krmd.formats.reading import Skipped
from krmd.formats.vcard_text import list_of, unescaped
from krmd.ledger.portrait import clean

MOST_EVENTS = 200_000
"""So many of a file are read."""
LONGEST_SUMMARY = 200
"""So many characters of a title are kept, as of a mail's subject."""
_DAY = 86_400
_WANTED = {
    "VEVENT": frozenset(
        b"UID RECURRENCE-ID DTSTART DTEND DURATION SUMMARY STATUS ATTENDEE ORGANIZER RRULE RDATE"
        b" EXDATE CATEGORIES SEQUENCE DTSTAMP LAST-MODIFIED".split()
    ),
    "VTIMEZONE": EVERYTHING,
}
_LONGEST_UID = 1_000
_UID = re.compile(rb"^UID[^:\n]*:(.+)$", re.IGNORECASE | re.MULTILINE)
_TZID = re.compile(rb"^TZID[^:\n]*:(.+)$", re.IGNORECASE | re.MULTILINE)
# What is sent about an event is none (RFC 5546 1.4).
_ABOUT_EVENTS = frozenset(("CANCEL", "REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"))


class Remark(NamedTuple):
    """What is worth knowing of a line that was taken all the same."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Event:
    """One VEVENT. `length` is in seconds; `recurrence` names the occurrence of the series that this
    stands for; `rules`, `more` and `without` are its RRULEs, RDATEs and EXDATEs; of two that say
    the same of one UID the greater `version` counts.
    """

    line: int
    uid: str
    summary: str
    categories: tuple[str, ...]
    attendees: tuple[Attendee, ...]
    cancelled: bool
    start: When
    length: int
    recurrence: When | None
    rules: tuple[str, ...]
    more: tuple[When, ...]
    without: tuple[When, ...]
    version: tuple[int, str]


class Series(NamedTuple):
    """What is said of one UID, beginning in a line: the event as planned, if the file has it, and
    single occurrences that are otherwise. An event that doesn't recur is a series too.
    """

    line: int
    uid: str
    planned: Event | None
    changed: tuple[Event, ...]

    @property
    def events(self) -> tuple[Event, ...]:
        """All its events."""
        return (self.planned, *self.changed) if self.planned is not None else self.changed


@dataclass(slots=True)
class _Lines:
    """The lines of a VEVENT, by what is done with them."""

    once: dict[str, ContentLine] = field(default_factory=dict)
    many: dict[str, list[ContentLine]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.once[name].value.strip() if name in self.once else ""


class Calendar:
    """A file of events. `zone` is the owner's; `zones` tells the instants of its times.

    Raises UserError where it holds more than MOST_EVENTS.
    """

    def __init__(self, octets: bytes, zone: ZoneInfo) -> None:
        self._by_uid: dict[bytes, list[Component]] = {}
        self._faults: list[Skipped | Remark] = []
        definitions: dict[str, bytes] = {}
        for number, part in enumerate(components(in_utf8(octets), _WANTED)):
            if number == MOST_EVENTS:
                raise UserError(
                    f"the calendar has more than {MOST_EVENTS:,} events; export less of it"
                )
            match part:
                case Component(name="VEVENT"):
                    uid = _UID.search(part.octets)
                    # Without a UID an event is a series of its own.
                    key = uid[1].strip() if uid else b"\n%d" % part.line
                    self._by_uid.setdefault(key, []).append(part)
                case Component():
                    tzid = _TZID.search(part.octets)
                    if tzid is not None:
                        name = unescaped(tzid[1].strip().decode("utf-8", "replace"))
                        definitions.setdefault(name, part.octets)
                case CutOff(line=line):
                    text = "the file ends without END:VCALENDAR; what came after is missing"
                    self._faults.append(Remark(line, text))
                case Skipped():
                    self._faults.append(part)
        self.zones = Zones(zone, definitions)

    def series(self) -> Iterator[Series | Skipped | Remark]:
        """All series in the order of the file, and what of it can't be used."""
        yield from self._faults
        for parts in self._by_uid.values():
            events: list[Event] = []
            for part in parts:
                unknown = len(self.zones.unknown)
                try:
                    events.append(self._event(part))
                except (ValueError, OverflowError) as error:
                    yield Skipped(part.line, str(error))
                for tzid in self.zones.unknown[unknown:]:
                    text = f"nobody knows the time zone “{clean(tzid)}”; yours is taken for it"
                    yield Remark(part.line, text)
            if events:
                yield (series := _gathered(events))
                yield from _superseded(events, series.planned)

    def _event(self, part: Component) -> Event:
        lines = _Lines()
        for line in contents_of(part.octets).lines:
            lines.once.setdefault(line.head.name, line)
            lines.many.setdefault(line.head.name, []).append(line)
        if "DTSTART" not in lines.once:
            raise ValueError("has no DTSTART")
        start = read_when(lines.once["DTSTART"])
        summary = clean(unescaped(lines.text("SUMMARY")), most=LONGEST_SUMMARY)
        recurrence = lines.once.get("RECURRENCE-ID")
        return Event(
            line=part.line,
            uid=clean(lines.text("UID"), most=_LONGEST_UID) or _made_uid(start, summary),
            summary=summary,
            categories=_categories(lines.many.get("CATEGORIES", [])),
            attendees=attendees_of(
                *lines.many.get("ATTENDEE", ()), *lines.many.get("ORGANIZER", ())[:1]
            ),
            cancelled=lines.text("STATUS").upper() == "CANCELLED" or part.method in _ABOUT_EVENTS,
            start=start,
            length=self._length(start, lines),
            recurrence=None if recurrence is None else read_when(recurrence),
            rules=tuple(line.value.strip() for line in lines.many.get("RRULE", ())),
            more=_listed(lines.many.get("RDATE", [])),
            without=_listed(lines.many.get("EXDATE", [])),
            version=_version(lines),
        )

    def _length(self, start: When, lines: _Lines) -> int:
        """Until DTEND, or as long as DURATION says; else a day, or no time at all (3.6.1)."""
        if "DTEND" in lines.once:
            end = self.zones.instant(read_when(lines.once["DTEND"]))
            return max(end - self.zones.instant(start), 0)
        if "DURATION" in lines.once:
            return read_duration(lines.text("DURATION"))
        # Asked here too, so that a zone nobody knows is told where it stands.
        self.zones.instant(start)
        return _DAY if start.is_date else 0


def _gathered(events: list[Event]) -> Series:
    """Of several versions of one event, as in calendars put together, the newest."""
    planned: Event | None = None
    changed: dict[object, Event] = {}
    for event in events:
        if event.recurrence is None:
            planned = _newer(planned, event)
        else:
            changed[event.recurrence] = _newer(changed.get(event.recurrence), event)
    return Series(events[0].line, events[0].uid, planned, tuple(changed.values()))


def _superseded(events: list[Event], planned: Event | None) -> Iterator[Remark]:
    """A program may give different events one UID; then all but one are lost, and that is told."""
    for event in events:
        if planned is not None and event.recurrence is None and event.start != planned.start:
            text = f"has the UID of the event in line {planned.line}, which alone is taken"
            yield Remark(event.line, text)


def _newer(known: Event | None, other: Event) -> Event:
    return known if known is not None and known.version > other.version else other


def _version(lines: _Lines) -> tuple[int, str]:
    sequence = lines.text("SEQUENCE")
    number = int(sequence) if sequence.isascii() and sequence[:9].isdigit() else 0
    return number, lines.text("LAST-MODIFIED") or lines.text("DTSTAMP")


def _made_uid(start: When, summary: str) -> str:
    return hashlib.blake2b(repr((start, summary)).encode(), digest_size=16).hexdigest()


def _listed(lines: list[ContentLine]) -> tuple[When, ...]:
    """The dates and times of lines that list them; of periods (3.3.9) their beginnings."""
    values = ((line, value) for line in lines for value in line.value.split(",") if value.strip())
    return tuple(read_when(line, value.partition("/")[0]) for line, value in values)


def _categories(lines: list[ContentLine]) -> tuple[str, ...]:
    texts = (clean(text) for line in lines for text in list_of(line.value))
    return tuple(dict.fromkeys(text for text in texts if text))
