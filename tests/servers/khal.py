"""khal on a folder of events, as people look at a calendar on the terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

CONFIGURATION = """
[calendars]
[[feed]]
path = {events}
type = calendar
readonly = True

[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M

[sqlite]
path = {place}/khal.db
"""
_FIELDS = ("start-long", "end-long", "title", "description", "all-day")


class Listed(NamedTuple):
    """An event as khal lists it, its first and last day as YYYY-MM-DD."""

    first: str
    last: str
    title: str
    description: str
    all_day: bool


class Khal:
    """The real program, with settings, a database and a zone of its own."""

    def __init__(self, place: Path, events: Path, zone: str = "UTC") -> None:
        self._place = place
        self._zone = zone
        self._config = place / "khal.conf"
        self._config.write_text(CONFIGURATION.format(events=events, zone=zone, place=place))

    def list(self, *when: str) -> list[Listed]:
        """What it lists from a day (`tomorrow`, YYYY-MM-DD) to another, each event once.

        Fails where it has anything to say against an event.
        """
        fields = (word for name in _FIELDS for word in ("--json", name))
        listed = []
        for line in self.run("list", "--once", *fields, *when).splitlines():
            for event in json.loads(line):
                first, last, title, description, all_day = (event[name] for name in _FIELDS)
                listed.append(Listed(first, last, title, description, all_day == "True"))
        return sorted(listed)

    def run(self, *words: str) -> str:
        """One command of it; gives its output, must succeed and complain of nothing."""
        program = Path(sys.executable).with_name("khal")
        done = subprocess.run(
            [program, "-c", self._config, *words],
            env={
                **os.environ,
                "HOME": str(self._place),
                "LC_ALL": "C.UTF-8",
                "TZ": self._zone,
                "NO_COLOR": "1",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (0, "") == (done.returncode, done.stderr), done.stdout + done.stderr
        return done.stdout
