"""How krmd is: each account's reading, what was set aside, what is late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from krmd.app.noticing import OwnAddress, own_addresses
from krmd.base.address import AddressSet, EmailAddress, without_tag
from krmd.base.instant import Instant, local_date, to_rfc3339
from krmd.store import folders, quarantine
from krmd.store.books import all_books as books_of
from krmd.store.engine import Transaction
from krmd.store.tables import locations

# Every list asks how complete it is, and few ask for feeds.
if TYPE_CHECKING:
    from krmd.app.feed_overview import FeedStanding
    from krmd.app.feed_style import FeedStyle

LATE_AFTER = 3600
"""An account that was not read for so many seconds is late."""


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """How reading one account goes. `read_to`: all mail that arrived until then is known;
    `read_back_to`: the oldest mail read where older is left; `complete`: nothing is left; `read`:
    how many of its `messages` were read; `late`: a sentence, where reading lags behind.
    """

    account: str
    read_to: Instant | None
    read_back_to: Instant | None
    state: str
    error: str | None
    complete: bool
    folders: int
    messages: int
    read: int
    late: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it is read as it should be; a backfill may still be under way."""
        return self.error is None and self.late is None


@dataclass(frozen=True, slots=True)
class BookStatus:
    """How reading one address book goes; `read_to` is when all of it was known last."""

    book: str
    state: str
    error: str | None
    read_to: Instant | None

    @property
    def ok(self) -> bool:
        """Whether it is read as it should be, or wasn't tried yet."""
        return self.error is None


@dataclass(frozen=True, slots=True)
class Status:
    """How krmd is; what is `noticed` only the owner can settle."""

    accounts: tuple[AccountStatus, ...]
    books: tuple[BookStatus, ...] = ()
    quarantined: int = 0
    noticed: tuple[OwnAddress, ...] = ()
    feeds: tuple[FeedStanding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        feeds = all(it.trouble is None for it in self.feeds)
        return feeds and all(it.ok for it in self.accounts) and all(it.ok for it in self.books)

    @property
    def late(self) -> tuple[str, ...]:
        """What is late, a sentence each."""
        return tuple(it.late for it in self.accounts if it.late is not None)

    @property
    def read_to(self) -> Instant | None:
        """The time up to which every account was read, None where one never was."""
        times = [account.read_to for account in self.accounts]
        if not times or any(time is None for time in times):
            return None
        return min(time for time in times if time is not None)

    @property
    def complete(self) -> bool:
        """Whether nothing is left to read and no account is blind."""
        return all(it.complete and it.error is None for it in self.accounts)


def status(
    tx: Transaction,
    accounts: Sequence[str],
    *,
    owner: AddressSet,
    now: Instant,
    books: Sequence[str] = (),
    style: FeedStyle | None = None,
) -> Status:
    """How the accounts and books of the settings are, what was set aside and what is late; with
    `style` the feeds too.
    """
    seen = [account_status(tx, name) for name in accounts]
    return Status(
        accounts=tuple(replace(it, late=_late(it, now)) for it in seen),
        books=tuple(_books(tx, books)),
        quarantined=quarantine.count(tx),
        noticed=tuple(noticed_addresses(tx, owner)),
        feeds=() if style is None else _feeds(tx, style, now),
    )


def _feeds(tx: Transaction, style: FeedStyle, now: Instant) -> tuple[FeedStanding, ...]:
    from krmd.app.feed_overview import standings

    return tuple(standings(tx, style, local_date(now, style.zone)))


def _books(tx: Transaction, names: Sequence[str]) -> Iterator[BookStatus]:
    known = books_of(tx) if names else {}
    for name in names:
        row = known.get(name)
        if row is None:
            yield BookStatus(name, "new", None, None)
        else:
            yield BookStatus(name, row.state, row.error, row.read_to)


def noticed_addresses(tx: Transaction, owner: AddressSet) -> list[OwnAddress]:
    """Addresses that look like the owner's, without +tags: the address covers them all."""
    found: dict[str, OwnAddress] = {}
    for seen in own_addresses(tx, owner):
        address = without_tag(EmailAddress(seen.address))
        evidence = seen.evidence + ("" if address == seen.address else ", with a +tag")
        found.setdefault(address, OwnAddress(address, evidence))
    return list(found.values())


def account_status(tx: Transaction, name: str) -> AccountStatus:
    """How reading one account goes; one never read is `new`."""
    row = folders.all_accounts(tx).get(name)
    if row is None:
        return AccountStatus(
            name, None, None, "new", None, complete=False, folders=0, messages=0, read=0
        )
    present = folders.present(tx, name)
    unfinished = [folder for folder in present if not folder.is_complete]
    messages = sum(folder.messages for folder in present)
    back = [folder.read_back_to for folder in unfinished or present if folder.read_back_to]
    return AccountStatus(
        account=name,
        read_to=row.read_to,
        read_back_to=(max(back) if unfinished else min(back)) if back else None,
        state=row.state,
        error=row.error,
        complete=row.read_to is not None and not unfinished,
        folders=len(present),
        messages=messages,
        read=min(messages, _places(tx, present)) if unfinished else messages,
    )


def _places(tx: Transaction, of: Sequence[folders.FolderRow]) -> int:
    """How many mails were read of these folders; counts index entries, so ask only when needed."""
    wanted = select(func.count()).where(locations.c.folder_id.in_([folder.id for folder in of]))
    return int(tx.execute(wanted.select_from(locations)).scalar_one())


def _late(account: AccountStatus, now: Instant) -> str | None:
    if account.read_to is None:
        return f"{account.account} was never read to the end of its new mail"
    if now - account.read_to > LATE_AFTER:
        return f"{account.account} was last read {to_rfc3339(account.read_to)}"
    return None
