"""An iCalendar file cut into its components (RFC 5545 3.4 to 3.6), bounded and tolerant.

Of a calendar of 50 MB most is descriptions, attachments and alarms. Only the properties asked for
are kept, as octets, and understood when somebody wants to know what they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from krmd.formats.reading import Skipped
from krmd.formats.text_encoding import find_encoding

LONGEST_LINE = 65_536
LONGEST_COMPONENT = 1_048_576
"""So many octets of a line, and of all lines kept of a component, are taken at most."""

# A line break before a blank folds a line; some programs fold by LF or CR alone.
_LINE = re.compile(rb"(?:[^\r\n]++|(?:\r\n|\n|\r)[ \t])++")
_FOLD = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_NAME = re.compile(rb"[A-Za-z0-9-]{1,40}(?=[:;])")
_BEGIN = b"BEGIN:VCALENDAR"
_HEAD = 4096

Wanted = Mapping[str, frozenset[bytes]]
"""Names of components, each with the properties kept of it, in capitals."""
EVERYTHING: frozenset[bytes] = frozenset()
"""All properties, and the components inside."""


class Component(NamedTuple):
    """A component: the line of its BEGIN (the first is 1), its name, the calendar's METHOD ("" for
    none), and the lines kept of it.
    """

    line: int
    name: str
    method: str
    octets: bytes


class CutOff(NamedTuple):
    """The file ends before its calendar does, in this line."""

    line: int


def is_calendar(octets: bytes) -> bool:
    """Whether a file that begins so is an iCalendar file, whatever it is called."""
    return in_utf8(octets[:_HEAD]).lstrip()[: len(_BEGIN)].upper() == _BEGIN


def in_utf8(octets: bytes) -> bytes:
    """The file in UTF-8 without a byte order mark; any other encoding but UTF-16 is left as it is,
    since the lines of old files differ in it.
    """
    encoding = find_encoding(octets[:_HEAD]) or ""
    if encoding.startswith(("utf-16", "utf-32")):
        return octets.decode(encoding, "replace").encode()
    return octets.removeprefix(b"\xef\xbb\xbf")


def components(octets: bytes, wanted: Wanted) -> Iterator[Component | Skipped | CutOff]:
    """The wanted components of a file in UTF-8, in order, however deep they lie.

    What is cut off, or too long, is skipped; END of a component also ends what is open inside it.
    """
    cutter = _Cutter(wanted)
    number, before = 1, 0
    for found in _LINE.finditer(octets):
        start = found.start()
        number += octets.count(b"\n", before, start) or octets.count(b"\r", before, start)
        before = start
        # A line may be megabytes of an attachment, of which nothing is wanted but the name.
        name = _NAME.match(octets, start)
        if name is not None and cutter.wants(name[0].upper()):
            raw = octets[start : min(found.end(), start + LONGEST_LINE)]
            yield from cutter.take(number, name[0].upper(), _FOLD.sub(b"", raw).rstrip())
    yield from cutter.end(number)


class _Cutter:
    """Which component is open, and what is kept of it."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._open = ""
        self._begun = 0
        self._inside = 0
        self._lines: list[bytes] = []
        self._size = 0
        self._method = ""
        self._calendars = 0

    def wants(self, name: bytes) -> bool:
        """Whether a line of that name matters where the file is now."""
        if name in (b"BEGIN", b"END"):
            return True
        if not self._open:
            return name == b"METHOD"
        kept = self._wanted[self._open]
        return not kept or (not self._inside and name in kept)

    def take(self, number: int, name: bytes, line: bytes) -> Iterator[Component | Skipped]:
        """The next line; gives what ends by it."""
        value = line.partition(b":")[2].strip().upper().decode("ascii", "replace")
        if name == b"BEGIN":
            yield from self._begin(number, value)
        elif name == b"END":
            yield from self._end(value)
        elif self._open:
            self._keep(line)
        else:
            self._method = value

    def end(self, number: int) -> Iterator[Skipped | CutOff]:
        """The file's end."""
        yield from self._cut_off()
        if self._calendars > 0:
            yield CutOff(number)

    def _begin(self, number: int, value: str) -> Iterator[Skipped]:
        if value in self._wanted or value == "VCALENDAR":
            yield from self._cut_off()
        if value == "VCALENDAR":
            self._calendars += 1
            self._method = ""
        elif value in self._wanted:
            self._open, self._begun = value, number
            self._inside = self._size = 0
            self._lines = []
        elif self._open:
            self._inside += 1
            self._keep_nested(f"BEGIN:{value}")

    def _end(self, value: str) -> Iterator[Component | Skipped]:
        if value == "VCALENDAR":
            yield from self._cut_off()
            self._calendars -= 1
        elif self._open and value == self._open:
            if self._size > LONGEST_COMPONENT:
                yield Skipped(self._begun, f"is longer than {LONGEST_COMPONENT:,} octets")
            else:
                octets = b"\n".join(self._lines)
                yield Component(self._begun, self._open, self._method, octets)
            self._open = ""
        elif self._inside:
            self._inside -= 1
            self._keep_nested(f"END:{value}")

    def _cut_off(self) -> Iterator[Skipped]:
        if self._open:
            yield Skipped(self._begun, f"is cut off: END:{self._open} is missing")
        self._open = ""

    def _keep_nested(self, line: str) -> None:
        if not self._wanted[self._open]:
            self._keep(line.encode())

    def _keep(self, line: bytes) -> None:
        self._size += len(line)
        if self._size <= LONGEST_COMPONENT:
            self._lines.append(line)
