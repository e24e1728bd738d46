"""What subscribers' own parsers see in a calendar: ical.js (Thunderbird), libical, khal's.

Nobody here wrote them. Each reads octets and gives entries as its user would see them, a day each,
with whatever it had to say against the calendar. One process a reading, however many events.
"""

import ctypes
import datetime as dt
import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.servers.libical import LIBRARY
from tests.servers.processes import ServerFailed, ServerMissing, find_program

if TYPE_CHECKING:
    from icalendar import Component

ROOT = Path(__file__).parents[2]
ICAL_JS = ROOT / "build/icaljs/node_modules/ical.js/dist/ical.js"


class Entry(NamedTuple):
    """A day in somebody's calendar; `until` is the first day after it."""

    uid: str
    first: dt.date
    until: dt.date
    title: str
    description: str
    categories: tuple[str, ...]


class Reading(NamedTuple):
    """What a parser made of a calendar: its entries by UID and day, and its complaints."""

    entries: tuple[Entry, ...]
    warnings: tuple[str, ...]

    def titles(self) -> list[tuple[str, str]]:
        """Day and title of each, sorted; a blank that doesn't break is a blank."""
        return sorted(
            (entry.first.isoformat(), entry.title.replace("\u00a0", " ")) for entry in self.entries
        )


Reader = Callable[[bytes, range], Reading]
"""Reads a calendar; tells of the days within a range of years."""


def readers() -> dict[str, Reader]:
    """The parsers by name; ServerMissing where one isn't on this machine."""
    find_program("node")
    if not ICAL_JS.exists():
        raise ServerMissing("ical.js is not in build/icaljs")
    try:
        ctypes.CDLL(LIBRARY)
    except OSError as error:
        raise ServerMissing("libical is not installed") from error
    return {"ical.js": by_ical_js, "libical": by_libical, "icalendar": by_icalendar}


def by_ical_js(calendar: bytes, years: range) -> Reading:
    """Thunderbird's parser, in node; raises ServerFailed where it gives up."""
    program = Path(__file__).with_name("icaljs.mjs")
    return _asked([find_program("node"), str(program), str(ICAL_JS)], calendar, years)


def by_libical(calendar: bytes, years: range) -> Reading:
    """The C library of Evolution, KOrganizer and Cyrus; raises ServerFailed where it gives up."""
    program = Path(__file__).with_name("libical.py")
    return _asked([sys.executable, "-I", str(program)], calendar, years)


def by_icalendar(calendar: bytes, years: range) -> Reading:
    """icalendar, and its events' days by dateutil as khal has them."""
    # Here: they take half a second, and all tests load this module.
    import icalendar
    from khal.icalendar import expand  # type: ignore[import-untyped]

    entries: list[Entry] = []
    with _heard("khal") as warnings:
        tree = icalendar.Calendar.from_ical(calendar)
        warnings += [f"{name}: {problem}" for name, problem in tree.errors]
        for event in tree.walk("VEVENT"):
            warnings += [f"{event['UID']}: {name}: {problem}" for name, problem in event.errors]
            for first, until in expand(event) or ():
                if isinstance(first, dt.datetime) or isinstance(until, dt.datetime):
                    warnings.append(f"{event['UID']} isn't all day")
                elif first.year in years:
                    entries.append(_entry(event, first, until))
        if others := {each.name for each in tree.subcomponents} - {"VEVENT"}:
            warnings.append(f"between the events: {others}")
    return Reading(tuple(sorted(entries)), tuple(warnings))


def lines_of(calendar: bytes) -> list[str]:
    """Unfolded content lines; asserts what RFC 5545, section 3.1, asks of the folded ones."""
    assert calendar.endswith(b"\r\n")
    folded = calendar[:-2].split(b"\r\n")
    for line in folded:
        assert len(line) <= 75, line
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line), line
        line.decode()  # a fold never splits a character: Thunderbird would lose it
    return re.sub(rb"\r\n[ \t]", b"", calendar[:-2]).decode().split("\r\n")


def _entry(event: "Component", first: dt.date, until: dt.date) -> Entry:
    return Entry(
        str(event["UID"]),
        first,
        until,
        str(event.get("SUMMARY", "")),
        str(event.get("DESCRIPTION", "")),
        tuple(str(each) for each in event.categories),  # type: ignore[attr-defined]
    )


def _asked(command: Sequence[str], calendar: bytes, years: range) -> Reading:
    done = subprocess.run(
        [*command, str(years[0]), str(years[-1])],
        input=calendar,
        capture_output=True,
        timeout=60,
        check=False,
    )
    complaint = done.stderr.decode(errors="replace")
    if done.returncode != 0:
        raise ServerFailed(f"{command[-1]} gave up: {complaint[-2000:]}")
    told = json.loads(done.stdout)
    entries = (
        Entry(uid, dt.date.fromisoformat(first), dt.date.fromisoformat(until), title, text, (*of,))
        for uid, first, until, title, text, of in told["entries"]
    )
    return Reading(tuple(sorted(entries)), (*told["warnings"], *complaint.splitlines()))


@contextmanager
def _heard(logger: str) -> Iterator[list[str]]:
    """What a logger says."""
    said: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    handler = Handler(logging.WARNING)
    logging.getLogger(logger).addHandler(handler)
    try:
        yield said
    finally:
        logging.getLogger(logger).removeHandler(handler)
