"""Entries from files, each taken in once: rows of a log, or the past events of a calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath
from zoneinfo import ZoneInfo

from krmd.app.log_entries import Entry, Found, Ignored
from krmd.app.log_events import entries_of_events
from krmd.app.log_rows import entries_of_rows
from krmd.app.perform import Performer, parts_of
from krmd.base.command import Actor
from krmd.base.errors import UserError
from krmd.formats.events import Remark
from krmd.formats.reading import Skipped

AT_A_TIME = 500
"""So many entries are logged in one transaction: the mailboxes' writers wait no longer than that.
"""
MOST_NAMED = 10_000
"""So many lines that were skipped, or remarked on, are named; of a file that isn't what it seems
there may be millions."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file.

    `ignored` are things that are no entries, by reason with their number; `unnamed` is how many
    lines more than MOST_NAMED were skipped.
    """

    created: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    ignored: tuple[tuple[str, int], ...] = ()
    remarks: tuple[Remark, ...] = ()
    unnamed: int = 0


def import_log(
    lines: Iterable[str],
    performer: Performer,
    actor: Actor,
    *,
    zone: ZoneInfo,
    progress: Callable[[int], None] = lambda _line: None,
    source: str = "",
) -> Imported:
    """Log each row of a CSV or of JSON lines (`log_rows`). `source` is the file's name for the
    journal, by default what `actor` says; `progress` hears the line it has come to.

    Raises UserError where the file is neither.
    """
    rows = entries_of_rows(lines, now=performer.clock.now(), zone=zone)
    return _log(rows, performer, actor, progress=progress, source=source)


def import_calendar(
    octets: bytes,
    performer: Performer,
    actor: Actor,
    *,
    many: int,
    progress: Callable[[int], None] = lambda _line: None,
    source: str = "",
) -> Imported:
    """Log the past events of an iCalendar file with the known people of each (`log_events`).

    With more than `many` people an event is a group's. Else as `import_log`; raises UserError where
    it holds more than can be read.
    """
    events = entries_of_events(octets, performer, many=many)
    return _log(events, performer, actor, progress=progress, source=source)


@dataclass(slots=True)
class _Tally:
    """What came of a file so far."""

    created: int = 0
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    unnamed: int = 0

    def skip(self, line: int, reason: str) -> None:
        if len(self.skipped) < MOST_NAMED:
            self.skipped.append(Skipped(line, reason))
        else:
            self.unnamed += 1

    def count(self, found: Found) -> None:
        """What is no entry."""
        match found:
            case Skipped():
                self.skip(*found)
            case Ignored():
                self.ignored[found.reason] += 1
            case Remark() if len(self.remarks) < MOST_NAMED:
                self.remarks.append(found)

    def imported(self) -> Imported:
        return Imported(
            self.created,
            self.unchanged,
            tuple(sorted(self.skipped)),
            tuple(sorted(self.ignored.items())),
            tuple(self.remarks),
            self.unnamed,
        )


def _log(
    found: Iterator[Found],
    performer: Performer,
    actor: Actor,
    *,
    progress: Callable[[int], None],
    source: str,
) -> Imported:
    """Log what is found, some at a time, as one command that one undo takes back."""
    source = source or PurePath(actor.by).name or "a file"
    parts = parts_of(performer.new_uuid())
    tally = _Tally()
    while some := list(islice(found, AT_A_TIME)):
        entries = [it for it in some if isinstance(it, Entry)]
        for it in some:
            tally.count(it)
        fates: list[bool | UserError] = []
        if entries:
            commands = [it.command for it in entries]
            fates = performer.log_some(commands, actor, source=source, part=next(parts))
        for entry, fate in zip(entries, fates, strict=True):
            if isinstance(fate, UserError):
                tally.skip(entry.line, fate.message)
            else:
                tally.created += fate
                tally.unchanged += not fate
        progress(some[-1].line)
    return tally.imported()
