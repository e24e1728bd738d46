"""Calendars as octets (RFC 5545): the head, a VEVENT for each event, the tail.

icalendar escapes, types and spells; what many events have alike it spells once, and each is put
together of lines. The same events give the same octets: nothing here knows the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import is_normalized

from krmd.base.instant import Instant, to_datetime
from krmd.ledger.portrait import clean, clean_lines
from krmd.outputs.event import Draft, Stamp, Stamped

if TYPE_CHECKING:
    from icalendar import Component

COLORS = {
    "teal": "#008080",
    "steelblue": "#4682B4",
    "seagreen": "#2E8B57",
    "goldenrod": "#DAA520",
    "tomato": "#FF6347",
    "orchid": "#DA70D6",
    "slategray": "#708090",
}
"""Colours a calendar may have: the CSS name for COLOR (RFC 7986 5.9), the value for Apple."""
CALENDAR_TAIL = b"END:VCALENDAR\r\n"
LONGEST_TITLE = 255
LONGEST_DESCRIPTION = 8_000
"""In characters."""
_REFRESH = timedelta(hours=12)
_LONGEST_LINE = 75
"""Octets, without the line break (RFC 5545 3.1)."""
_BREAKS = str.maketrans("\u2028\u2029", "\n\n")
# Python's own splitlines takes them for the ends of lines, and vdirsyncer reads by it: what
# follows one in a name would be a line of the calendar.


def write_events(stamped: Sequence[Stamped]) -> list[bytes]:
    """One VEVENT for each, in their order: CRLF, folded, no text outside of its own property."""
    return [_event(draft, stamp) for draft, stamp in stamped]


def calendar_head(name: str, color: str = "teal") -> bytes:
    """A calendar up to its first event. `color` is one of COLORS (KeyError).

    No UID: with one, vdirsyncer takes the whole calendar for a single item (its issue 1222). No
    METHOD, which would make an invitation of it, and no zone: all days are floating.
    """
    from icalendar import Calendar

    title = clean(name)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//krmd//calendar feed//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("color", color)
    calendar.add("x-apple-calendar-color", COLORS[color])
    # RFC 7986 5.7 wants the parameter, which icalendar leaves out by itself.
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    spelled: bytes = calendar.to_ical()
    return (
        spelled.removesuffix(CALENDAR_TAIL) + _line(b"NAME", title) + _line(b"X-WR-CALNAME", title)
    )


def calendar_of_one(head: bytes, event: bytes) -> bytes:
    """A whole calendar of one event, as vdir keeps each."""
    return head + event + CALENDAR_TAIL


def _event(draft: Draft, stamp: Stamp) -> bytes:
    title = clean(draft.title, most=LONGEST_TITLE)
    text = _cleaned(draft.description)
    changed, known = _times(stamp.modified)
    summary = _escaped(title)
    return b"".join(
        (
            b"BEGIN:VEVENT\r\n",
            _folded(b"SUMMARY:" + summary),
            _days(draft.day),
            changed,
            _line(b"UID", draft.uid),
            b"SEQUENCE:%d\r\n" % stamp.sequence,
            _categories(draft.categories),
            b"CLASS:PRIVATE\r\n",
            _line(b"DESCRIPTION", text) if text else b"",
            known,
            b"TRANSP:TRANSPARENT\r\n",
            b"" if draft.alarm_minutes is None else _alarm(summary, draft.alarm_minutes),
            b"END:VEVENT\r\n",
        )
    )


def _cleaned(text: str) -> str:
    """What `clean_lines` makes of a text, in an eighth of the time where that is the same."""
    flat = text.replace("\n", "")
    if flat.isprintable() and is_normalized("NFC", text) and " \n" not in text:
        return text.strip()[:LONGEST_DESCRIPTION].rstrip()
    return clean_lines(text.translate(_BREAKS), most=LONGEST_DESCRIPTION)


def _alarm(summary: bytes, minutes: int) -> bytes:
    head, tail = _reminder(minutes)
    return head + _folded(b"DESCRIPTION:" + summary) + tail


@lru_cache(maxsize=64)
def _reminder(minutes: int) -> tuple[bytes, bytes]:
    """An alarm around its description. Never after the day begins: Exchange takes the absolute
    value of a trigger (MS-OXCICAL), so that nine in the morning would be three the day before.
    """
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(minutes=-max(minutes, 0)))
    # icalendar's P0D is as valid; every program that sets alarms itself writes the other.
    spelled = alarm.to_ical().replace(b":P0D\r", b":PT0S\r")
    at = spelled.index(b"TRIGGER")
    return spelled[:at], spelled[at:]


@lru_cache(maxsize=4096)
def _days(day: str) -> bytes:
    """DTSTART and DTEND of an all-day event; without an end Exchange drops it (MS-STANXICAL)."""
    from icalendar import Event

    event = Event()
    event.add("dtstart", date.fromisoformat(day))
    event.add("dtend", date.fromisoformat(day) + timedelta(days=1))
    return _inside(event)


@lru_cache(maxsize=4096)
def _times(modified: Instant) -> tuple[bytes, bytes]:
    """DTSTAMP and LAST-MODIFIED."""
    from icalendar import Event

    event = Event()
    event.add("dtstamp", to_datetime(modified))
    event.add("last-modified", to_datetime(modified))
    first, second = _inside(event).splitlines(keepends=True)
    return first, second


@lru_cache(maxsize=256)
def _categories(names: tuple[str, ...]) -> bytes:
    values = [_escaped(name) for it in names if (name := clean(it))]
    return _folded(b"CATEGORIES:" + b",".join(values)) if values else b""


def _inside(component: Component) -> bytes:
    """A component's lines without BEGIN and END."""
    return b"".join(component.to_ical().splitlines(keepends=True)[1:-1])


def _line(name: bytes, text: str) -> bytes:
    return _folded(name + b":" + _escaped(text))


def _escaped(text: str) -> bytes:
    r"""A text as RFC 5545 3.3.11 spells it.

    icalendar takes a written-out `\N` for a line break (7.3.2): it gets what lies around those.
    """
    from icalendar import vText

    if "\\N" not in text:
        return vText(text).to_ical()
    return rb"\\N".join(vText(part).to_ical() for part in text.split("\\N"))


def _folded(line: bytes) -> bytes:
    r"""A line with its breaks, cut between characters and not within `\,` or `\\`.

    Not by icalendar, which goes character by character (a third of a first build's time) and cuts
    `\\` in two; no reader that unfolds first minds, others do.
    """
    if len(line) <= _LONGEST_LINE:
        return line + b"\r\n"
    pieces = []
    start, room = 0, _LONGEST_LINE
    while len(line) - start > room:
        end = start + room
        while line[end] & 0xC0 == 0x80:  # the middle of a character
            end -= 1
        piece = line[start:end]
        if (len(piece) - len(piece.rstrip(b"\\"))) % 2:
            piece = piece[:-1]
        pieces.append(piece)
        start += len(piece)
        room = _LONGEST_LINE - 1  # after the blank
    pieces.append(line[start:])
    return b"\r\n ".join(pieces) + b"\r\n"
