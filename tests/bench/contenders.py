"""Those who read the mailbox: the client in C, krmd, imapclient and mbsync, each as a process."""

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from imapclient import imap_utf7

from tests.bench.mailbox import OWNER, Box
from tests.bench.process import Cost, RunFailed, compiled, run
from tests.bench.proxy import CountingProxy, Sent

DEFAULT_ITEMS = (
    "UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM TO CC BCC SENDER REPLY-TO DATE "
    "MESSAGE-ID IN-REPLY-TO REFERENCES SUBJECT LIST-ID LIST-UNSUBSCRIBE PRECEDENCE "
    "AUTO-SUBMITTED)]"
)
"""Asked for while krmd can't be watched: the items of the measurements made beforehand."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """What is asked of the server for each message, and how many UIDs a command names.

    `special` are the folders (names on the wire) that are asked for something else.
    """

    items: str = DEFAULT_ITEMS
    batch: int = 2000
    special: tuple[tuple[str, str], ...] = ()

    def of(self, folder: str) -> str:
        """The items for one folder, by its name on the wire."""
        return dict(self.special).get(folder, self.items)


@dataclass(frozen=True, slots=True)
class Reading:
    """One contender's pass over a mailbox: what it cost, and how many messages it says it read."""

    cost: Cost
    messages: int


class Contender(Protocol):
    """Reads all of a mailbox's folders once; `scratch` is an empty folder of its own."""

    @property
    def name(self) -> str:
        """How the report calls it."""

    def read(self, box: Box, scratch: Path) -> Reading:
        """Read; raises RunFailed."""


@dataclass(frozen=True, slots=True)
class Sink:
    """sink.c: the lower bound."""

    fetch: Fetch
    name: str = "C client"

    def read(self, box: Box, scratch: Path) -> Reading:  # noqa: ARG002 - it writes no file
        """As Contender."""
        cost = run(
            [
                str(compiled("sink")),
                *("--port", str(box.port), "--user", box.user, "--password", box.password),
                *("--batch", str(self.fetch.batch), "--depth", "2"),
                *(
                    word
                    for wire in map(_wire, box.folders)
                    for word in ("--items", self.fetch.of(wire), wire)
                ),
            ]
        )
        return Reading(cost, json.loads(cost.output)["messages"])


@dataclass(frozen=True, slots=True)
class ImapClient:
    """imapclient's fetch of the same header fields, parsed no further and stored nowhere."""

    fetch: Fetch
    name: str = "imapclient, fetch only"

    def read(self, box: Box, scratch: Path) -> Reading:  # noqa: ARG002 - it writes no file
        """As Contender."""
        words = [str(box.port), box.user, box.password]
        words += [w for name in box.folders for w in (name, self.fetch.of(_wire(name)))]
        cost = run([sys.executable, "-m", "tests.bench.imapclient_fetch", *words])
        return Reading(cost, json.loads(cost.output)["messages"])


@dataclass(frozen=True, slots=True)
class Mbsync:
    """mbsync pulling the whole mailbox into a Maildir: for information."""

    name: str = "mbsync pull"

    def read(self, box: Box, scratch: Path) -> Reading:
        """As Contender."""
        config = scratch / "mbsyncrc"
        config.write_text(_mbsync_config(box, scratch))
        cost = run(["mbsync", "-q", "-c", str(config), "pull"])
        messages = sum(1 for path in (scratch / "mail").rglob("*,U=*") if path.is_file())
        return Reading(cost, messages)


