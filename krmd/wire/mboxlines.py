"""Where the mails of an mbox begin: the From_ lines, found block by block."""

import calendar
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from krmd.base.instant import Instant

BLOCK = 1 << 20
"""Octets read at once."""

HEAD = 262_144
"""Octets of a header block that are handed out; what stands behind them is cut off."""

_LINE = re.compile(rb"\nFrom [^\n]{1,998}\n")
_HEADER_END = re.compile(rb"\n\r?\n")
_FIELD = re.compile(rb"(?:>From |[!-9;-~]+[ \t]*:|\r?\n)")
_CLOCK = re.compile(rb"\b(\d{1,2}):(\d{2})(?::(\d{2}))?\b")
_MONTH = re.compile(rb"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b", re.IGNORECASE)
_DAY = re.compile(rb"(?<![\d:+-])(\d{1,2})(?![\d:])")
_YEAR = re.compile(rb"(?<![\d+-])((?:19|20)\d\d)(?!\d)")
_ZONE = re.compile(rb"[ ]([+-])(\d\d)(\d\d)\b")
_MONTHS = {name.lower().encode(): n for n, name in enumerate(calendar.month_abbr) if n}
_LONGEST_LINE = 1100


class MboxMail(NamedTuple):
    """One mail of an mbox: its place in the file, its From_ line's time, and its header block."""

    place: int
    received: Instant | None
    header: bytes


def mails_of(file: BinaryIO) -> Iterator[MboxMail]:
    """The mails of an mbox in their order, in memory of a few blocks whatever its size.

    A line in a body that begins with `From ` begins no mail unless a date stands in it and a header
    field follows: mboxo writers don't quote what mboxrd writers would.
    """
    # A From_ line is known by the line break before it: the first one is lent its own.
    window, origin, more = b"\n", -1, True
    while more:
        block = file.read(BLOCK)
        more = bool(block)
        window += block
        # To judge a line and to hand out a mail, what follows is needed.
        safe = len(window) - (_LONGEST_LINE + HEAD if more else 0)
        place = 0
        while (found := _next(window, place)) and found.start() < safe:
            yield MboxMail(origin + found.start() + 1, _moment(found[0]), _header(window, found))
            place = found.end() - 1
        kept = max(place, safe - 1, 0) if more else len(window)
        window, origin = window[kept:], origin + kept


def _header(window: bytes, found: re.Match[bytes]) -> bytes:
    start, limit = found.end(), found.end() + HEAD
    blank = _HEADER_END.search(window, start - 1, limit)
    end = blank.end() if blank else limit
    following = _next(window, start - 1, end)
    return window[start : following.start() + 1 if following else end]


def _next(window: bytes, place: int, end: int | None = None) -> re.Match[bytes] | None:
    end = len(window) if end is None else end
    while found := _LINE.search(window, place, end):
        dated = _moment(found[0]) is not None or _stands_bare(window, found)
        if dated and _FIELD.match(window, found.end()):
            return found
        place = found.end() - 1
    return None


def _stands_bare(window: bytes, found: re.Match[bytes]) -> bool:
    """Whether it is a From_ line without a date, which only a blank line before tells from text."""
    before = window[max(0, found.start() - 2) : found.start()]
    return len(found[0].split()) <= 2 and (not before or before.endswith((b"\n", b"\n\r")))


def _moment(line: bytes) -> Instant | None:
    """The time in a From_ line: asctime, with or without an offset (then UTC), in any order."""
    clock = _CLOCK.search(line)
    if clock is None:
        return None
    month = _last(_MONTH, line)
    year = _last(_YEAR, line, clock.end()) or _last(_YEAR, line)
    if month is None or year is None:
        return None
    # `Jan  3 01:05:34` as asctime has it, or `3 Jan 1996 01:05:34` as some have it.
    day = _DAY.search(line[month.end() : clock.start()]) or _last(_DAY, line[: month.start()])
    if day is None:
        return None
    date = (int(year[1]), _MONTHS[month[1].lower()], int(day[1]))
    try:
        moment = calendar.timegm((*date, int(clock[1]), int(clock[2]), int(clock[3] or 0)))
    except ValueError:
        return None
    if zone := _ZONE.search(line, clock.end()):
        east = (int(zone[2]) * 60 + int(zone[3])) * 60
        moment += east if zone[1] == b"-" else -east
    return Instant(moment)


def _last(pattern: re.Pattern[bytes], line: bytes, place: int = 0) -> re.Match[bytes] | None:
    return max(pattern.finditer(line, place), key=lambda found: found.start(), default=None)
