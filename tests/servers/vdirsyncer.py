"""vdirsyncer between a server's books and a folder, as people run it from cron."""

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


class Vdirsyncer:
    """The real program, with a configuration of its own."""

    def __init__(self, place: Path, user: RadicaleUser) -> None:
        self.contacts = place / "contacts"
        self.contacts.mkdir()
        self._place = place
        self._config = place / "config"
        self._config.write_text(
            CONFIGURATION.format(place=place, url=user.url, user=user.name, password=PASSWORD)
        )

    def run(self, *words: str) -> None:
        """One command of it; must succeed. Questions are answered with yes."""
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
