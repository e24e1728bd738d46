"""vdirsyncer, as people run it from cron: a server's books, or a calendar feed, into a folder."""

import os
import subprocess
import sys
from pathlib import Path

from tests.servers.radicale import PASSWORD, RadicaleUser

CONFIGURATION = """
[general]
status_path = "{place}/status/"

[pair contacts]
a = "here"
b = "there"
collections = ["from b"]
metadata = ["displayname"]

[storage here]
type = "filesystem"
path = "{place}/contacts/"
fileext = ".vcf"

[storage there]
type = "carddav"
url = "{url}"
username = "{user}"
password = "{password}"
"""


_FEED = """
[general]
status_path = "{place}/status/"

[pair feed]
a = "here"
b = "there"
collections = null

[storage here]
type = "filesystem"
path = "{place}/events/"
fileext = ".ics"

[storage there]
type = "http"
url = "{url}"
{verify}
"""


class _Program:
    """The real program, with a configuration of its own."""

    def __init__(self, place: Path, configuration: str) -> None:
        self._place = place
        self._config = place / "config"
        self._config.write_text(configuration)

    def run(self, *words: str) -> str:
        """One command of it; must succeed. Questions are answered with yes; gives what it said."""
        program = Path(sys.executable).with_name("vdirsyncer")
        done = subprocess.run(
            [program, "-c", self._config, *words],
            input="y\n" * 20,
            env={**os.environ, "HOME": str(self._place), "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert 0 == done.returncode, done.stdout + done.stderr
        return done.stdout + done.stderr


class Vdirsyncer(_Program):
    """Between an owner's books on Radicale and `contacts`."""

    def __init__(self, place: Path, user: RadicaleUser) -> None:
        self.contacts = place / "contacts"
        self.contacts.mkdir()
        words = {"place": place, "url": user.url, "user": user.name, "password": PASSWORD}
        super().__init__(place, CONFIGURATION.format(**words))


class Subscription(_Program):
    """Between a calendar feed over HTTP and `events`, one file an event; `ca` is whom to trust."""

    def __init__(self, place: Path, url: str, ca: Path | None = None) -> None:
        self.events = place / "events"
        self.events.mkdir(parents=True)
        verify = "" if ca is None else f'verify = "{ca}"'
        super().__init__(place, _FEED.format(place=place, url=url, verify=verify))
        self.run("discover")

    def sync(self) -> list[Path]:
        """Fetch; the files that lie there then."""
        said = self.run("sync")
        assert "warning" not in said.lower(), said
        return sorted(self.events.glob("*.ics"))
