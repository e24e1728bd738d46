"""What a file says that is read into the log: an entry, or why there is none."""

from __future__ import annotations

from typing import NamedTuple

from krmd.base.command import LogInteraction
from krmd.formats.events import Remark
from krmd.formats.reading import Skipped


class Entry(NamedTuple):
    """Something to log, and the line that says it."""

    line: int
    command: LogInteraction


class Ignored(NamedTuple):
    """Something that is all right and no entry: a dentist's appointment. `reason` is one word of
    `log_events`.
    """

    line: int
    reason: str


Found = Entry | Skipped | Ignored | Remark
