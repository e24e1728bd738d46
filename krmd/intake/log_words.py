"""What the words of a logged entry say by themselves: its kind, its direction, and its time."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from krmd.base.errors import UserError
from krmd.base.instant import Instant, from_datetime, to_datetime
from krmd.ledger.interaction import Direction, Kind

MIDDAY = time(12, 0)
"""A day without an hour is logged at its noon, the owner's time."""

_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("call", re.compile(r"\b(call(ed|s)?|phoned|rang|rung|voicemail|telefonier\w*|angerufen)\b")),
    ("meeting", re.compile(r"\b(met|meeting|lunch|dinner|coffee|visited|saw|getroffen)\b")),
    ("message", re.compile(r"\b(texted|messaged|sms|whatsapp|signal|telegram|dm(ed)?)\b")),
    ("letter", re.compile(r"\b(letter|postcard|card|parcel|brief|postkarte)\b")),
    # The last resort: of a mail krmd knows by itself, so that what is logged as written went
    # another way, or would count as an email twice.
    ("message", re.compile(r"\b(wrote|written|e-?mailed|mailed|geschrieben)\b")),
)
_NO_ANSWER = re.compile(r"\b(no answer|not reached|didn'?t (answer|pick up)|nicht erreicht)\b")
_VOICEMAIL = re.compile(r"\b(voice ?mail|answering machine|left a message|mailbox)\b")
_WHEN = re.compile(
    r"(?:^|\s)@(\d{4}-\d{2}-\d{2}(?:[ T]\d{1,2}:\d{2})?|[a-z0-9][\w-]*(?:\s+\d{1,2}:\d{2})?)",
    re.IGNORECASE,
)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2}):(\d{2}))?\Z")
_NUMBER = re.compile(r"\d{1,7}\Z|\d{9,}\Z")
_EARLIEST = 1900
_HOUR = re.compile(r"\d:\d|\dT\d|\bmidnight\b", re.IGNORECASE)
_AGO = re.compile(r"(\d{1,3})\s*(?:d|days?)(?:\s*ago)?\Z", re.IGNORECASE)
_WITH_HOUR = re.compile(r"(.*\S)\s+(\d{1,2}):(\d{2})\Z")
_DAYS = {"today": 0, "yesterday": 1, "heute": 0, "gestern": 1, "vorgestern": 2}


class LogWords(NamedTuple):
    """What could be told from the words. `text` is without the `@when`; `counts` is false for a
    call that reached nobody.
    """

    text: str
    kind: Kind | None
    direction: Direction | None
    counts: bool
    at: Instant | None


def read_log_words(text: str, *, now: Instant, zone: ZoneInfo, dated: bool = False) -> LogWords:
    """Understand a line of the log; raises UserError for a time that can't be one. Where its time
    is known by other means (`dated`), an @ is only text.
    """
    at = None
    stated = None if dated else _WHEN.search(text)
    if stated is not None:
        at = read_when(stated[1], now=now, zone=zone)
        text = (text[: stated.start()] + text[stated.end() :]).strip(" ,;:")
    lowered = text.lower()
    kind = next((kind for kind, pattern in _KINDS if pattern.search(lowered)), None)
    if _NO_ANSWER.search(lowered):
        return LogWords(text, kind or "call", "outbound", False, at)
    if _VOICEMAIL.search(lowered):
        return LogWords(text, kind or "call", "outbound", True, at)
    return LogWords(text, kind, None, True, at)


def read_when(text: str, *, now: Instant, zone: ZoneInfo) -> Instant:
    """A time as people write it, in the owner's zone; never in the future, none before 1900.

    `2026-11-20`, `2026-11-20 18:00`, `yesterday`, `yesterday 18:00`, `3 days ago`, RFC 3339, and
    what dateparser understands of other words. Raises UserError where it isn't one.
    """
    text = text.strip().lstrip("@")
    moment = None
    # dateparser takes @99 for a year, @3 for a month.
    if not _NUMBER.match(text):
        moment = _plain(text, now=now, zone=zone) or _other(text, now=now, zone=zone)
    if moment is None:
        raise UserError(f"“{text}” is no time; write 2026-11-20, 2026-11-20 18:00 or yesterday")
    if moment.year < _EARLIEST:
        raise UserError(f"“{text}” is before {_EARLIEST}; write the year with four digits")
    instant = from_datetime(moment)
    if instant > now:
        if moment.time() == MIDDAY and moment.date() == to_datetime(now).astimezone(zone).date():
            return now
        raise UserError(f"“{text}” has not come yet; what is logged has happened")
    return instant


def _plain(text: str, *, now: Instant, zone: ZoneInfo) -> datetime | None:
    today = to_datetime(now).astimezone(zone).date()
    hour = MIDDAY
    with_hour = _WITH_HOUR.match(text)
    iso = _ISO.match(text)
    try:
        if iso is not None:
            year, month, day, hours, minutes = (int(part) if part else 0 for part in iso.groups())
            hour = time(hours, minutes) if iso[4] else MIDDAY
            return datetime(year, month, day, hour.hour, hour.minute, tzinfo=zone)
        if with_hour is not None:
            text, hour = with_hour[1], time(int(with_hour[2]), int(with_hour[3]))
    except ValueError:
        return None
    ago = _AGO.match(text)
    days = int(ago[1]) if ago else _DAYS.get(text.lower())
    if days is None:
        return None
    return datetime.combine(today - timedelta(days=days), hour, tzinfo=zone)


def _other(text: str, *, now: Instant, zone: ZoneInfo) -> datetime | None:
    moment: datetime | None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = _parsed(text, now=now, zone=zone)
    if moment is None:
        return None
    if moment.time() == time() and not _HOUR.search(text):
        moment = datetime.combine(moment.date(), MIDDAY, tzinfo=moment.tzinfo)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _parsed(text: str, *, now: Instant, zone: ZoneInfo) -> datetime | None:
    # Half a second to import, for words that are neither a date nor a day's name.
    from dateparser import parse

    local = to_datetime(now).astimezone(zone).replace(tzinfo=None)
    found = parse(
        text,
        settings={"RELATIVE_BASE": local, "PREFER_DATES_FROM": "past", "STRICT_PARSING": False},
    )
    if found is None:
        return None
    return found.replace(tzinfo=zone) if found.tzinfo is None else found
