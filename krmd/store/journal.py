"""The commands that changed something, each with the way to take it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import insert, or_, select, update

from krmd.base.instant import Instant
from krmd.store.engine import Transaction
from krmd.store.tables import journal


class JournalEntry(NamedTuple):
    """One command performed: `command` and `inverse` are JSON, `summary` is for people."""

    uuid: str
    at: Instant
    door: str
    command: str
    summary: str
    inverse: str
    undone: Instant | None


_COLUMNS = tuple(journal.c[field] for field in JournalEntry._fields)


def write(tx: Transaction, entry: JournalEntry) -> None:
    """Record a command that was performed."""
    tx.execute(insert(journal).values(**entry._asdict()))


def newest_standing(tx: Transaction, *, final: Sequence[str] = ()) -> JournalEntry | None:
    """The last command that can still be taken back, or one of the `final` kinds that was later:
    it can't be, and stands in the way of what was before.
    """
    stands_in_the_way = (
        journal.c.command.startswith(f'{{"{kind}":', autoescape=True) for kind in final
    )
    row = tx.execute(
        select(*_COLUMNS)
        .where(journal.c.undone.is_(None), or_(journal.c.inverse != "[]", *stands_in_the_way))
        .order_by(journal.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else JournalEntry._make(row)


def find(tx: Transaction, first: UUID, last: UUID) -> list[JournalEntry]:
    """Commands whose ids lie between two, both included."""
    wanted = select(*_COLUMNS).where(journal.c.uuid.between(first.hex, last.hex))
    return [JournalEntry._make(row) for row in tx.execute(wanted)]


def mentioning(tx: Transaction, public_id: str) -> JournalEntry | None:
    """The standing command whose inverse names this id: how an entry by hand is taken back."""
    row = tx.execute(
        select(*_COLUMNS)
        .where(journal.c.undone.is_(None), journal.c.inverse.contains(public_id, autoescape=True))
        .order_by(journal.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else JournalEntry._make(row)


def newest_of(tx: Transaction, kind: str, *, mentioning: str) -> JournalEntry | None:
    """The newest standing command of a kind whose inverse names this id."""
    row = tx.execute(
        select(*_COLUMNS)
        .where(
            journal.c.undone.is_(None),
            journal.c.command.startswith(f'{{"{kind}":', autoescape=True),
            journal.c.inverse.contains(mentioning, autoescape=True),
        )
        .order_by(journal.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else JournalEntry._make(row)


def strike(tx: Transaction, uuid: str, when: Instant) -> None:
    """Note that a command was taken back."""
    tx.execute(update(journal).where(journal.c.uuid == uuid).values(undone=when))
