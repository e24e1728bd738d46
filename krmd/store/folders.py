"""Accounts and their folders: how far each was read, and how reading goes."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, insert, select, update

from krmd.base.instant import Instant
from krmd.store.engine import Transaction
from krmd.store.tables import accounts, folders, quarantine


class AccountRow(NamedTuple):
    """How reading an account goes. `state`: new, reading, ok, error, parked; `read_to` is the time
    up to which all its mail is known to be in the ledger.
    """

    name: str
    state: str
    error: str | None
    error_at: Instant | None
    read_to: Instant | None
    epoch: int


class FolderRow(NamedTuple):
    """A folder under one UIDVALIDITY. UIDs low to high are read; low 1: read back to its beginning.

    `read_back_to` is the arrival of the oldest mail read, `since` the oldest arrival wanted when it
    was read, `messages` how many mails lay there when last looked at.
    """

    id: int
    account: str
    wire: str
    name: str
    role: str
    uidvalidity: int
    low: int
    high: int
    modseq: int | None
    read_back_to: Instant | None
    since: Instant | None
    messages: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing older is left to read."""
        return self.low <= 1


class Found(NamedTuple):
    """A folder as a server lists it: its wire name, its name for people, what it is for."""

    wire: str
    name: str
    role: str


_ACCOUNT = tuple(accounts.c[field] for field in AccountRow._fields)
_FOLDER = tuple(folders.c[field] for field in FolderRow._fields)


def ensure_account(tx: Transaction, name: str) -> AccountRow:
    """The account's row, made where there is none."""
    row = tx.execute(select(*_ACCOUNT).where(accounts.c.name == name)).first()
    if row is None:
        tx.execute(insert(accounts).values(name=name))
        row = tx.execute(select(*_ACCOUNT).where(accounts.c.name == name)).one()
    return AccountRow._make(row)


def all_accounts(tx: Transaction) -> dict[str, AccountRow]:
    """Every account ever read, by name."""
    rows = tx.execute(select(*_ACCOUNT).order_by(accounts.c.name))
    return {row.name: AccountRow._make(row) for row in rows}


def set_state(
    tx: Transaction, account: str, state: str, *, error: str | None, when: Instant
) -> None:
    """Note how reading goes; `error` is the sentence for the owner."""
    tx.execute(
        update(accounts)
        .where(accounts.c.name == account)
        .values(state=state, error=error, error_at=None if error is None else when)
    )


def set_read_to(tx: Transaction, account: str, when: Instant) -> None:
    """All mail that had arrived by `when` is in the ledger."""
    tx.execute(update(accounts).where(accounts.c.name == account).values(read_to=when))


def rename_account(tx: Transaction, old: str, new: str) -> None:
    """Give an account another name; its folders follow."""
    row = ensure_account(tx, old)
    tx.execute(insert(accounts).values(**row._replace(name=new)._asdict()))
    for table in (folders, quarantine):
        tx.execute(update(table).where(table.c.account == old).values(account=new))
    tx.execute(accounts.delete().where(accounts.c.name == old))


def present(tx: Transaction, account: str | None = None) -> list[FolderRow]:
    """The folders that are there, of one account or of all, in the order they were found."""
    wanted = select(*_FOLDER).where(folders.c.gone.is_(None)).order_by(folders.c.id)
    if account is not None:
        wanted = wanted.where(folders.c.account == account)
    return [FolderRow._make(row) for row in tx.execute(wanted)]


def by_ids(tx: Transaction, ids: list[int]) -> dict[int, FolderRow]:
    """Folders by id, those gone too."""
    return {
        row[0]: FolderRow._make(row)
        for row in tx.among(
            f"SELECT {', '.join(FolderRow._fields)} FROM folders WHERE id {{among}}", ids
        )
    }


def begin(
    tx: Transaction,
    account: str,
    found: Found,
    *,
    uidvalidity: int,
    uidnext: int,
) -> FolderRow:
    """Start on a folder, nothing of it read: what is there lies below `uidnext`, what comes above.

    One that was gone and is back under the same UIDVALIDITY goes on where it stood.
    """
    known = (folders.c.account == account, folders.c.wire == found.wire)
    tx.execute(
        update(folders)
        .where(*known, folders.c.uidvalidity == uidvalidity)
        .values(gone=None, name=found.name, role=found.role)
    )
    row = _find(tx, *known, folders.c.uidvalidity == uidvalidity)
    if row is None:
        tx.execute(
            insert(folders).values(
                account=account,
                wire=found.wire,
                name=found.name,
                role=found.role,
                uidvalidity=uidvalidity,
                low=uidnext,
                high=uidnext - 1,
            )
        )
        row = _find(tx, *known, folders.c.uidvalidity == uidvalidity)
    assert row is not None
    return row


def _find(tx: Transaction, *conditions: ColumnElement[bool]) -> FolderRow | None:
    row = tx.execute(select(*_FOLDER).where(*conditions)).first()
    return None if row is None else FolderRow._make(row)


def find(tx: Transaction, folder: int) -> FolderRow:
    """The folder of that id."""
    row = _find(tx, folders.c.id == folder)
    assert row is not None
    return row


def retire(tx: Transaction, folder: int, when: Instant) -> None:
    """The folder is gone, or its UIDVALIDITY is another: what was read stays."""
    tx.execute(update(folders).where(folders.c.id == folder).values(gone=when))


def advance(
    tx: Transaction, folder: int, *, high: int, modseq: int | None, since: Instant | None = None
) -> None:
    """Everything up to UID `high` is read; never goes back. A folder that is gone stays as it is,
    since what is committed late was read before it went.

    `since` is named where mails that arrived before it were passed over.
    """
    changed: dict[str, object] = {"high": high, "modseq": modseq}
    if since is not None:
        changed["since"] = since
    tx.execute(
        update(folders)
        .where(folders.c.id == folder, folders.c.gone.is_(None), folders.c.high < high)
        .values(**changed)
    )


def retreat(
    tx: Transaction,
    folder: int,
    *,
    low: int,
    read_back_to: Instant | None,
    since: Instant | None,
) -> None:
    """Everything down to UID `low` is read; never goes up. As `advance` where it is gone."""
    changed: dict[str, object] = {"low": low, "since": since}
    if read_back_to is not None:
        changed["read_back_to"] = read_back_to
    tx.execute(
        update(folders)
        .where(folders.c.id == folder, folders.c.gone.is_(None), folders.c.low > low)
        .values(**changed)
    )


def fall_back(tx: Transaction, folder: int, *, high: int) -> None:
    """Read it once more from UID `high` down: some UIDs above and below were given out anew."""
    tx.execute(
        update(folders)
        .where(folders.c.id == folder)
        .values(low=high + 1, high=high, since=None, read_back_to=None)
    )


def start_over(tx: Transaction, folder: int) -> None:
    """Read back once more from the newest on: an older `since` is wanted now."""
    tx.execute(
        update(folders)
        .where(folders.c.id == folder)
        .values(low=folders.c.high + 1, since=None, read_back_to=None)
    )


def forget_cursor(tx: Transaction, folder: int) -> None:
    """Nothing of it is read, should its UIDVALIDITY ever come back, as after a server's restore."""
    tx.execute(
        update(folders)
        .where(folders.c.id == folder)
        .values(low=1, high=0, modseq=None, since=None, read_back_to=None)
    )


def set_messages(tx: Transaction, folder: int, messages: int) -> None:
    """How many mails lie there, as the server says."""
    tx.execute(update(folders).where(folders.c.id == folder).values(messages=messages))
