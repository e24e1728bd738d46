"""What a TZID means: zones by name, and zones that a calendar defines (RFC 5545 3.6.5).

A name is IANA's, Windows', or IANA's behind a vendor's prefix. Names come first, since a definition
often holds this year's rules only.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from krmd.base.instant import Instant, from_datetime
from krmd.formats.calendar_times import When, read_when
from krmd.formats.content_lines import ContentLine, contents_of
from krmd.formats.recurrence import read_rule, starts
from krmd.formats.vcard_text import unescaped

NOON = time(12)
MOST_DEFINITIONS = 50
MOST_OBSERVANCES = 50
"""So many VTIMEZONEs of a file are understood, and so many of the rules in each."""
_MOST_ONSETS = 200
_FIRST_YEAR = 1970
_LAST_YEAR = 2037
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)(?::?(\d\d))?")
_IANA = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,3}")
_MOST_PREFIXES = 8
_UTC = ("UTC", "GMT", "Z")


class Zones:
    """Turns what a calendar spells into instants. `zone` is the owner's, for times without one;
    `definitions` are the octets of VTIMEZONEs by TZID; `unknown` gathers what nobody knows.
    """

    def __init__(self, zone: ZoneInfo, definitions: Mapping[str, bytes]) -> None:
        self._zone = zone
        self._definitions = definitions
        self._known: dict[str, Callable[[datetime], Instant]] = {
            "": self._here,
            "UTC": lambda local: from_datetime(local.replace(tzinfo=UTC)),
        }
        self._understood = 0
        self.unknown: list[str] = []

    def instant(self, when: When) -> Instant:
        """When it is: a date begins at the owner's midnight."""
        if when.zone not in self._known:
            self._known[when.zone] = self._found(when.zone)
        return self._known[when.zone](when.local)

    def noon(self, day: date) -> Instant:
        """The owner's noon of that day."""
        return self._here(datetime.combine(day, NOON))

    def _here(self, local: datetime) -> Instant:
        return from_datetime(local.replace(tzinfo=self._zone))

    def _found(self, tzid: str) -> Callable[[datetime], Instant]:
        zone = named_zone(tzid)
        definition = self._definitions.get(unescaped(tzid))
        if zone is None and definition is not None and self._understood < MOST_DEFINITIONS:
            self._understood += 1
            defined = define(definition)
            if isinstance(defined, Definition):
                return defined.instant
            zone = defined
        if zone is None:
            self.unknown.append(tzid)
            return self._here
        return lambda local: from_datetime(local.replace(tzinfo=zone))


class Definition(NamedTuple):
    """A zone as a VTIMEZONE defines it: local times at which the clock is changed, ascending, and
    the seconds east of Greenwich from each on; `before` those before the first.
    """

    changes: tuple[datetime, ...]
    offsets: tuple[int, ...]
    before: int

    def instant(self, local: datetime) -> Instant:
        """The instant of a local time."""
        place = bisect_right(self.changes, local)
        offset = self.offsets[place - 1] if place else self.before
        return Instant(from_datetime(local.replace(tzinfo=UTC)) - offset)


def named_zone(tzid: str) -> ZoneInfo | None:
    """The zone of a TZID by its name, if that is one."""
    parts = tzid.strip().strip("/").split("/")
    if parts[-1].upper() in _UTC:
        return ZoneInfo("UTC")
    for first in range(min(len(parts), _MOST_PREFIXES)):
        # "/freeassociation.sourceforge.net/Europe/Berlin", "/mozilla.org/20050126_1/Europe/Berlin"
        name = "/".join(parts[first:])
        if _IANA.fullmatch(name):
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: "Europe", a folder
                continue
    # A quarter of a second to import, for files from Windows only.
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    windows = WINDOWS_TO_OLSON.get(tzid.strip())
    return None if windows is None else ZoneInfo(windows)


def define(octets: bytes) -> Definition | ZoneInfo | None:
    """The zone that the lines of a VTIMEZONE define; None where they don't."""
    before: list[tuple[datetime, int]] = []
    changes: dict[datetime, int] = {}
    observance: dict[str, list[ContentLine]] = {}
    observances = 0
    for line in contents_of(octets).lines:
        name = line.head.name
        if name == "X-LIC-LOCATION" and (zone := named_zone(line.value)) is not None:
            return zone
        if name == "BEGIN":
            observance = {}
            observances += 1
        elif name == "END" and observances <= MOST_OBSERVANCES:
            try:
                offset = _offset(observance["TZOFFSETTO"][0])
                onsets = list(_onsets(observance))
                before.append((min(onsets), _offset(observance["TZOFFSETFROM"][0])))
            except (KeyError, ValueError):
                continue  # what remains of the definition is better than none
            changes |= dict.fromkeys(onsets, offset)
        else:
            observance.setdefault(name, []).append(line)
    if not before:
        return None
    ascending = tuple(sorted(changes))
    return Definition(ascending, tuple(changes[it] for it in ascending), min(before)[1])


def _onsets(observance: Mapping[str, list[ContentLine]]) -> Iterator[datetime]:
    """The local times from which an observance is in force."""
    start = read_when(observance["DTSTART"][0]).local
    yield start
    for line in observance.get("RDATE", ()):
        for value in line.value.split(","):
            yield read_when(line, value).local
    if "RRULE" in observance:
        rule = read_rule(observance["RRULE"][0].value)
        if rule.frequency != "YEARLY" or len(rule.months) != 1 or max(map(len, rule.times)) > 1:
            return  # no clock is changed so
        if start.year < _FIRST_YEAR and rule.count is None:
            start = start.replace(year=_FIRST_YEAR, day=1)  # Windows begins in 1601
        until = rule.until[:8]
        for onset in islice(starts(rule, start, date(_LAST_YEAR, 12, 31)), _MOST_ONSETS):
            if until and f"{onset:%Y%m%d}" > until:
                return
            yield onset


def _offset(line: ContentLine) -> int:
    found = _OFFSET.fullmatch(line.value.strip())
    if found is None:
        raise ValueError(line.value)
    seconds = int(found[2]) * 3600 + int(found[3]) * 60 + int(found[4] or 0)
    return -seconds if found[1] == "-" else seconds
