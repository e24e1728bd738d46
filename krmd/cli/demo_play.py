"""The daemon as `krmd demo` shows it: the real reading threads, in this process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from krmd.app import due, timeline
from krmd.app.who import find_person
from krmd.base.command import Actor, AddCategory, AddContact
from krmd.base.instant import to_datetime
from krmd.bootstrap import Krmd, open_krmd
from krmd.daemon.account_threads import AccountThreads, Workshop
from krmd.daemon.pace import Pace
from krmd.demo.play import Progress
from krmd.demo.table import LosingRow
from krmd.intake.parse import parse_header
from krmd.store import folders, ledger

if TYPE_CHECKING:
    from krmd.demo.mail import DemoMail
    from krmd.demo.world import World

_LOOK_EVERY = 0.05
_POLL_SECONDS = 2
"""Nobody watches a demo for the minute that folders beside inbox and Sent may wait."""
_ROWS_GOOD_FOR = 30.0


class LivePlay:
    """Reads the demo's mailbox as `krmd run` does; asked by one thread."""

    def __init__(self) -> None:
        self._krmd: Krmd | None = None
        self._threads: list[AccountThreads] = []
        self._rows: tuple[int, float, Sequence[LosingRow]] = (0, 0.0, ())

    def start(self, config: Path, world: World) -> None:
        """Take in the address book and begin to read."""
        # Nothing of the caller's own krmd may reach the demo: no environment.
        krmd = self._krmd = open_krmd(config, {"HOME": str(config.parent)})
        actor = Actor("cli", "demo")
        for category in world.address_book.categories:
            krmd.performer.perform(AddCategory(category.name, category.cadence_days), actor)
        for card in world.address_book.cards:
            added = AddContact(
                name=card.name,
                addresses=card.addresses,
                categories=card.categories,
                phones=card.phones,
                birthday=card.birthday,
                cadence_days=card.cadence_days,
                note=card.met,
            )
            krmd.performer.perform(added, actor)
        workshop = Workshop(krmd.store, krmd.clock, Pace())
        for account in krmd.settings.accounts.values():
            job = replace(krmd.job(account), poll_seconds=_POLL_SECONDS)
            threads = workshop.threads(job, hold=None, rules_changed=lambda: None)
            self._threads.append(threads)
            threads.start()

    def progress(self) -> Progress:
        """How far the first reading is, as the folders' cursors say."""
        with self._started.store.reading() as tx:
            rows = folders.present(tx)
            accounts = folders.all_accounts(tx).values()
        read = sum(min(row.messages, row.high - row.low + 1) for row in rows)
        total = sum(row.messages for row in rows)
        begun = bool(rows) and all(account.read_to is not None for account in accounts)
        return Progress(read, total, begun and all(row.is_complete for row in rows))

    def losing(self) -> Sequence[LosingRow]:
        """Who is due, with the entry behind the last contact of each."""
        krmd = self._started
        with krmd.store.reading() as tx:
            newest = ledger.next_id(tx)
            known, looked, rows = self._rows
            if newest == known and time.monotonic() - looked < _ROWS_GOOD_FOR:
                return rows
            people = due.due(
                tx,
                now=krmd.clock.now(),
                zone=krmd.settings.owner.timezone,
                defaults=krmd.cadences,
            )
            rows = []
            for person in people:
                behind = timeline.why(tx, find_person(tx, person.id)).last_contacted
                then = person.last_contacted
                rows.append(
                    LosingRow(
                        name=person.name,
                        circles=person.categories,
                        last_contacted=None if then is None else to_datetime(then),
                        cadence_days=person.cadence_days,
                        days_since=person.days_since,
                        reason=person.reasons[0] if behind is None else behind.rule,
                        evidence="" if behind is None else behind.summary or "",
                    )
                )
        self._rows = (newest, time.monotonic(), rows)
        return rows

    def wait_for(self, mail: DemoMail, seconds: float) -> bool:
        """Until the ledger has the mail."""
        key = parse_header(mail.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n").key
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with self._started.store.reading() as tx:
                if key in ledger.known_mails(tx, [key.high]):
                    return True
            time.sleep(_LOOK_EVERY)
        return False

    def stop(self) -> None:
        """End the threads and let go of the store."""
        began = time.monotonic()
        for threads in self._threads:
            threads.ask_to_stop()
        for threads in self._threads:
            threads.wait(began)
        self._threads.clear()
        if self._krmd is not None:
            self._krmd.close()

    @property
    def _started(self) -> Krmd:
        assert self._krmd is not None, "start comes first"
        return self._krmd
