"""`krmd run` whose clock is ahead by as many seconds as a file says: CONFIG FILE as arguments.

In a file beside it, `.heard`, stands what the feeds' thread read there last, and how often since.
"""

import dataclasses
import os
import sys
import threading
from pathlib import Path

from krmd.base.instant import Instant
from krmd.bootstrap import SystemClock, open_krmd
from krmd.bootstrap.running import daemon
from krmd.daemon.daemon import run_daemon


class ClockAhead(SystemClock):
    """The machine's time, and what the file says on top."""

    def __init__(self, ahead: Path) -> None:
        self._ahead = ahead
        self._heard = ("", 0)

    def now(self) -> Instant:
        """The present, as this clock has it."""
        said = self._ahead.read_text()
        if threading.current_thread().name == "feeds":
            last, times = self._heard
            self._heard = (said, times + 1 if said == last else 1)
            replace(self._ahead.with_suffix(".heard"), f"{said} {self._heard[1]}")
        return Instant(super().now() + int(said))


def replace(file: Path, text: str) -> None:
    """Write a file that others read meanwhile."""
    fresh = file.with_name(file.name + ".new")
    fresh.write_text(text)
    fresh.replace(file)


def main(config: Path, ahead: Path) -> int:
    """Run until a signal ends it."""
    krmd = dataclasses.replace(open_krmd(config, os.environ), clock=ClockAhead(ahead))
    try:
        return run_daemon(daemon(krmd, config, os.environ))
    finally:
        krmd.close()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