@dataclass(frozen=True, slots=True)
class Krmd:
    """`krmd sync` into a fresh SQLite store: parsed, classified, recorded, committed."""

    name: str = "krmd sync"
    command: tuple[str, ...] = field(default=(sys.executable, "-m", "krmd"))

    def read(self, box: Box, scratch: Path) -> Reading:
        """As Contender."""
        return self.sync(configured(box, scratch))

    def sync(self, config: Path) -> Reading:
        """One pass with these settings, whatever the store holds already; raises RunFailed."""
        cost = run([*self.command, "--config", str(config), "sync", "--json"])
        return Reading(cost, _messages_seen(cost.output))

    def version(self) -> Cost:
        """`krmd --version`: an interpreter, the program, nothing done."""
        return run([*self.command, "--version"])

    def runs(self) -> bool:
        """Whether there is a krmd to measure."""
        try:
            self.version()
        except RunFailed:
            return False
        return True

    def watched(self, box: Box, scratch: Path) -> Fetch:
        """What krmd asks for on its first pass over this mailbox, seen from a proxy."""
        with CountingProxy(box.port) as proxy:
            self.sync(configured(box, scratch, port=proxy.port))
            return _fetch_of(proxy.sent())


def configured(box: Box, scratch: Path, *, port: int | None = None) -> Path:
    """krmd.toml for this mailbox in `scratch`, with its secrets; gives back its path."""
    password = scratch / "password"
    password.touch(mode=0o600)
    password.write_text(box.password + "\n")
    store = f"sqlite:///{scratch / 'krmd.sqlite3'}"
    config = scratch / "krmd.toml"
    config.touch(mode=0o600)
    config.write_text(
        "[owner]\n"
        'name = "Kim Doe"\n'
        f"addresses = {json.dumps(OWNER)}\n"
        'timezone = "UTC"\n'
        "[store]\n"
        f"url = {json.dumps(store)}\n"
        "[accounts.bench]\n"
        f'imap = "imap://127.0.0.1:{port or box.port}"\n'
        f"user = {json.dumps(box.user)}\n"
        f"password = {{ file = {json.dumps(str(password))} }}\n"
    )
    return config


def _messages_seen(output: str) -> int:
    """What `krmd sync --json` saw in all folders; raises RunFailed if it said something else."""
    try:
        accounts = json.loads(output)["accounts"]
        return sum(int(folder["seen"]) for account in accounts for folder in account["folders"])
    except (ValueError, KeyError, TypeError) as error:
        raise RunFailed(f"krmd sync --json printed {output[:500]!r}") from error


def _fetch_of(sent: list[Sent]) -> Fetch:
    """What the FETCH commands asked for that read headers of a range, folder by folder.

    The items of the most folders are the rule, all others special; the widest range is the batch.
    """
    opened: dict[int, str] = {}
    items: dict[str, str] = {}
    widest = 0
    for _, connection, line in sent:
        if found := re.search(rb' EXAMINE (?:"([^"]+)"|(\S+))', line):
            opened[connection] = (found[1] or found[2]).decode("ascii")
        elif found := re.search(rb" UID FETCH (\d+):(\d+) \((.*HEADER.*)\)$", line):
            widest = max(widest, int(found[2]) - int(found[1]) + 1)
            items.setdefault(opened[connection], found[3].decode("ascii"))
    if not items:
        return Fetch()
    rule = Counter(items.values()).most_common(1)[0][0]
    special = tuple((folder, asked) for folder, asked in items.items() if asked != rule)
    return Fetch(rule, widest, special)


def _wire(folder: str) -> str:
    wire: bytes = imap_utf7.encode(folder)
    return wire.decode("ascii")


def _mbsync_config(box: Box, scratch: Path) -> str:
    mail = scratch / "mail"
    mail.mkdir()
    return f"""
IMAPAccount bench
Host 127.0.0.1
Port {box.port}
User {box.user}
Pass {box.password}
SSLType None
AuthMechs LOGIN

IMAPStore far
Account bench

MaildirStore near
Path {mail}/
Inbox {mail}/INBOX
SubFolders Verbatim

Channel pull
Far :far:
Near :near:
Patterns {" ".join(json.dumps(folder) for folder in box.folders)}
Create Near
Sync Pull
SyncState *
"""
