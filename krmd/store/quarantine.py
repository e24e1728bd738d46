"""Mails that were not understood: where they lie and why, never what they hold."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, insert, select, update

from krmd.base.instant import Instant
from krmd.store.engine import Transaction
from krmd.store.tables import quarantine


class Quarantined(NamedTuple):
    """One mail set aside. `place` is the folder's wire name, or the path of a file."""

    uuid: str
    account: str
    folder_id: int | None
    place: str
    uid: int
    reason: str
    first: Instant
    last: Instant
    tries: int


_COLUMNS = tuple(quarantine.c[field] for field in Quarantined._fields)


def put(tx: Transaction, mail: Quarantined) -> None:
    """Set a mail aside; one that is there already gets the new reason and one more try."""
    same = (
        quarantine.c.account == mail.account,
        quarantine.c.place == mail.place,
        quarantine.c.uid == mail.uid,
    )
    again = tx.execute(
        update(quarantine)
        .where(*same)
        .values(reason=mail.reason, last=mail.last, tries=quarantine.c.tries + 1)
    )
    if again.rowcount == 0:
        tx.execute(insert(quarantine).values(**mail._asdict()))


def waiting(tx: Transaction, account: str | None = None) -> list[Quarantined]:
    """Those set aside and neither understood since nor dropped, oldest first."""
    wanted = select(*_COLUMNS).where(quarantine.c.dropped.is_(None)).order_by(quarantine.c.id)
    if account is not None:
        wanted = wanted.where(quarantine.c.account == account)
    return [Quarantined._make(row) for row in tx.execute(wanted)]


def count(tx: Transaction) -> int:
    """How many are waiting."""
    wanted = select(func.count()).select_from(quarantine).where(quarantine.c.dropped.is_(None))
    return int(tx.execute(wanted).scalar_one())


def find(tx: Transaction, first: UUID, last: UUID) -> list[Quarantined]:
    """Those whose ids lie between two, both included."""
    wanted = select(*_COLUMNS).where(quarantine.c.uuid.between(first.hex, last.hex))
    return [Quarantined._make(row) for row in tx.execute(wanted)]


def release(tx: Transaction, uuid: str) -> None:
    """It was understood at last: no longer set aside."""
    tx.execute(quarantine.delete().where(quarantine.c.uuid == uuid))


def drop(tx: Transaction, uuid: str, when: Instant) -> None:
    """The owner doesn't want to hear of it any more."""
    tx.execute(update(quarantine).where(quarantine.c.uuid == uuid).values(dropped=when))
