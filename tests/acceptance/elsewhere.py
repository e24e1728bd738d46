"""An owner anywhere in the world, whose daemon serves feeds, also by a clock that is set."""

import contextlib
import datetime as dt
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.acceptance.feed_table import Person, cards
from tests.acceptance.other_clock import replace
from tests.acceptance.owner import Owner, Place
from tests.acceptance.serving import until

ROOT = Path(__file__).parents[2]
NOBODY = Place("imap://127.0.0.1:9", "kim", "secret")
LOOKS = 6
"""So often the clock is looked at before what it says must have been followed."""


@dataclass
class Elsewhere(Owner):
    """An owner somewhere in the world, whose mailbox can't be reached."""

    zone: str = "Europe/Berlin"

    def write(self) -> None:
        """Write the settings as they are now, with a key that daemon and commands share."""
        super().write()
        text = self.config.read_text().replace("Europe/Berlin", self.zone)
        key = f'key = {{ file = "{self.folder}/key" }}'
        self.config.write_text(text.replace("[store]", f"[store]\n{key}"))

    @property
    def today(self) -> tuple[int, int, int]:
        """Their calendar day."""
        now = dt.datetime.now(ZoneInfo(self.zone))
        return now.year, now.month, now.day

    def take_in(self, rows: list[Person]) -> None:
        """Import a table, and say of some that they are gone."""
        file = self.folder / "people.vcf"
        file.write_text(cards(rows), newline="")
        assert len(rows) == self.ask("contacts", "import", str(file))["created"]
        for row in rows:
            match row.gone:
                case "deceased":
                    self.ask("contacts", "edit", row.address, "--deceased")
                case "muted":
                    self.ask("contacts", "edit", row.address, "--attention", "muted")
                case "dropped":
                    self.ask("contacts", "drop", row.address)

    def written(self, *words: str) -> bytes:
        """What `krmd feed write` writes."""
        file = self.folder / "written.ics"
        self.ask("feed", "write", str(file), *words)
        return file.read_bytes()


def serving(port: int) -> str:
    """Settings by which a daemon serves."""
    return f'\n[web]\nlisten = "127.0.0.1:{port}"\nmetrics_listen = "none"\n'


class Clock:
    """The clock of a daemon that runs."""

    def __init__(self, file: Path, zone: str) -> None:
        self._file, self._zone = file, zone

    def set(self, day: tuple[int, int, int], hour: int, minute: int) -> None:
        """It is that time now, and the feeds' thread has looked and done what it had to."""
        then = dt.datetime(*day, hour, minute, tzinfo=ZoneInfo(self._zone))
        ahead = int((then - dt.datetime.now(dt.UTC)).total_seconds())
        replace(self._file, str(ahead))
        heard = self._file.with_suffix(".heard")

        def is_heard() -> bool:
            said, times = heard.read_text().split()
            return int(said) == ahead and int(times) > LOOKS

        until(is_heard)


@contextlib.contextmanager
def running_at(owner: Elsewhere) -> Iterator[Clock]:
    """`krmd run` with a clock that is set."""
    owner.write()
    file = owner.folder / "ahead"
    replace(file, "0")
    command = [sys.executable, "-m", "tests.acceptance.other_clock", str(owner.config), str(file)]
    log = owner.folder / "run.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
    try:
        until(lambda: "daemon.started" in log.read_text())
        yield Clock(file, owner.zone)
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(20), log.read_text()
    finally:
        process.kill()
        process.wait()
