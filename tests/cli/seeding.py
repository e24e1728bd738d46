"""A store with people and mails in it, and `krmd` called in this process as a shell would."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from krmd.app.recording import record
from krmd.app.understanding import understand
from krmd.base.instant import from_datetime
from krmd.bootstrap import open_krmd
from krmd.cli.door import run
from krmd.intake.mailbox import RawMail
from krmd.store import folders

NOW = datetime.now(UTC).replace(microsecond=0)

CONFIG = """\
[owner]
name = "Ada Example"
addresses = ["ada@example.org"]
timezone = "Europe/Berlin"

[store]
url = "sqlite:///{folder}/krmd.sqlite3"

[accounts.home] # where the friends write
imap = "imap://127.0.0.1:{port}"
user = "ada"
password = "secret"
"""


class TerminalText(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """As a terminal answers."""
        return True


@dataclass(frozen=True)
class Said:
    """What a call left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one document on standard output; fails where there isn't exactly one."""
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def items(self) -> list[dict[str, Any]]:
        """The items of a list."""
        return list(self.json["items"])


@dataclass(frozen=True)
class Desk:
    """Where krmd is called: its folder, its settings, its environment."""

    folder: Path
    port: int = 9
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environ.update({"HOME": str(self.folder), "TERM": "xterm", "COLUMNS": "80"})
        if not self.config.exists():
            self.write(CONFIG)

    @property
    def config(self) -> Path:
        """The settings."""
        return self.folder / "krmd.toml"

    @property
    def store(self) -> Path:
        """The store's file."""
        return self.folder / "krmd.sqlite3"

    def write(self, text: str) -> None:
        """Write the settings; {folder} and {port} are filled in."""
        self.config.write_text(
            text.replace("{folder}", str(self.folder)).replace("{port}", str(self.port))
        )
        self.config.chmod(0o600)

    def krmd(self, *words: str, terminal: bool = False, keys: str = "") -> Said:
        """Call krmd in this process; on a terminal `keys` are what is typed."""
        kind = TerminalText if terminal else io.StringIO
        streams = (kind(keys), kind(), kind())
        code = run([*words, "--config", str(self.config)], self.environ, streams=streams)
        return Said(code, streams[1].getvalue(), streams[2].getvalue())

    def process(self, *words: str) -> subprocess.Popen[str]:
        """Start krmd as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "krmd", "--config", str(self.config), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={"PATH": "/usr/bin:/bin", **self.environ},
        )

    def record(self, mails: Sequence[Mail], role: str = "inbox") -> None:
        """Put mails into the store as if they had been read from a folder of that role."""
        krmd = open_krmd(self.config, self.environ)
        name = {"inbox": "INBOX", "sent": "Sent"}.get(role, role)
        with krmd.store.transaction() as tx:
            folders.ensure_account(tx, "home")
            row = folders.begin(
                tx, "home", folders.Found(name, name, role), uidvalidity=1, uidnext=1
            )
            first = row.high + 1
            read = [understand(mail.raw(first + at), role, None) for at, mail in enumerate(mails)]
            record(tx, row.id, read, judge=krmd.judge, now=krmd.clock.now(), subjects=True)
            folders.advance(tx, row.id, high=first + len(mails) - 1, modseq=None)
            folders.set_state(tx, "home", "ok", error=None, when=krmd.clock.now())
            folders.set_read_to(tx, "home", krmd.clock.now())
        krmd.close()


@dataclass(frozen=True)
class Mail:
    """One mail: who to whom, how many days ago, what about."""

    author: str
    to: str
    days: float
    subject: str = "hello"
    more: Mapping[str, str] = field(default_factory=dict)

    def raw(self, uid: int) -> RawMail:
        """As a mailbox hands it out."""
        when = NOW - timedelta(days=self.days)
        fields = {
            "From": self.author,
            "To": self.to,
            "Subject": self.subject,
            "Date": format_datetime(when),
            "Message-ID": f"<{abs(hash((self, uid)))}@mail.example>",
            **self.more,
        }
        header = "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n"
        return RawMail(uid, from_datetime(when), header.encode(), False, True, ())

    def __hash__(self) -> int:
        return hash((self.author, self.to, self.days, self.subject))


OWNER = "Ada Example <ada@example.org>"
GRACE = "Grace Hopper <grace@navy.example>"
ALAN = "Alan Turing <alan@park.example>"


def with_friends(desk: Desk) -> Desk:
    """Grace is a contact and wrote three weeks ago; Alan is a correspondent the owner wrote to."""
    desk.record(
        [
            Mail(GRACE, OWNER, 21, "the compiler"),
            Mail(ALAN, OWNER, 40, "machines"),
            Mail("News <news@shop.example>", OWNER, 1, "sale", {"List-Id": "<news.shop.example>"}),
        ]
    )
    desk.record([Mail(OWNER, GRACE, 30, "dinner?"), Mail(OWNER, ALAN, 50, "tests")], role="sent")
    said = desk.krmd(
        "contacts", "add", "Grace Hopper", "--address", "grace@navy.example", "--category", "navy",
        "--phone", "+1 555 0100", "--birthday", "1906-12-09", "--every", "14",
    )  # fmt: skip
    assert said.code == 0, said.err
    return desk
