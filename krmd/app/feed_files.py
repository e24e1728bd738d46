"""Feeds as files: the whole calendar in one, or a file for each event (a vdir).

What is unchanged isn't touched, so that whoever watches for changes sees those alone.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from krmd.app.feed_octets import pieces, single_events
from krmd.app.placing import place_file
from krmd.base.errors import UserError
from krmd.outputs.calendar import calendar_head, calendar_of_one
from krmd.store.engine import Transaction
from krmd.store.feeds import FeedRow

MARK = ".krmd-feed"
"""In a vdir: whose events lie there. Programs that read one pass over names with a dot before."""

_EVENT = r"(?:birthday|date-[0-9a-f]{8}(?:-\d+)?|due)-[0-9a-f]{32}(?:-\d{4})?@krmd\.invalid\.ics"
_OURS = re.compile(_EVENT)
_LEFT_BEHIND = re.compile(rf"\.{_EVENT}\.\w+")
"""What a process that was killed while writing leaves."""
_OF_EACH = (b"BEGIN", b"VERSION", b"PRODID", b"CALSCALE")


class FileWritten(NamedTuple):
    """What came of writing a calendar. `is_new`: there was none; its owner alone reads it."""

    octets: int
    changed: bool
    is_new: bool


class FolderWritten(NamedTuple):
    """How many files of a vdir were written, were right as they were, and are gone."""

    written: int
    unchanged: int
    removed: int


def write_calendar(tx: Transaction, feed: FeedRow, file: Path) -> FileWritten:
    """Write what is served of a feed to a file, which keeps its mode; UserError where it can't be.

    A link stays one: what it leads to is written.
    """
    target = Path(os.path.realpath(file))
    stands = _state_of(target)
    if stands is not None:
        if not stat.S_ISREG(stands.st_mode):
            raise UserError(f"{file} is no file; name one to write the calendar to")
        if _holds(target, pieces(tx, feed)):
            return FileWritten(stands.st_size, changed=False, is_new=False)
    octets = place_file(target, pieces(tx, feed), like=stands)
    return FileWritten(octets, changed=True, is_new=stands is None)


def write_vdir(tx: Transaction, feed: FeedRow, folder: Path) -> FolderWritten:
    """Write each event of a feed to a file of its own, named by its UID, each whole or not at all.

    Files that krmd didn't make stay as they are; those of events that are no more go. UserError
    where the folder can't be that, or holds another feed's.
    """
    try:
        _make_ready(folder, feed)
        gone, left_behind = _ours_in(folder)
        written = unchanged = 0
        head = _head_of_each(feed.name)
        for uid, event in single_events(tx, feed):
            name = f"{uid}.ics"
            gone.discard(name)
            if _write_event(folder / name, calendar_of_one(head, event)):
                written += 1
            else:
                unchanged += 1
        for name in (*gone, *left_behind):
            (folder / name).unlink(missing_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise UserError(f"{error.filename or folder} is no folder; name one to write to") from error
    except OSError as error:
        raise UserError(f"{error.filename or folder} can't be written: {error.strerror}") from error
    return FolderWritten(written, unchanged, len(gone))


def _make_ready(folder: Path, feed: FeedRow) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = folder / MARK
    try:
        whose = mark.read_text("utf-8", errors="replace").strip()
    except FileNotFoundError:
        place_file(mark, [f"{feed.uuid}\n".encode()])
        return
    if whose != feed.uuid:
        raise UserError(
            f"{folder} holds the events of another feed; name another folder, or remove {mark} if"
            " that feed is no more"
        )


def _write_event(file: Path, octets: bytes) -> bool:
    """Whether an event's file had to be written."""
    stands = _state_of(file)
    if stands is not None and stands.st_size == len(octets) and _holds(file, [octets]):
        return False
    place_file(file, [octets], like=stands, lasting=False)
    return True


def _ours_in(folder: Path) -> tuple[set[str], list[str]]:
    """The names of events' files in a folder, and of what was left behind; UserError where
    something else has such a name.
    """
    ours: set[str] = set()
    left_behind: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if _OURS.fullmatch(entry.name):
                if not entry.is_file(follow_symlinks=False):
                    raise UserError(f"{entry.path} is in the way of an event's file; move it")
                ours.add(entry.name)
            elif _LEFT_BEHIND.fullmatch(entry.name):
                left_behind.append(entry.name)
    return ours, left_behind


def _state_of(file: Path) -> os.stat_result | None:
    try:
        return file.lstat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"{file} can't be written: {error.strerror}") from error


def _holds(file: Path, parts: Iterable[bytes]) -> bool:
    """Whether a file has just these octets; one that can't be read hasn't."""
    try:
        with file.open("rb") as opened:
            same = True
            for part in parts:  # to their end: a database's cursor stands behind them
                same = same and opened.read(len(part)) == part
            return same and not opened.read(1)
    except OSError:
        return False


def _head_of_each(name: str) -> bytes:
    """The head of an event's own calendar, without what a calendar on the web says of itself:
    these lines are for subscribers, and each would change with the feed's name.
    """
    return b"".join(_plain_lines(calendar_head(name)))


def _plain_lines(head: bytes) -> Iterator[bytes]:
    for line in head.splitlines(keepends=True):
        if line.partition(b":")[0] in _OF_EACH:
            yield line
