"""The real daemon on the demo's stage: `krmd run` as a process, watched through its store."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from krmd.app.due import DuePerson, due
from krmd.app.feed_tokens import feed_path, feed_token
from krmd.app.feeds import find_feed
from krmd.app.status import account_status
from krmd.app.timeline import why
from krmd.app.who import find_person
from krmd.base.command import Actor, AddContact, AddFeed
from krmd.base.errors import TryLaterError
from krmd.base.instant import to_datetime
from krmd.bootstrap import Krmd, open_krmd
from krmd.demo.config import ACCOUNT
from krmd.demo.mail import DemoMail
from krmd.demo.play import Progress
from krmd.demo.table import LosingRow
from krmd.demo.world import World
from krmd.intake.parse import parse_header
from krmd.settings.server import TcpListen
from krmd.store import ledger
from krmd.store.engine import Transaction

LOG_NAME = "krmd.log"
_LOOK_AGAIN = 0.5
"""Seconds for which the table is believed; it is asked for far more often."""
_END_WITHIN = 5.0
_FEED = "birthdays"


class Company:
    """Plays the daemon's part: starts `krmd run`, and tells what stands in its store."""

    def __init__(self) -> None:
        self._krmd: Krmd | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._log: Path | None = None
        self._rows: tuple[LosingRow, ...] = ()
        self._looked = 0.0

    def start(self, config: Path, world: World) -> str:
        """Fill the address book, make a feed, and start the daemon on the same store."""
        self._krmd = krmd = open_krmd(config, {})
        for card in world.address_book.cards:
            krmd.performer.perform(
                AddContact(
                    name=card.name,
                    addresses=card.addresses,
                    categories=card.categories,
                    phones=card.phones,
                    birthday=card.birthday,
                    cadence_days=card.cadence_days,
                    note=card.met,
                ),
                Actor("cli", "demo"),
            )
        krmd.performer.perform(AddFeed(_FEED), Actor("cli", "demo"))
        self._log = config.with_name(LOG_NAME)
        with self._log.open("wb") as log:
            # A session of its own: Ctrl-C is for the demo, which then ends the daemon in order.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "krmd", "--config", str(config), "run"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return _feed_address(krmd)

    def progress(self) -> Progress:
        """How far the daemon has read; raises TryLaterError where it ended by itself."""
        krmd = self._playing()
        with krmd.store.reading() as tx:
            account = account_status(tx, ACCOUNT)
            if account.complete:
                self._looked = 0.0
            return Progress(ledger.count_places(tx), account.messages, account.complete)

    def losing(self) -> Sequence[LosingRow]:
        """Who is due, most urgent first, with the mail behind each."""
        krmd = self._playing()
        if time.monotonic() - self._looked >= _LOOK_AGAIN:
            zone = krmd.settings.owner.timezone
            with krmd.store.reading() as tx:
                people = due(tx, now=krmd.clock.now(), zone=zone, defaults=krmd.cadences)
                self._rows = tuple(_row(tx, person) for person in people)
            self._looked = time.monotonic()
        return self._rows

    def wait_for(self, mail: DemoMail, seconds: float) -> bool:
        """Wait until this mail stands in the ledger."""
        krmd = self._playing()
        key = parse_header(mail.raw).key
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with krmd.store.reading() as tx:
                if key in ledger.known_mails(tx, [key.high]):
                    self._looked = 0.0
                    return True
            time.sleep(0.02)
        return False

    def stop(self) -> None:
        """End the daemon in order, or at once where it doesn't."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_END_WITHIN)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._krmd is not None:
            self._krmd.close()
            self._krmd = None

    def _playing(self) -> Krmd:
        assert self._krmd is not None
        assert self._process is not None
        if self._process.poll() is not None:
            raise TryLaterError(f"krmd run ended by itself: {self._last_words()}")
        return self._krmd

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            if self._log is not None:
                lines = self._log.read_text(errors="replace").strip().splitlines()
                return lines[-1] if lines else "it said nothing"
        return "it said nothing"


def _feed_address(krmd: Krmd) -> str:
    with krmd.store.reading() as tx:
        path = feed_path(feed_token(krmd.key, find_feed(tx, _FEED)))
    listen = krmd.settings.web.listen
    assert isinstance(listen, TcpListen)
    return f"http://{listen.host}:{listen.port}{path}"


def _row(tx: Transaction, person: DuePerson) -> LosingRow:
    behind = why(tx, find_person(tx, person.id)).last_contacted
    return LosingRow(
        name=person.name,
        circles=person.categories,
        last_contacted=None
        if person.last_contacted is None
        else to_datetime(person.last_contacted),
        cadence_days=person.cadence_days,
        days_since=person.days_since,
        reason=person.reasons[0] if behind is None else behind.rule,
        evidence="" if behind is None else behind.summary or "",
    )
