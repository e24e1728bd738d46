"""How a cleaned event looks: JSON, or a line for people; and where lines go."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO

from krmd.logs.cleaning import clean

Event = MutableMapping[str, Any]

_BARE = re.compile(r"[^\s\"'=\\]+\Z")
_PRIORITIES = {"debug": "<7>", "info": "<6>", "warning": "<4>", "error": "<3>", "critical": "<2>"}
_COLOURS = {"debug": "2", "info": "32", "warning": "33", "error": "31", "critical": "31;1"}


class Sink:
    """Writes lines; what structlog takes for a logger. The daemon outlives its log."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._lock = threading.Lock()

    def write(self, line: str) -> None:
        """One line, whole, whichever thread it comes from."""
        with self._lock, suppress(OSError, ValueError):  # a full disk, a closed pipe
            self.stream.write(line + "\n")
            self.stream.flush()

    debug = info = warning = error = critical = exception = msg = write


class Renderer:
    """The last processor: cleans an event and makes it a line."""

    def __init__(self, sink: Sink, *, as_json: bool | None) -> None:
        terminal = sink.stream.isatty()
        self._as_json = not terminal if as_json is None else as_json
        self._colours = terminal and not os.environ.get("NO_COLOR")
        self._journal = _is_journal(sink.stream)

    def __call__(self, logger: object, method: str, event: Event) -> str:  # noqa: ARG002 # structlog's contract
        """The line of an event; the first two arguments are structlog's."""
        level = str(event.get("level", "info"))
        cleaned = clean(event)
        if self._as_json:
            first = {key: cleaned.pop(key, None) for key in ("timestamp", "level", "event")}
            line = json.dumps(first | cleaned, ensure_ascii=False)
        else:
            line = _for_people(cleaned, level, colours=self._colours)
        return (_PRIORITIES.get(level, "") if self._journal else "") + line


def _for_people(event: dict[str, Any], level: str, *, colours: bool) -> str:
    begin, end = (f"\x1b[{_COLOURS.get(level, '0')}m", "\x1b[0m") if colours else ("", "")
    clock = str(event.pop("timestamp", ""))[11:19] + "Z"
    name = str(event.pop("event", ""))
    event.pop("level", None)
    trace = str(event.pop("exception", ""))
    pairs = " ".join(f"{key}={_bare(value)}" for key, value in event.items())
    line = f"{clock} {begin}{level:7}{end} {name:30} {pairs}".strip()
    return "\n    | ".join([line, *trace.splitlines()])


def _bare(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if not isinstance(value, str) or _BARE.match(text):
        return text
    return '"' + text.replace('"', '\\"') + '"'


def _is_journal(stream: TextIO) -> bool:
    """Whether the journal reads a stream: systemd.exec(5), $JOURNAL_STREAM."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"
