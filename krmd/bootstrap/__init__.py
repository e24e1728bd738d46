"""Where the real clock, randomness, servers, database and settings meet the use cases."""

from __future__ import annotations

import gc
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import translate
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from krmd.app import rules
from krmd.base.errors import UserError
from krmd.base.instant import Instant, from_datetime
from krmd.logs import register_secret
from krmd.settings import Account, AddressBook, Settings, fingerprint, load_settings
from krmd.store.engine import Store, Transaction
from krmd.store.migrate import upgrade

# What only some commands need is imported where it is used: `krmd show` shall be there at once.
if TYPE_CHECKING:
    from krmd.app.feed_style import FeedStyle
    from krmd.app.forgetting import Forgetting
    from krmd.app.importing import Importer
    from krmd.app.mailbox import Stop
    from krmd.app.perform import Performer
    from krmd.app.reading_plan import FolderReport, Progress, ReadingPlan
    from krmd.base.key import Key
    from krmd.daemon.books import BookJob, BookSession
    from krmd.daemon.job import AccountJob, Session
    from krmd.intake.classify import Judge
    from krmd.intake.mailbox import Folder
    from krmd.store.holding import Hold
    from krmd.store.quarantine import Quarantined
    from krmd.store.tombstones import Forgotten


FILES = "files"
"""The account's name under which mail in files is recorded."""


class SystemClock:
    """The machine's time."""

    def now(self) -> Instant:
        """The present, in whole seconds."""
        return Instant(int(time.time()))


