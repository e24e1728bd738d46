"""A small, honest stand-in for the daemon: reads the demo's mailbox over IMAP by the settings it is
handed, and keeps last contacts by the second opinion of `oracle`.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from imapclient import IMAPClient

from krmd.base.instant import days_since, from_datetime
from krmd.demo.mail import FOLDERS, DemoMail
from krmd.demo.person import Card, cadence_days
from krmd.demo.play import Progress
from krmd.demo.table import LosingRow
from krmd.demo.world import World
from tests.demo.oracle import Named, last_contact, newest

FEED = f"http://127.0.0.1:54321/feed/{'a' * 40}.ics"
_AT_ONCE = 500
_ITEMS = ["INTERNALDATE", "BODY.PEEK[HEADER]"]


class FakePlay:
    """Reads a piece of the mailbox each time it is asked how far it is, then looks for new mail
    each time it is asked whom one is losing.
    """

    def __init__(self, now: Callable[[], datetime], *, deaf: bool = False) -> None:
        self._now = now
        self._deaf = deaf
        self._client: Any = None
        self._seen: dict[str, int] = dict.fromkeys(FOLDERS, 0)
        self._found: dict[Named, datetime] = {}
        self.config: Path | None = None
        self.config_mode = 0
        self.stopped = 0

    def start(self, config: Path, world: World) -> str:
        """Log in as the settings say."""
        self.config, self.config_mode = config, config.stat().st_mode & 0o777
        self._cards, self._zone = world.address_book.cards, ZoneInfo(world.owner.zone)
        self._shared = Counter(a for card in self._cards for a in set(card.addresses))
        account = tomllib.loads(config.read_text("utf-8"))["accounts"]["demo"]
        password = Path(account["password"]["file"]).read_text("utf-8").strip()
        port = int(account["imap"].rpartition(":")[2])
        self._client = IMAPClient("127.0.0.1", port, ssl=False, timeout=10)
        self._client.normalise_times = False
        self._client.login(account["user"], password)
        return FEED

    def progress(self) -> Progress:
        """Read one more piece of one folder."""
        if self._deaf:
            return Progress(0, 0, complete=False)
        there = {folder: self._messages(folder) for folder in FOLDERS}
        for folder in FOLDERS:
            if self._seen[folder] < there[folder]:
                self._read(folder)
                break
        read, total = sum(self._seen.values()), sum(there.values())
        return Progress(read, total, read == total)

    def losing(self) -> Sequence[LosingRow]:
        """Read what is new, then judge by what is known."""
        if all(self._seen.values()):
            while not self.progress().complete:
                pass
        rows = [row for card in self._cards if (row := self._row(card)) is not None]
        return sorted(rows, key=lambda row: -row.days_since / row.cadence_days)

    def wait_for(self, mail: DemoMail, seconds: float) -> bool:  # noqa: ARG002  # it reads at once
        """Whether the folder of the mail has just grown by it."""
        before = self._seen[mail.folder]
        self.losing()
        return self._seen[mail.folder] == before + 1

    def stop(self) -> None:
        """Hang up, and count how often that was asked."""
        self.stopped += 1
        if self._client is not None:
            self._client.shutdown()

    def _messages(self, folder: str) -> int:
        return int(self._client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"])

    def _read(self, folder: str) -> None:
        self._client.select_folder(folder, readonly=True)
        uids = self._client.search("ALL")[self._seen[folder] :][:_AT_ONCE]
        answers = self._client.fetch(uids, _ITEMS).values()
        mails = [(folder, answer[b"INTERNALDATE"], answer[b"BODY[HEADER]"]) for answer in answers]
        for who, at in newest(mails).items():
            self._found[who] = max(at, self._found.get(who, at))
        self._seen[folder] += len(uids)

    def _row(self, card: Card) -> LosingRow | None:
        shared = any(self._shared[address] > 1 for address in card.addresses)
        last = last_contact(card.name, card.addresses, self._found, shared=shared)
        cadence = cadence_days(card)
        if last is None or cadence is None:
            return None
        days = days_since(from_datetime(last), from_datetime(self._now()), self._zone)
        if days < cadence:
            return None
        return LosingRow(card.name, card.categories, last, cadence, days, "inbound", "")