@dataclass(frozen=True)
class Krmd:
    """Everything put together for one process: settings, store, clock, and what they make."""

    settings: Settings
    store: Store
    clock: SystemClock

    @cached_property
    def judge(self) -> Judge:
        """The rules, with the owner's settings."""
        from krmd.intake.classify import Judge

        return Judge(
            self.settings.owner.own,
            self.settings.counting.ignored,
            self.settings.counting.personal_recipients,
        )

    @cached_property
    def fingerprint(self) -> str:
        """What stands in the store while its verdicts are by these settings."""
        return fingerprint(self.settings)

    @cached_property
    def performer(self) -> Performer:
        """Performs commands."""
        from krmd.app.perform import Performer

        owner = self.settings.owner
        return Performer(self.store, self.clock, uuid4, owner.timezone, owner.own, lambda: self.key)

    @cached_property
    def key(self) -> Key:
        """The secret that marks are made with, made where it wasn't needed yet; UserError."""
        from secrets import token_bytes

        from krmd.app.feeds import are_any
        from krmd.app.keeping_out import is_anybody
        from krmd.settings.key_file import ensure_key, is_there, read_key

        secret = self.settings.store.key
        # What was marked with a lost key is never found again by another.
        if is_anybody(self.store):
            return read_key(secret)
        if not is_there(secret) and are_any(self.store):
            raise UserError(
                f"{secret.source.shown} is gone, and the addresses of feeds hang on it: put it"
                " back from a backup, or krmd feed revoke each of them and add it again"
            )
        return ensure_key(secret, random=token_bytes)

    def forgotten(self, tx: Transaction) -> Forgotten:
        """What tells within a transaction who was forgotten and must stay away."""
        from krmd.store import tombstones

        return tombstones.memory(tx, lambda: self.key)

    @cached_property
    def forgetting(self) -> Forgetting:
        """Forgets people."""
        from krmd.app.forgetting import Forgetting

        return Forgetting(
            self.store,
            self.clock,
            uuid4,
            self.judge,
            lambda: self.key,
            owner_name=self.settings.owner.name,
            books=tuple(self.settings.contacts),
        )

    @cached_property
    def importer(self) -> Importer:
        """Takes in people from files and address books."""
        from krmd.app.importing import Importer

        return Importer(self.store, self.clock, uuid4, self.settings.owner.own, self.forgotten)

    @property
    def feed_style(self) -> FeedStyle:
        """By which settings feeds are rendered."""
        from krmd.app.feed_style import FeedStyle

        owner, calendar = self.settings.owner, self.settings.calendar
        own = next((it for it in owner.addresses if not it.startswith("@")), None)
        tagged = own and own.replace("@", "+krmd@", 1)
        return FeedStyle(
            owner.timezone,
            calendar.leap_day,
            calendar.years_back,
            calendar.years_ahead,
            self.cadences,
            self.settings.commands.address or tagged,
        )

    @property
    def cadences(self) -> dict[str, int]:
        """The cadences that settings give to categories, in days by category name."""
        return {
            table.name: table.cadence_days
            for table in self.settings.categories.values()
            if table.cadence_days is not None
        }

    def book_job(self, book: AddressBook, *, emptied: bool = False) -> BookJob:
        """How to reach and read an address book; `emptied` believes that it lost its people."""
        from krmd.app.address_books import read_book
        from krmd.daemon.books import BookJob

        return BookJob(
            name=book.name,
            connect=lambda: open_book(book),
            read=lambda session: read_book(
                book.name, session, self.importer, believe_emptied=emptied
            ),
            poll_seconds=book.poll_seconds,
            made_of=(book, self.settings.owner),
        )

    def job(self, account: Account) -> AccountJob:
        """How to reach, hold and read an account."""
        from krmd.daemon.job import AccountJob
        from krmd.store.holding import Hold

        return AccountJob(
            name=account.name,
            connect=lambda: connect(account),
            hold=lambda: Hold(self.store, account.name),
            plan=lambda hold: self.plan(account, hold),
            idle_seconds=account.idle_seconds,
            poll_seconds=account.poll_seconds,
        )

    def plan(self, account: Account, hold: Hold) -> ReadingPlan:
        """What is read of an account and how it is judged."""

        def guard(tx: Transaction) -> None:
            hold.require(tx)
            rules.require_rules(tx, self.fingerprint)

        return replace(
            self.files_plan,
            account=account.name,
            wants=patterns(account.folders),
            sent=account.sent,
            since=self._since(account),
            guard=guard,
        )

    @cached_property
    def files_plan(self) -> ReadingPlan:
        """How mail in files is judged; it needs no hold, for files are nobody's mailbox."""
        from krmd.app.reading_plan import ReadingPlan
        from krmd.app.review import keep_by_rule

        def keep(tx: Transaction, touched: set[int]) -> None:
            keep_by_rule(
                tx,
                touched,
                rule=self.settings.counting.create_contacts,
                now=self.clock.now(),
                new_uuid=uuid4,
            )

        return ReadingPlan(
            account=FILES,
            judge=self.judge,
            authserv_id=self.settings.commands.authserv_id,
            subjects=self.settings.privacy.subjects,
            signatures="signatures" in self.settings.privacy.bodies,
            guard=lambda tx: rules.require_rules(tx, self.fingerprint),
            keep=keep,
            forgotten=self.forgotten,
        )

    def read_files(
        self,
        mboxes: Sequence[Path],
        maildirs: Sequence[Path],
        *,
        stop: Stop,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> list[FolderReport]:
        """Take in mail that lies in files, a report a folder; raises UserError for what is none."""
        from krmd.app.filing import FileReader
        from krmd.app.reading_plan import is_read
        from krmd.wire import mailfiles

        # What isn't there is told before anything is read.
        found = [folder for path in maildirs for folder in mailfiles.maildir_folders(path)]
        reader = FileReader(
            self.store, self.files_plan, clock=self.clock, stop=stop, progress=progress
        )
        reports = [
            reader.read(mailfiles.mbox_folder(path), mailfiles.read_mbox(path)) for path in mboxes
        ]
        return reports + [
            reader.read(it.folder, mailfiles.read_maildir(it.path))
            for it in found
            if is_read(it.folder, None, has_all=False)
        ]

    def retry(self, mails: Sequence[Quarantined]) -> list[Quarantined]:
        """Try mails in quarantine once more; returns those that were understood, or are gone.

        Needs no hold: it moves no cursor, so it may be done beside the daemon. Raises
        UnreachableError and its kin.
        """
        from krmd.app.reading import Reader

        done: list[Quarantined] = []
        for name in dict.fromkeys(mail.account for mail in mails):
            account = self.settings.accounts.get(name)
            if account is None:
                continue  # mail in a file, or an account that is no more: it stays set aside
            session = connect(account)
            try:
                plan = replace(
                    self.files_plan,
                    account=name,
                    wants=patterns(account.folders),
                    sent=account.sent,
                    # Without it the folders would be read once more from the beginning.
                    since=self._since(account),
                )
                reader = Reader(self.store, session, plan, clock=self.clock, stop=threading.Event())
                done += reader.retry([mail for mail in mails if mail.account == name])
            finally:
                session.logout()
        return done

    def _since(self, account: Account) -> Instant | None:
        if account.since is None:
            return None
        day = account.since
        zone = self.settings.owner.timezone
        return from_datetime(datetime(day.year, day.month, day.day, tzinfo=zone))

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()


def connect(account: Account) -> Session:
    """A connection to an account's mailbox, logged in; raises UnreachableError and its kin."""
    # Loaded here, since most commands never connect.
    from krmd.wire.imap.endpoint import Endpoint, Login
    from krmd.wire.imap.session import connect as connect_imap

    server = account.imap
    secret = account.token if account.auth == "oauth2" else account.password
    if secret is None:
        raise UserError(
            f"accounts.{account.name}.token is missing: krmd can't log in to {account.provider} by"
            " itself yet; set token = { command = [...] } to a command that prints an access token"
        )
    return connect_imap(
        Endpoint(server.host, server.port, server.security, account.ca_file),
        # A token is asked for anew at each login, since it goes stale; a password isn't.
        Login(account.user, lambda: secret.reveal(fresh=account.auth == "oauth2"), account.auth),
    )


def open_book(book: AddressBook) -> BookSession:
    """An address book, wherever it lies; raises UserError for a URL that can't be."""
    if book.vdir is not None:
        from krmd.wire.vdir import open_vdir

        return open_vdir(book.vdir)
    from krmd.wire.carddav.authorization import Credentials
    from krmd.wire.carddav.session import open_carddav

    password, url = book.password, book.carddav
    assert password is not None
    assert url is not None
    return open_carddav(url, Credentials(book.user or "", password.reveal), ca_file=book.ca_file)


def patterns(spelled: tuple[str, ...]) -> Callable[[Folder], bool | None]:
    """What the owner's folder patterns say of a folder: read it, don't, or nothing (None).

    The last pattern that matches decides. A bare `*` means krmd's own choice, so it doesn't bring
    in Junk; a pattern that names a folder does. Where there are patterns, what none matches isn't
    read.
    """
    compiled = [
        (text.startswith("!"), text.lstrip("!") == "*", re.compile(translate(text.lstrip("!"))))
        for text in spelled
    ]

    def wants(folder: Folder) -> bool | None:
        said: bool | None = False if compiled else None
        for excludes, is_everything, pattern in compiled:
            if pattern.match(folder.name) or pattern.match(folder.wire):
                said = None if is_everything and not excludes else not excludes
        return said

    return wants


def open_krmd(
    config: Path | None,
    environ: Mapping[str, str],
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Krmd:
    """Settings read, store opened, migrated, and judged by these settings: ready for any command.

    `progress` hears done and total where the ledger must be judged again. Raises SettingsError,
    StoreError, TryLaterError.
    """
    settings = load_settings(config, environ, revealed=register_secret)
    spare_the_collector()
    krmd = Krmd(settings, Store(settings.store.url), SystemClock())
    try:
        upgrade(krmd.store)
        if not rules.is_judged(krmd.store, krmd.fingerprint):
            from krmd.app import judging

            judging.rebuild(krmd.store, krmd.judge, krmd.fingerprint, progress=progress)
    except BaseException:
        krmd.close()
        raise
    return krmd


def spare_the_collector() -> None:
    """Let Python look for circular garbage rarely: a backfill makes none, and many small values.

    By default it costs a third of the CPU of recording mail. What is imported stays for good.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
